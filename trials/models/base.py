"""What every record of the working copy shares: a version, a place in its exhibit, honest dates."""

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import F, Max, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from .. import dates, prose
from ..languages import Text, TranslatedField, check_plain

KEY_PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"
KEY_LENGTH = 80
validate_key = RegexValidator(
    rf"^{KEY_PATTERN}\Z", _("Use small letters, digits and single hyphens, such as “first-trial”.")
)


def former_names(former: list[str], before: str | None, now: str) -> list[str]:
    """``former`` keys or slugs with the one of before, and without the one of now: a record may get its own back."""
    names = [*former, before] if before and before not in former else former
    return [name for name in names if name != now]


def free_name(name: str, taken) -> str:
    """``name`` with the smallest number behind it that makes it none of those that are ``taken``: “radek-2”."""
    number = 2
    while (found := f"{name[: KEY_LENGTH - len(str(number)) - 1].rstrip('-')}-{number}") in taken:
        number += 1
    return found


class Standing(models.TextChoices):
    """How far a statement can be relied on. Documented needs no mark beside its source; the others are said."""

    DOCUMENTED = "documented", _("Documented")
    ALLEGED = "alleged", _("Alleged by the prosecution")
    COERCED = "coerced", _("Said under coercion")
    DISPUTED = "disputed", _("Disputed")
    REFUTED = "refuted", _("Refuted")
    UNVERIFIED = "unverified", _("Not verified")


class Confidence(models.TextChoices):
    """How sure the exhibit is of a statement. High: a primary document, or sources that agree independently."""

    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Conflict(Exception):
    """Somebody else saved this record after it was read; nothing was written."""

    def __init__(self, record):
        self.record = record
        sentence = gettext(
            "“%(record)s” was changed by somebody else after you opened it. Nothing of yours was saved: "
            "open the record as it is now, and make your change again."
        )
        super().__init__(sentence % {"record": record})


class RecordQuerySet(models.QuerySet):
    """Questions to the working copy."""

    def of(self, exhibit):
        """The records of one exhibit."""
        return self.filter(**{self.model.exhibit_path(): exhibit})


class Record(models.Model):
    """A row that curators edit. Its version tells whether it is still the row that was read."""

    version = models.PositiveIntegerField(default=1, editable=False)
    order = models.PositiveIntegerField(
        _("position"), default=0, blank=True, help_text=_("Smaller numbers come first.")
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Write the row where it still has the version that was read; else raise `Conflict`.

        The one way in which a record that exists is changed: forms, inlines, ordering, import and restore.
        """
        self.prepare()
        with transaction.atomic():
            if self._state.adding:
                self.order = self.order or self.next_order()
            else:
                self._take_version()
            super().save(*args, **kwargs)

    def clean_fields(self, exclude=None):
        """Refuse what no document may hold: control characters, and numbers that do not fit their column.

        SQLite sets no limit to numbers, and then fails at the largest.
        """
        errors = {}
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            errors = error.error_dict
        for field in self._meta.fields:
            if isinstance(field, models.CharField) and field.name not in (exclude or ()):
                try:
                    check_plain(getattr(self, field.attname) or "")
                except ValueError as error:
                    errors[field.name] = [ValidationError(str(error))]
            limits = BaseDatabaseOperations.integer_field_ranges.get(field.get_internal_type())
            value = getattr(self, field.attname)
            if field.name in (exclude or ()) or not limits or not isinstance(value, int):
                continue
            if not limits[0] <= value <= limits[1]:
                errors[field.name] = [ValidationError(_("Use a number of at most %d.") % limits[1])]
        if errors:
            raise ValidationError(errors)

    @classmethod
    def exhibit_path(cls) -> str:
        """The look-up that leads from this model to its exhibit."""
        return "exhibit"

    def prepare(self):
        """Work out the columns that follow from others, before the row is written."""

    def _take_version(self):
        seen = type(self)._base_manager.filter(pk=self.pk, version=self.version)
        if not seen.update(version=F("version") + 1):
            raise Conflict(self)
        self.version += 1

    def siblings(self):
        """The records that this one is ordered among."""
        return type(self)._base_manager.all()

    def next_order(self) -> int:
        """The position after the last sibling, or the greatest there is: every database holds 31 bits."""
        return min((self.siblings().aggregate(last=Max("order"))["last"] or 0) + 1, 2**31 - 1)


class ExhibitRecord(Record):
    """A record with a key of its own within an exhibit."""

    exhibit = models.ForeignKey("Exhibit", models.CASCADE, verbose_name=_("exhibit"))
    key = models.CharField(
        _("key"),
        max_length=KEY_LENGTH,
        validators=[validate_key],
        help_text=_("Its short name in addresses and citations. Printed labels may point to it: choose it once."),
    )

    class Meta:
        abstract = True
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["exhibit", "key"],
                name="%(class)s_key_once",
                violation_error_message=_("Another record of this kind in this exhibit has the key already."),
            )
        ]

    def __str__(self):
        return self.key

    def siblings(self):
        return super().siblings().filter(exhibit=self.exhibit_id)

    def clean(self):
        """Refuse links to another exhibit's records, and prose that points at nothing."""
        super().clean()
        if self.exhibit_id:
            errors = {**foreign_records(self, self.exhibit_id), **prose_faults(self, self.exhibit)}
            if errors:
                raise ValidationError(errors)


class Part(Record):
    """A record that belongs to another one, named by ``owner_field``, and is edited on its page."""

    owner_field: str

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    @classmethod
    def exhibit_path(cls) -> str:
        return f"{cls.owner_field}__{cls._meta.get_field(cls.owner_field).related_model.exhibit_path()}"

    @property
    def owner(self):
        return getattr(self, self.owner_field)

    @property
    def exhibit(self):
        return self.owner.exhibit

    def siblings(self):
        return super().siblings().filter(**{self.owner_field: getattr(self, f"{self.owner_field}_id")})

    def clean(self):
        """As for a record with a key, also beside an owner that is not saved yet."""
        super().clean()
        try:
            exhibit = self.exhibit
        except ObjectDoesNotExist:  # no owner, or one without an exhibit: the form says so
            return
        errors = {**foreign_records(self, exhibit.pk), **prose_faults(self, exhibit)}
        if errors:
            raise ValidationError(errors)


def foreign_records(record, exhibit_id) -> dict:
    """Errors for the fields of ``record`` that point into another exhibit."""
    errors = {}
    for field in record._meta.fields:
        if not isinstance(field, models.ForeignKey) or not getattr(record, field.attname):
            continue
        if not issubclass(field.related_model, ExhibitRecord):
            continue
        target = getattr(record, field.name)
        if target.exhibit_id != exhibit_id:
            errors[field.name] = _("“%(record)s” belongs to another exhibit.") % {"record": target}
    return errors


def prose_faults(record, exhibit) -> dict:
    """Errors for texts of ``record`` that cite or link to what the exhibit does not have."""
    errors = {}
    for field in record._meta.fields:
        if isinstance(field, TranslatedField):
            text = getattr(record, field.name) or Text()
            found = [
                fault for words in Text(text).words().values() for fault in prose.faults(words, exhibit.has_record)
            ]
            if found:
                errors[field.name] = found
    return errors


def validate_edtf(value: str):
    """Raise ValidationError with the sentence that says why ``value`` is no EDTF date."""
    try:
        dates.parse(value)
    except dates.DateError as error:
        raise ValidationError(str(error)) from error


def validate_time(value: str):
    """Raise ValidationError unless ``value`` is a time of day: 12:05, or morning, afternoon, evening, night."""
    try:
        dates.parse_time(value)
    except dates.DateError as error:
        raise ValidationError(str(error)) from error


def _from_words(text: str) -> str:
    """A date in the curator's language, or in the museum's main one, as EDTF. Raises `DateError` in the former."""
    try:
        return dates.from_words(text, get_language() or settings.LANGUAGE_CODE)
    except dates.DateError as error:
        try:
            return dates.from_words(text, settings.LANGUAGE_CODE)
        except dates.DateError:
            raise error from None


class EDTFField(models.CharField):
    """A date as EDTF text (``1936-10~``). Forms take plain words as well: “about October 1936”."""

    default_validators = [validate_edtf]

    def __init__(self, *args, **options):
        options.setdefault("max_length", dates.MAX_LENGTH)
        super().__init__(*args, **options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        if options.get("max_length") == dates.MAX_LENGTH:
            del options["max_length"]
        return name, path, args, options

    def clean(self, value, model_instance):
        if value:
            try:
                value = _from_words(value)
            except dates.DateError as error:
                raise ValidationError(str(error)) from error
        return super().clean(value, model_instance)

    def formfield(self, **options):
        return super().formfield(**{"max_length": dates.MAX_WORDS_LENGTH, **options})


class Dated(models.Model):
    """A date as the sources allow it: EDTF text, with its earliest and latest day as plain columns."""

    date = EDTFField(
        _("date"),
        blank=True,
        help_text=_("In words (“about October 1936”) or EDTF (“1936-10~”). Never more exact than the source."),
    )
    earliest = models.DateField(_("earliest"), null=True, editable=False)
    latest = models.DateField(_("latest"), null=True, editable=False)
    time = models.CharField(
        _("time of day"),
        max_length=10,
        blank=True,
        validators=[validate_time],
        help_text=_("12:05, or morning, afternoon, evening, night. Leave empty where it is not known."),
    )
    date_as_written = models.CharField(
        _("date as the source writes it"), max_length=120, blank=True, help_text=_("Where its wording matters.")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(earliest__isnull=True) | Q(latest__isnull=True) | Q(earliest__lte=F("latest")),
                name="%(class)s_ends_after_it_begins",
                violation_error_message=_("A date cannot end before it begins."),
            )
        ]

    def prepare(self):
        """Work out the earliest and latest day from the date's text."""
        super().prepare()
        parsed = dates.parse(self.date) if self.date else None
        self.earliest = parsed.earliest if parsed else None
        self.latest = parsed.latest if parsed else None
