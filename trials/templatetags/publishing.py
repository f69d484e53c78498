"""What the admin's pages for publishing print with."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from trials.editions.compare import Operation
from trials.editions.document import Document
from trials.editions.readiness import BLOCKS
from trials.models import Exhibit

register = template.Library()

OPERATIONS = {
    Operation.ADDED: _("Added"),
    Operation.REMOVED: _("Removed"),
    Operation.CHANGED: _("Changed"),
    Operation.MOVED: _("Moved"),
}


@register.filter
def operation_label(operation):
    """What happened to a record, in a word."""
    return OPERATIONS[operation]


@register.filter
def blocking(findings):
    """Those findings that stand in the way of publication."""
    return [finding for finding in findings if finding.severity == BLOCKS]


@register.simple_tag
def finding_link(finding, exhibit):
    """The admin's page of the record that a finding is about, or '' where it is about none."""
    if not finding.key or finding.part not in Document.model_fields:
        return reverse("admin:trials_exhibit_change", args=[exhibit.pk])
    model = Exhibit._meta.get_field(finding.part).related_model
    pk = model.objects.filter(exhibit=exhibit, key=finding.key).values_list("pk", flat=True).first()
    try:
        return reverse(f"admin:trials_{model._meta.model_name}_change", args=[pk]) if pk else ""
    except NoReverseMatch:
        return ""
