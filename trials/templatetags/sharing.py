"""What the head of an exhibit's pages prints with: what a page says of itself where it is listed or shared."""

from django import template

from trials.pages import sharing

register = template.Library()


@register.simple_tag(takes_context=True)
def page_title(context):
    """The title of the page."""
    return sharing.title(context["page"], context.get("person"))


@register.simple_tag(takes_context=True)
def page_description(context):
    """What is found on the page, in one or two sentences."""
    return sharing.description(context["page"], context.get("person"))


@register.simple_tag(takes_context=True)
def shared(context):
    """What stands in the head of the page for those who share it."""
    return sharing.shared(context["page"], context.get("person"))
