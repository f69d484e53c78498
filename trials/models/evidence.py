"""How we know: sources, citations, disputes, and the words that need explaining."""

from functools import reduce
from operator import or_

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..languages import TranslatedField
from .base import ExhibitRecord, Record, Standing, foreign_records, prose_faults

REFERENCE_LENGTH = 1_000


class Source(ExhibitRecord):
    """Something that a statement rests on, as a bibliography prints it."""

    class Kind(models.TextChoices):
        TRIAL_RECORD = "trial-record", _("Official trial record")
        DOCUMENT = "document", _("Archival document")
        REVIEW = "review", _("Official review")
        SCHOLARSHIP = "scholarship", _("Scholarship")
        TESTIMONY = "testimony", _("Memoir or eyewitness")
        PRESS = "press", _("Press of the time")
        INQUIRY = "inquiry", _("Independent inquiry")
        DATABASE = "database", _("Database of victims")
        REFERENCE = "reference", _("Reference work")
        POPULAR = "popular", _("Popular history or journalism")

    class Consulted(models.TextChoices):
        PASSAGE = "passage", _("The passage was read")
        EXISTS = "exists", _("Known to exist; not read")
        NOT_SEEN = "not-seen", _("Not seen; named from general knowledge")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    consulted = models.CharField(
        _("consulted"),
        max_length=20,
        choices=Consulted,
        default=Consulted.PASSAGE,
        help_text=_("How far the exhibit’s makers have seen it themselves."),
    )
    label = TranslatedField(_("short label"), help_text=_("Such as “Conquest 1990”."))
    reference = TranslatedField(
        _("full reference"),
        max_length=REFERENCE_LENGTH,
        help_text=_("As a bibliography prints it. The title of a work is not translated: repeat it in each language."),
    )
    language = models.CharField(
        _("language"),
        max_length=20,
        blank=True,
        help_text=_("Code of the language of its title, such as “ru”. Empty where it is only described."),
    )
    url = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("Only where it may be linked: never an unlicensed copy."),
    )
    reliability = TranslatedField(
        _("how far it can be relied on"), lines=True, blank=True, help_text=_("One or two sentences for visitors.")
    )

    class Meta(ExhibitRecord.Meta):
        default_related_name = "sources"
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self):
        return str(self.label) or self.key


class Dispute(ExhibitRecord):
    """A question on which sources differ, and what this exhibit says."""

    question = TranslatedField(_("question"))
    words = TranslatedField(_("what the sources say"), lines=True)
    answer = TranslatedField(_("what this exhibit says"), lines=True)
    people = models.ManyToManyField("Person", blank=True, verbose_name=_("people"))
    entries = models.ManyToManyField("TimelineEntry", blank=True, verbose_name=_("timeline entries"))

    class Meta(ExhibitRecord.Meta):
        default_related_name = "disputes"
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")

    def __str__(self):
        return str(self.question) or self.key


class Term(ExhibitRecord):
    """A word that a visitor may not know, explained."""

    term = TranslatedField(_("term"))
    original = models.CharField(_("in the language of the trial"), max_length=200, blank=True)
    original_language = models.CharField(_("its language"), max_length=20, blank=True)
    definition = TranslatedField(_("explanation"), lines=True)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing, default=Standing.DOCUMENTED)

    class Meta(ExhibitRecord.Meta):
        default_related_name = "terms"
        verbose_name = _("term")
        verbose_name_plural = _("terms")

    def __str__(self):
        return str(self.term) or self.key


# The statements that can be cited: each a nullable foreign key of a citation.
SUBJECTS = {
    "section": "Section",
    "key_point": "KeyPoint",
    "fact": "Fact",
    "reading": "Reading",
    "entry": "TimelineEntry",
    "sitting": "Sitting",
    "charge": "Charge",
    "defendant": "Defendant",
    "participant": "Participant",
    "connection": "Connection",
    "place": "Place",
    "term": "Term",
    "dispute": "Dispute",
}


def _exactly_one(names) -> Q:
    """The condition that exactly one of the columns is set."""
    return reduce(or_, (Q(**{f"{name}__isnull": name != chosen for name in names}) for chosen in names))


def _subject(name, called):
    """The foreign key to one kind of statement, and what that is called."""
    return models.ForeignKey(
        SUBJECTS[name], models.CASCADE, null=True, blank=True, related_name="citations", verbose_name=called
    )


class Citation(Record):
    """A source for one statement, where in it, and whether it supports or contradicts the statement."""

    exhibit = models.ForeignKey(
        "Exhibit", models.CASCADE, related_name="citations", verbose_name=_("exhibit"), editable=False
    )
    source = models.ForeignKey(Source, models.RESTRICT, related_name="citations", verbose_name=_("source"))
    locator = models.CharField(
        _("where in it"), max_length=120, blank=True, help_text=_("Page, column or document: “p. 46”.")
    )
    contradicts = models.BooleanField(_("contradicts"), default=False, help_text=_("It says otherwise."))
    note = TranslatedField(_("note"), lines=True, blank=True)

    section = _subject("section", _("section"))
    key_point = _subject("key_point", _("key point"))
    fact = _subject("fact", _("fact"))
    reading = _subject("reading", _("other reading"))
    entry = _subject("entry", _("timeline entry"))
    sitting = _subject("sitting", _("sitting"))
    charge = _subject("charge", _("charge"))
    defendant = _subject("defendant", _("defendant"))
    participant = _subject("participant", _("part in the trial"))
    connection = _subject("connection", _("connection"))
    place = _subject("place", _("place"))
    term = _subject("term", _("term"))
    dispute = _subject("dispute", _("dispute"))

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=_exactly_one(SUBJECTS),
                name="citation_of_one_statement",
                violation_error_message=_("A citation belongs to exactly one statement."),
            )
        ]

    def __str__(self):
        return f"{self.source}, {self.locator}" if self.locator else str(self.source)

    @property
    def subject_field(self) -> str:
        """The name of the field that is set: what kind of statement this is a citation of."""
        # The record, not its id: a statement that is not saved yet has none.
        return next((name for name in SUBJECTS if getattr(self, name)), "")

    @property
    def owner(self):
        """The record whose statement this is a citation of."""
        return getattr(self, self.subject_field) if self.subject_field else None

    def siblings(self):
        return super().siblings().filter(**{self.subject_field: self.owner})

    def clean(self):
        super().clean()
        try:
            exhibit = self.owner and self.owner.exhibit
        except ObjectDoesNotExist:  # the owner's own form says what is missing
            return
        if exhibit:
            errors = {**foreign_records(self, exhibit.pk), **prose_faults(self, exhibit)}
            errors = {name if name in ("source", "note") else "__all__": words for name, words in errors.items()}
            if errors:
                raise ValidationError(errors)

    def prepare(self):
        super().prepare()
        if self.owner:
            self.exhibit = self.owner.exhibit
