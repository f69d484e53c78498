"""What the admin's pages for publishing print with."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from trials import renditions
from trials.editions.compare import Operation, size_of
from trials.editions.document import Document
from trials.editions.readiness import BLOCKS
from trials.languages import TranslatedField, language_codes
from trials.models import Exhibit
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


@register.simple_tag
def finding_link(finding, exhibit):
    """The admin's page of the field that a finding is about, or '' where there is none."""
    record = exhibit
    if finding.key and finding.part in Document.model_fields:
        model = Exhibit._meta.get_field(finding.part).related_model
        record = model.objects.filter(exhibit=exhibit, key=finding.key).first()
    *parts, field = finding.field.split(".") if finding.field else [""]
    for part in parts:
        record = record and _part_of(record, part)
    if record is None:
        return ""
    try:
        address = reverse(f"admin:trials_{record._meta.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return ""
    return address + _anchor(record, field, finding.language)


def _part_of(record, step):
    """What a step of a finding's path leads to: “facts[1]” to the second fact, “defendant” to the one there is."""
    name, _bracket, index = step.rstrip("]").partition("[")
    below = getattr(record, name, None)
    if below is None or not index:
        return below
    return below.order_by("order", "pk")[int(index) :].first()


def _anchor(record, field, language):
    """The id of the field's input on the record's page."""
    found = next((f for f in record._meta.fields if f.name == field), None)
    if found is None:
        return ""
    code = f"_{language or language_codes()[0]}" if isinstance(found, TranslatedField) else ""
    return f"#id_{field}{code}"
