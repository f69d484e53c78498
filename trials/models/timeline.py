"""When and where: the timeline's entries, the trial's sittings, and places."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..languages import TranslatedField
from .base import Confidence, Dated, ExhibitRecord, Part, Standing, validate_time


class Place(ExhibitRecord):
    """Somewhere that matters. Coordinates say whether a source gives them."""

    class Precision(models.TextChoices):
        BUILDING = "building", _("Building")
        SITE = "site", _("Site")
        CITY = "city", _("City")
        AREA = "area", _("Area")
        UNKNOWN = "unknown", _("Not established")

    name = TranslatedField(pgettext_lazy("of a place", "name"))
    name_then = models.CharField(_("name in the language of the place"), max_length=300, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    precision = models.CharField(_("how exact"), max_length=20, choices=Precision, default=Precision.UNKNOWN)
    coordinates_standing = models.CharField(
        _("standing of the coordinates"), max_length=20, choices=Standing, default=Standing.DOCUMENTED
    )
    words = TranslatedField(_("text"), lines=True, blank=True)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing, default=Standing.DOCUMENTED)
    note = TranslatedField(_("note on certainty"), lines=True, blank=True)

    class Meta(ExhibitRecord.Meta):
        default_related_name = "places"
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            *ExhibitRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="place_on_the_globe",
                violation_error_message=_("Give both latitude (−90 to 90) and longitude (−180 to 180), or neither."),
            ),
        ]

    def __str__(self):
        return str(self.name) or self.key


class TimelineEntry(Dated, ExhibitRecord):
    """Something that happened, or that the prosecution alleged: then it says so in its own words and mark."""

    class Phase(models.TextChoices):
        ROOTS = "roots", _("Roots")
        BUILD_UP = "build-up", _("Build-up")
        TRIAL = "trial", _("Trial")
        AFTERMATH = "aftermath", _("Aftermath")
        RECKONING = "reckoning", _("Reckoning")

    class Theme(models.TextChoices):
        OPPOSITION = "opposition", _("Opposition and party")
        CASE = "case", _("Arrests and the making of the case")
        COURT = "court", _("In court")
        PUBLIC = "public", _("Press, crowds, the world outside")
        FATES = "fates", _("Prison and death")
        INQUIRY = "inquiry", _("Inquiry and rehabilitation")

    phase = models.CharField(_("phase"), max_length=20, choices=Phase)
    theme = models.CharField(
        _("theme"), max_length=20, choices=Theme, blank=True, help_text=_("Visitors can pick out one theme.")
    )
    title = TranslatedField(_("title"))
    words = TranslatedField(_("text"), lines=True)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing, default=Standing.DOCUMENTED)
    confidence = models.CharField(_("confidence"), max_length=10, choices=Confidence, default=Confidence.HIGH)
    note = TranslatedField(
        _("where sources differ"), lines=True, blank=True, help_text=_("What other sources say, or what is not known.")
    )
    place = models.ForeignKey("Place", models.RESTRICT, null=True, blank=True, verbose_name=_("place"))
    people = models.ManyToManyField("Person", blank=True, verbose_name=_("people"))
    image = models.ForeignKey("Image", models.RESTRICT, null=True, blank=True, verbose_name=_("image"))

    class Meta(ExhibitRecord.Meta):
        default_related_name = "timeline"
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        constraints = [
            *ExhibitRecord.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(date=""),
                name="timelineentry_has_a_date",
                violation_error_message=_("A timeline entry needs a date, however uncertain."),
            ),
        ]

    def __str__(self):
        return str(self.title) or self.key


class Sitting(Part):
    """One sitting of the court on a day of the trial: what was done, and where in the record it begins."""

    owner_field = "entry"
    entry = models.ForeignKey(TimelineEntry, models.CASCADE, related_name="sittings", verbose_name=_("timeline entry"))
    time = models.CharField(
        _("time of day"),
        max_length=10,
        validators=[validate_time],
        help_text=_("morning, evening, or a time such as 12:05."),
    )
    words = TranslatedField(_("business"), lines=True)

    class Meta(Part.Meta):
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")

    def __str__(self):
        return f"{self.entry}, {self.time}"
