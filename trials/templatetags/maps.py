"""What templates print positions with."""

from django import template

from trials.pages import maps

register = template.Library()


@register.filter
def position(place):
    """Where a place lies, in words, and how exact that is: “55.76° N, 37.62° E, the middle of the town”."""
    return f"{maps.position_in_words(place)}, {maps.EXACTNESS[place.precision]}"
