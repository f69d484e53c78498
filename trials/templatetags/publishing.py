"""What the admin's pages for publishing print with."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from trials import renditions
from trials.admin.findings import linked
from trials.editions.compare import Operation, size_of
from trials.editions.readiness import BLOCKS
from trials.pages import links

register = template.Library()

OPERATIONS = {
    Operation.ADDED: _("Added"),
    Operation.REMOVED: _("Removed"),
    Operation.CHANGED: _("Changed"),
    Operation.MOVED: _("Moved"),
}

# How words of a comparison are marked.
TAGS = {Operation.ADDED: "ins", Operation.REMOVED: "del"}


@register.filter
def operation_label(operation):
    """What happened to a record, in a word."""
    return OPERATIONS[operation]


@register.filter
def marked_piece(piece):
    """Words that came, that went, or that stayed."""
    operation, words = piece
    tag = TAGS.get(operation)
    return format_html("<{}>{}</{}>", tag, words, tag) if tag else words


@register.filter
def sides(images):
    """The pictures before and after, each with what to call it; None where there is none."""
    return zip((_("Before"), _("After")), images, strict=True)


@register.filter
def small_rendition(image):
    """The address of the smallest rendition of an image: for curators also before it is public."""
    return links.image_path(image, f"{renditions.widths(image.width, 'webp')[0]}.webp")


register.filter("size_of", size_of)


@register.filter
def blocking(findings):
    """Those findings that stand in the way of publication."""
    return [finding for finding in findings if finding.severity == BLOCKS]


@register.filter
def with_addresses(findings, exhibit):
    """Each finding with the admin's page of the field that it is about, or ''."""
    return linked(findings, exhibit)
