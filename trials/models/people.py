"""People: who they were, what they were accused of, what part they had, and what became of them."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ..languages import TranslatedField
from .base import Confidence, Dated, ExhibitRecord, Part, Standing, former_names


class Person(ExhibitRecord):
    """Anyone whom the exhibit names: a life, not a verdict."""

    former_keys = models.JSONField(
        _("former keys"), default=list, blank=True, help_text=_("Old addresses, which lead to the present one.")
    )
    identity = models.CharField(
        _("identity"),
        max_length=300,
        blank=True,
        help_text=_("A URI for this human being, the same in every exhibit, such as a Wikidata address."),
    )
    name = TranslatedField(_("name"), help_text=_("As the exhibit calls the person."))
    sort_name = models.CharField(_("name to sort by"), max_length=200, help_text=_("Surname first: “Radek, Karl”."))
    summary = TranslatedField(
        _("in one line"), blank=True, help_text=_("Who the person was, never what the court said.")
    )
    life = TranslatedField(_("life"), lines=True, blank=True)
    not_to_confuse = TranslatedField(_("not to be confused with"), lines=True, blank=True)
    portrait = models.ForeignKey(
        "Image",
        models.RESTRICT,
        null=True,
        blank=True,
        verbose_name=_("portrait"),
        help_text=_("Only a verified one."),
    )

    class Meta(ExhibitRecord.Meta):
        default_related_name = "people"
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return str(self.name) or self.key

    def save(self, *args, **kwargs):
        """Keep the old key when it changes, so that printed addresses go on leading here."""
        before = None if self._state.adding else Person.objects.filter(pk=self.pk).values_list("key", flat=True).first()
        self.former_keys = former_names(self.former_keys, before, self.key)
        super().save(*args, **kwargs)

    def clean(self):
        """Refuse a key under which printed labels look for somebody else."""
        super().clean()
        others = Person.objects.filter(exhibit=self.exhibit_id).exclude(pk=self.pk).exclude(former_keys=[])
        for other in others.only("name", "former_keys"):
            if self.key in other.former_keys:
                raise ValidationError(
                    {"key": _("“%(person)s” had this key before. Choose another.") % {"person": other}}
                )


class Name(Part):
    """One spelling of a person's name, so that whoever looks for it finds the person."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("In the language of the trial")
        BIRTH = "birth", _("Name at birth")
        OTHER = "other", _("Also written")
        COURT_REPORT = "court-report", _("In the court report")
        LIBRARY = "library", _("In library catalogues")

    owner_field = "person"
    person = models.ForeignKey(Person, models.CASCADE, related_name="names", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    spelling = models.CharField(_("spelling"), max_length=200)
    language = models.CharField(
        _("language"), max_length=20, blank=True, help_text=_("Code, with script where it matters: ru, de, ru-latn.")
    )

    class Meta(Part.Meta):
        verbose_name = _("spelling of the name")
        verbose_name_plural = _("spellings of the name")

    def __str__(self):
        return self.spelling


class Charge(ExhibitRecord):
    """What was alleged, and what is known. A verdict of this court is never a finding of fact."""

    title = TranslatedField(_("title"))
    article = models.CharField(_("article of the code"), max_length=60, blank=True)
    alleged = TranslatedField(_("what was alleged"), lines=True)
    known = TranslatedField(_("what is known"), lines=True)

    class Meta(ExhibitRecord.Meta):
        default_related_name = "charges"
        verbose_name = _("charge")
        verbose_name_plural = _("charges")

    def __str__(self):
        return str(self.title) or self.key


class Defendant(Part):
    """A person's part as accused: charges, plea, counsel, and what the court decided."""

    class Plea(models.TextChoices):
        GUILTY = "guilty", pgettext_lazy("plea", "Guilty")
        NOT_GUILTY = "not-guilty", _("Not guilty")
        NONE = "none", _("None recorded")

    class Verdict(models.TextChoices):
        GUILTY = "guilty", pgettext_lazy("verdict", "Guilty")
        ACQUITTED = "acquitted", _("Acquitted")
        NONE = "none", pgettext_lazy("verdict", "None")

    class Sentence(models.TextChoices):
        DEATH = "death", _("Death by shooting")
        PRISON = "prison", _("Imprisonment")
        NONE = "none", pgettext_lazy("sentence", "None")

    owner_field = "person"
    # The primary keys of defendants that are given numbers in the same step: two may change places.
    renumbered = ()
    person = models.OneToOneField(Person, models.CASCADE, related_name="defendant", verbose_name=_("person"))
    number = models.PositiveSmallIntegerField(
        _("number"),
        validators=[MinValueValidator(1)],
        help_text=_("Place in the indictment, beginning with 1."),
    )
    trade = TranslatedField(
        _("trade"), blank=True, help_text=_("“Engineer”. Visitors can pick out all whose trade has the same words.")
    )
    office = TranslatedField(
        _("branch"), blank=True, help_text=_("Where the person served when arrested: “Railways”. Picked out likewise.")
    )
    charges = models.ManyToManyField(Charge, blank=True, related_name="defendants", verbose_name=_("charges"))
    alleged = TranslatedField(_("what was alleged"), lines=True, help_text=_("Against this person. Say “alleged”."))
    known = TranslatedField(_("what is known"), lines=True)
    held_out = TranslatedField(
        _("how long the person held out"), blank=True, help_text=_("After arrest, before a first statement.")
    )
    plea = models.CharField(_("plea"), max_length=20, choices=Plea, default=Plea.NONE)
    plea_note = TranslatedField(_("about the plea"), lines=True, blank=True)
    counsel = models.ForeignKey(
        Person, models.RESTRICT, null=True, blank=True, related_name="defended", verbose_name=_("counsel")
    )
    counsel_note = TranslatedField(_("about counsel"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict, default=Verdict.NONE)
    verdict_note = TranslatedField(_("about the verdict"), blank=True, help_text=_("Such as “annulled in 1988”."))
    sentence = models.CharField(_("sentence"), max_length=20, choices=Sentence, default=Sentence.NONE)
    sentence_years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    sentence_note = TranslatedField(_("about the sentence"), lines=True, blank=True)
    fate = TranslatedField(_("fate in a few words"), blank=True, help_text=_("“Shot, probably 1 February 1937”."))

    class Meta(Part.Meta):
        verbose_name = _("defendant")
        verbose_name_plural = _("defendants")
        constraints = [
            models.CheckConstraint(
                condition=Q(sentence="prison", sentence_years__isnull=False, sentence_years__gt=0)
                | Q(~Q(sentence="prison"), sentence_years__isnull=True),
                name="defendant_years_of_prison",
                violation_error_message=_("Give the years of a prison sentence, and of no other."),
            )
        ]

    def __str__(self):
        return str(self.person)

    def clean(self):
        """Two of the accused cannot stand in one place of the indictment."""
        super().clean()
        if self.person_id and self.number:
            others = self.siblings().exclude(pk__in=[self.pk, *self.renumbered])
            if others.filter(number=self.number).exists():
                raise ValidationError({"number": _("Another defendant of this exhibit has this number already.")})

    def siblings(self):
        return type(self)._base_manager.filter(person__exhibit=self.person.exhibit_id)


# The other roles are called alike, whether one person had them or several.
_PLURAL_ROLES = {
    "presiding-judge": _("Presiding judges"),
    "judge": _("Judges"),
    "secretary": _("Secretaries of the court"),
    "prosecutor": _("Prosecutors"),
    "counsel": pgettext_lazy("several people", "Defence counsel"),
    "witness": _("Witnesses called by the prosecution"),
    "expert": _("Experts"),
    "observer": _("Observers"),
    "relative": _("Relatives"),
}


class Participant(Part):
    """Any other part that a person had: on the bench, in the witness box, in the gallery, or afterwards."""

    class Role(models.TextChoices):
        PRESIDING_JUDGE = "presiding-judge", _("Presiding judge")
        JUDGE = "judge", _("Judge")
        SECRETARY = "secretary", _("Secretary of the court")
        PROSECUTOR = "prosecutor", _("Prosecutor")
        COUNSEL = "counsel", _("Defence counsel")
        WITNESS = "witness", _("Witness called by the prosecution")
        EXPERT = "expert", _("Expert")
        INVESTIGATOR = "investigator", _("Investigation and secret police")
        POLITICIAN = "politician", _("Party and state")
        NAMED = "named", _("Named but not tried here")
        OBSERVER = "observer", _("Observer")
        RELATIVE = "relative", _("Relative")
        INQUIRY = "inquiry", _("Later inquiry")

        @property
        def plural(self):
            """The heading over several people of this role."""
            return _PLURAL_ROLES.get(self, self.label)

    owner_field = "person"
    person = models.ForeignKey(Person, models.CASCADE, related_name="parts", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    words = TranslatedField(_("in words"), lines=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("part in the trial")
        verbose_name_plural = _("parts in the trial")

    def __str__(self):
        return gettext("%(name)s: %(words)s") % {"name": self.person, "words": self.get_role_display()}


class Connection(Part):
    """How one person is tied to another: “wife of”, “brother of”."""

    owner_field = "person"
    person = models.ForeignKey(Person, models.CASCADE, related_name="connections", verbose_name=_("person"))
    to = models.ForeignKey(
        Person, models.RESTRICT, related_name="connected", verbose_name=pgettext_lazy("a person", "to")
    )
    words = TranslatedField(_("is"), help_text=_("Seen from this person: “wife of”."))
    reverse = TranslatedField(_("the other way round"), blank=True, help_text=_("“husband of”."))

    class Meta(Part.Meta):
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("to")),
                name="connection_to_somebody_else",
                violation_error_message=_("A person cannot be connected with himself or herself."),
            )
        ]

    def __str__(self):
        words = {"person": self.person, "words": self.words, "other": self.to}
        return pgettext("how two people are connected", "%(person)s %(words)s %(other)s") % words

    def clean(self):
        """Say it here too: forms check no constraint on the owner of an inline."""
        super().clean()
        if self.to_id and self.to_id == self.person_id:
            raise ValidationError({"to": self._meta.constraints[0].violation_error_message})


class Fact(Dated, Part):
    """One dated statement about a person, with its standing, its sources, and what others say instead."""

    class Kind(models.TextChoices):
        BIRTH = "birth", _("Birth")
        OFFICE = "office", _("Office")
        ARREST = "arrest", _("Arrest")
        CONFESSION = "confession", _("First statement under coercion")
        PLEA = "plea", _("Plea under coercion")
        SENTENCE = "sentence", _("Sentence")
        DEATH = "death", _("Death")
        BURIAL = "burial", _("Burial")
        REHABILITATION = "rehabilitation", _("Judgment annulled")
        PARTY = "party", _("Party rehabilitation")
        FAMILY = "family", _("Family")
        OTHER = "other", _("From the life")

    owner_field = "person"
    person = models.ForeignKey(Person, models.CASCADE, related_name="facts", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    words = TranslatedField(_("statement"), lines=True)
    place = models.ForeignKey(
        "Place", models.RESTRICT, null=True, blank=True, related_name="facts", verbose_name=_("place")
    )
    standing = models.CharField(_("standing"), max_length=20, choices=Standing, default=Standing.DOCUMENTED)
    confidence = models.CharField(_("confidence"), max_length=10, choices=Confidence, default=Confidence.HIGH)
    note = TranslatedField(_("note"), lines=True, blank=True, help_text=_("What is uncertain, and why."))

    class Meta(Part.Meta):
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = [*Dated.Meta.constraints]

    def __str__(self):
        return gettext("%(name)s: %(words)s") % {"name": self.person, "words": self.get_kind_display()}


class Reading(Dated, Part):
    """What another source says instead of a fact."""

    owner_field = "fact"
    fact = models.ForeignKey(Fact, models.CASCADE, related_name="readings", verbose_name=_("fact"))
    words = TranslatedField(_("what it says"), lines=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("other reading")
        verbose_name_plural = _("other readings")
        constraints = [*Dated.Meta.constraints]

    def __str__(self):
        return str(self.words) or self.date
