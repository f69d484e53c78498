"""The exhibit itself, and the story it tells."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..languages import LANGUAGE_CODE, TranslatedField, language_codes
from .base import KEY_LENGTH, Dated, ExhibitRecord, Record, former_names, prose_faults, validate_key


def validate_languages(codes):
    """Raise ValidationError unless ``codes`` lists language codes, each once, the main language first."""
    if not isinstance(codes, list) or not codes or len(set(map(str, codes))) != len(codes):
        raise ValidationError(_("List at least one language, each once."))
    for code in codes:
        if not isinstance(code, str) or not LANGUAGE_CODE.fullmatch(code):
            raise ValidationError(_("“%(code)s” is not a language code such as “en”.") % {"code": code})
    if codes[0] != language_codes()[0]:
        raise ValidationError(
            _("The first language must be this museum’s main language, “%(code)s”.") % {"code": language_codes()[0]}
        )


def default_languages():
    """The languages of a new exhibit: the main language alone."""
    return [language_codes()[0]]


class Exhibit(Dated, Record):
    """A trial as a museum tells it: the working copy. Visitors read its editions, never these rows."""

    slug = models.CharField(
        _("slug"),
        max_length=KEY_LENGTH,
        unique=True,
        validators=[validate_key],
        error_messages={"unique": _("Another exhibit has this slug already.")},
        help_text=_("Its address: /exhibits/…/. Printed labels and QR codes may point to it: choose it once."),
    )
    former_slugs = models.JSONField(
        _("former slugs"), default=list, blank=True, help_text=_("Old addresses, which lead to the present one.")
    )
    languages = models.JSONField(
        _("languages"),
        default=default_languages,
        validators=[validate_languages],
        help_text=_("Visitors choose between them. What is missing in one is shown in the main language, and says so."),
    )
    practice = models.BooleanField(
        _("practice exhibit"), default=False, help_text=_("For trying things out: it can never go on display.")
    )
    title = TranslatedField(
        _("title"),
        help_text=_("The headline of the story; the museum’s front page and citations name the exhibit by it."),
    )
    short_title = TranslatedField(
        _("short title"), blank=True, help_text=_("At the top of every page and in its title. Empty: the title itself.")
    )
    lede = TranslatedField(
        _("opening"),
        lines=True,
        help_text=_("What a visitor reads first, on the story page and the museum’s front page: under 60 words."),
    )
    notice = TranslatedField(
        _("notice"),
        lines=True,
        help_text=_("Every page says this of the trial, such as that all charges were fabricated."),
    )
    where = TranslatedField(
        _("where"),
        blank=True,
        help_text=_("City and building, in a few words: they stand beside the date of the trial."),
    )
    credits = TranslatedField(
        _("credits"), lines=True, blank=True, help_text=_("Who made this exhibit: at the end of the story.")
    )
    licence = models.CharField(
        _("licence of its words"),
        max_length=80,
        blank=True,
        default="CC BY 4.0",
        help_text=_("At the foot of every page: under which terms others may use the words."),
    )

    class Meta:
        verbose_name = _("exhibit")
        verbose_name_plural = _("exhibits")
        permissions = [
            ("publish_exhibit", _("Can publish, withdraw and roll back exhibits, and take down what they show")),
            ("preview_exhibit", _("Can preview exhibits and make links for previews")),
        ]
        ordering = ["order", "pk"]
        constraints = [*Dated.Meta.constraints]

    def __str__(self):
        return str(self.title) or self.slug

    @property
    def called(self) -> str:
        """As shortly as it is called: in lists and breadcrumbs."""
        return str(self.short_title) or str(self)

    def clean(self):
        super().clean()
        errors = prose_faults(self, self)
        if errors:
            raise ValidationError(errors)

    def save(self, *args, **kwargs):
        """Keep the old slug when it changes, so that printed addresses go on leading here."""
        before = (
            None if self._state.adding else Exhibit.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        )
        self.former_slugs = former_names(self.former_slugs, before, self.slug)
        super().save(*args, **kwargs)

    def has_record(self, kind: str, key: str) -> bool:
        """Whether this exhibit has the record that prose calls ``kind:key``."""
        return bool(self.pk) and RECORD_MODELS()[kind].objects.filter(exhibit=self, key=key).exists()


def RECORD_MODELS():
    """The models that prose can link to, by the word it uses for them."""
    from . import Charge, Dispute, Person, Place, Section, Source, Term, TimelineEntry

    return {
        "person": Person,
        "entry": TimelineEntry,
        "charge": Charge,
        "place": Place,
        "term": Term,
        "source": Source,
        "dispute": Dispute,
        "section": Section,
    }


class Section(ExhibitRecord):
    """A part of the text under a plain heading, on the story page or another page of the exhibit."""

    class Page(models.TextChoices):
        STORY = "story", _("Story")
        DEFENDANTS = "defendants", _("The accused")
        PEOPLE = "people", _("People")
        TIMELINE = "timeline", _("Timeline")
        COURT = "court", _("The court")
        CHARGES = "charges", _("Charges")
        PLACES = "places", _("Places")
        GLOSSARY = "glossary", _("Words")
        SOURCES = "sources", _("Sources")
        DISPUTES = "disputes", _("Where sources differ")

    page = models.CharField(_("page"), max_length=20, choices=Page, default=Page.STORY)
    heading = TranslatedField(_("heading"))
    body = TranslatedField(_("text"), lines=True)
    pull_fact = TranslatedField(_("pull fact"), blank=True, help_text=_("One fact set large beside the text."))
    image = models.ForeignKey("Image", models.RESTRICT, null=True, blank=True, verbose_name=_("image"))

    class Meta(ExhibitRecord.Meta):
        default_related_name = "sections"
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self):
        return str(self.heading) or self.key


class KeyPoint(ExhibitRecord):
    """One of the few facts that a visitor in a hurry takes away: a sentence."""

    words = TranslatedField(_("text"), lines=True)

    class Meta(ExhibitRecord.Meta):
        default_related_name = "key_points"
        verbose_name = _("key point")
        verbose_name_plural = _("key points")

    def __str__(self):
        return str(self.words) or self.key
