"""What templates of the whole site print with: links to pages of the site and to exhibits."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language

from trials import dates, prose
from trials.languages import is_cyrillic
from trials.pages import links

register = template.Library()
register.filter("in_cyrillic", is_cyrillic)


@register.simple_tag
def site_link(name, language=None, number=1):
    """The address of a page of the whole site in a language."""
    return links.site_path(name, language or settings.LANGUAGE_CODE, number)


@register.simple_tag
def exhibit_link(slug, language=None, name="story", **where):
    """The address of a page of an exhibit on display."""
    return links.exhibit_path(slug, language or settings.LANGUAGE_CODE) + links.address(name, **where)


@register.simple_tag
def shown_in(shown, language):
    """The language in which an exhibit is read by somebody who reads ``language``: the main one where it lacks that."""
    return language if language in shown.document.languages else settings.LANGUAGE_CODE


@register.simple_tag
def share_picture(shown, language):
    """The absolute address of an exhibit's picture."""
    return links.absolute(links.exhibit_path(shown.slug, language) + links.address("share"))


@register.simple_tag
def museum_name():
    """The museum's name."""
    return settings.MUSEUM_NAME


@register.simple_tag
def contact_link(contact):
    """A link to where visitors may write."""
    href = contact if contact.startswith("https://") else f"mailto:{contact}"
    return format_html('<a href="{}">{}</a>', href, contact)


@register.simple_tag
def when_on_display(exhibit, language):
    """The days of an exhibit's trial, in words."""
    return dates.in_words(exhibit.when, language) if exhibit.when else ""


@register.simple_tag
def text_in(language, text):
    """A text of one line for a page in ``language``, marked with its own where that is another."""
    return _marked(text, language, str(text))


@register.simple_tag
def plain_prose(language, text):
    """The words of prose alone, marked likewise."""
    return _marked(text, language, prose.to_plain(str(text)))


def _marked(text, language, words):
    shown = text.language(language)
    return words if shown in ("", language) else format_html('<span lang="{}">{}</span>', shown, words)


@register.filter(expects_localtime=True)
def day(moment):
    """The day of a moment in the words of the active language, as the museum's calendar has it; '' of None."""
    return dates.in_words(moment.date().isoformat(), get_language()) if moment else ""
