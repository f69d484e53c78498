"""The columns of a spreadsheet: what of a record each holds, as text, and how text becomes part of a record.

A cell that says what the record says changes nothing, so that what is carried out comes back unchanged.
"""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ...languages import Text, changed, check_text, language_codes
from ...models import Citation, Exhibit, Name
from ...models.exhibit import RECORD_MODELS

CONTRADICTS = "contradicts: "


class Keyed:
    """The records of an exhibit by key, those of each kind read once, when they are first asked for.

    ``coming`` are the keys of the kind that is imported: prose may lead to a record of the same file.
    """

    def __init__(self, exhibit: Exhibit, model=None, coming=()):
        self.exhibit, self.model, self.coming = exhibit, model, set(coming)
        self.records, self.keys = {}, {}
        exhibit.has_record = self.has

    def by_key(self, model) -> dict:
        """The records of a kind by key."""
        if model not in self.records:
            records = list(model.objects.of(self.exhibit))
            for record in records:
                record.exhibit = self.exhibit
            self.records[model] = {record.key: record for record in records}, {record.pk: record for record in records}
        return self.records[model][0]

    def by_pk(self, model) -> dict:
        """The records of a kind by primary key."""
        self.by_key(model)
        return self.records[model][1]

    def find(self, model, key: str):
        """The record of a kind with a key. Raises `ValidationError`."""
        try:
            return self.by_key(model)[key]
        except KeyError:
            raise ValidationError(
                _("This exhibit has no %(kind)s with the key “%(key)s”.")
                % {"kind": model._meta.verbose_name, "key": key}
            ) from None

    def has(self, kind: str, key: str) -> bool:
        """Whether prose may lead to ``kind:key``: `Exhibit.has_record` without a query for each link."""
        model = RECORD_MODELS()[kind]
        if model not in self.keys:
            self.keys[model] = set(model.objects.of(self.exhibit).values_list("key", flat=True))
        return key in self.keys[model] or (model is self.model and key in self.coming)


@dataclass(eq=False)
class Entry:
    """A record with its links and its parts as its row says; they are written after the record."""

    record: object
    links: dict[str, list] = field(default_factory=dict)
    parts: dict[str, list] = field(default_factory=dict)
    gone: list = field(default_factory=list)
    touched: list = field(default_factory=list)


class Column:
    """A field that holds one plain value."""

    def __init__(self, field):
        self.field, self.name = field, field.name
        self.form_field = field.formfield() if hasattr(field, "formfield") else None

    @property
    def label(self) -> str:
        return capfirst(self.field.verbose_name)

    @property
    def help(self) -> str:
        """What the column is for, and what may stand in it."""
        choices = getattr(self.field, "choices", None)
        if choices:
            return _("One of: %(choices)s.") % {"choices": self._choices()}
        if self.field.primary_key:
            return _("By it a record is found again. Leave it empty for a new one.")
        return self.field.help_text

    @property
    def required(self) -> bool:
        """Whether a new record needs it."""
        return not self.field.blank and not self.field.has_default()

    def read(self, entry: Entry) -> str:
        value = getattr(entry.record, self.field.attname)
        return "" if value is None else str(value)

    def write(self, entry: Entry, cell: str, keyed: Keyed):
        """Make the field what ``cell`` says. Raises `ValidationError`."""
        value = self.form_field.clean(self._chosen(cell.strip()))
        if self.name == "order" and value is None:
            return  # the position that it has, or the last
        value = self.field.clean(value, entry.record)
        setattr(entry.record, self.name, value)

    def _chosen(self, cell: str) -> str:
        """The stored value of a choice, which may also be given by its name."""
        choices = dict(self.field.flatchoices)
        if not choices or not cell or cell in choices:
            return cell
        named = {str(label).casefold(): value for value, label in choices.items()}
        if cell.casefold() not in named:
            sentence = _("“%(value)s” is none of: %(choices)s.")
            raise ValidationError(sentence % {"value": cell, "choices": self._choices()})
        return named[cell.casefold()]

    def _choices(self) -> str:
        return ", ".join(str(value) for value, _label in self.field.flatchoices if value)


class TextColumn(Column):
    """A translated text in one language."""

    def __init__(self, field, code):
        super().__init__(field)
        self.code, self.name = code, f"{field.name} [{code}]"

    @property
    def required(self) -> bool:
        return not self.field.blank and self.code == language_codes()[0]

    def read(self, entry):
        return getattr(entry.record, self.field.name).get(self.code, "")

    def write(self, entry, cell, keyed):
        text, words = getattr(entry.record, self.field.name), cell.strip()
        if not words and self.required:
            raise ValidationError(_("Write this text in the main language first."))
        try:
            check_text({self.code: words} if words else {}, lines=self.field.lines, max_length=self.field.text_length)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        new = {**text.words(), self.code: words}
        setattr(entry.record, self.field.name, changed(text, Text((code, new[code]) for code in new if new[code])))


class LinkColumn(Column):
    """The key of one other record."""

    @property
    def help(self):
        return _("The key of a record of the same exhibit (%(kind)s).") % {
            "kind": self.field.related_model._meta.verbose_name
        }

    def read(self, entry):
        target = getattr(entry.record, self.field.name, None)
        return target.key if target else ""

    def write(self, entry, cell, keyed):
        key = cell.strip()
        if not key and not self.field.null:
            raise ValidationError(_("This field is required."))
        setattr(entry.record, self.field.name, keyed.find(self.field.related_model, key) if key else None)


class LinksColumn(Column):
    """The keys of several other records."""

    @property
    def help(self):
        return _("Keys of records of the same exhibit (%(kind)s), parted by commas.") % {
            "kind": self.field.related_model._meta.verbose_name_plural
        }

    def read(self, entry):
        return ", ".join(target.key for target in entry.links[self.field.name])

    def write(self, entry, cell, keyed):
        keys = dict.fromkeys(re.split(r"[\s,;]+", cell.strip()) if cell.strip() else ())
        entry.links[self.field.name] = [keyed.find(self.field.related_model, key) for key in keys]


class PartsColumn(Column):
    """Parts of a record, each in a line of its own."""

    model: type

    def __init__(self, relation):
        self.field, self.name, self.relation = relation.field, relation.name, relation

    required = False

    @property
    def label(self):
        return capfirst(self.model._meta.verbose_name_plural)

    def read(self, entry):
        return "\n".join(self.line(part) for part in entry.parts[self.name])

    def write(self, entry, cell, keyed):
        """Match lines with the parts there are: the same line first, then a line of the same head."""
        lines = [line.strip() for line in cell.split("\n") if line.strip()]
        present, left = entry.parts[self.name], list(entry.parts[self.name])
        wanted = [self._take(left, lambda part, line=line: self.line(part) == line) for line in lines]
        touched = []
        for place, line in enumerate(lines):
            if wanted[place] is None:
                values = self.values(line, keyed)
                part = self._take(left, lambda part, values=values: self.same_head(part, values))
                wanted[place] = self._part(part or self.model(**{self.field.name: entry.record}), values, line)
                touched.append(wanted[place])
        for position, part in enumerate(wanted if wanted != present else (), 1):
            if part.order != position:
                part.order = position
                touched.append(part)
        entry.touched += {id(part): part for part in touched}.values()
        entry.gone += left
        entry.parts[self.name] = wanted

    def _take(self, parts, fits):
        """Take the first of ``parts`` that fits."""
        found = next((part for part in parts if fits(part)), None)
        if found:
            parts.remove(found)
        return found

    def _part(self, part, values, line):
        for name, value in values.items():
            setattr(part, name, value)
        try:
            part.full_clean(exclude=[field.name for field in self.model._meta.fields if field.is_relation])
        except ValidationError as error:
            raise ValidationError([f"“{line}”: {sentence}" for sentence in error.messages]) from error
        return part

    def line(self, part) -> str:
        """A part as a line."""
        raise NotImplementedError

    def values(self, line: str, keyed: Keyed) -> dict:
        """What a line says of its part. Raises `ValidationError`."""
        raise NotImplementedError

    def same_head(self, part, values) -> bool:
        """Whether a part is still the one that a changed line speaks of."""
        raise NotImplementedError


class NamesColumn(PartsColumn):
    """Spellings of a name: “Пятаков Георгий | original | ru”."""

    model = Name

    @property
    def help(self):
        choices = ", ".join(Name.Kind.values)
        return _("A line for each: spelling | kind | language. Kinds: %(choices)s.") % {"choices": choices}

    def line(self, part):
        return f"{part.spelling} | {part.kind} | {part.language}".rstrip()

    def values(self, line, keyed):
        spelling, kind, language = [*(piece.strip() for piece in line.rsplit("|", 2)), "", ""][:3]
        if kind and kind not in Name.Kind.values:
            sentence = _("“%(value)s” is none of: %(choices)s.")
            raise ValidationError(sentence % {"value": kind, "choices": ", ".join(Name.Kind.values)})
        return {"spelling": spelling, "kind": kind or Name.Kind.OTHER, "language": language}

    def same_head(self, part, values):
        return part.spelling == values["spelling"]


class CitationsColumn(PartsColumn):
    """Citations: “conquest, p. 46”, or “contradicts: conquest, p. 46”. Their notes stay with them."""

    model = Citation

    @property
    def help(self):
        return _(
            "A line for each: the key of the source, a comma, where in it: “conquest, p. 46”. “contradicts: ” goes "
            "before a source that says otherwise. The note of a citation stays while its source does."
        )

    def line(self, part):
        where = f", {part.locator}" if part.locator else ""
        return f"{CONTRADICTS if part.contradicts else ''}{part.source.key}{where}"

    def values(self, line, keyed):
        contradicts = line.startswith(CONTRADICTS.strip())
        key, _comma, locator = line.removeprefix(CONTRADICTS.strip() if contradicts else "").partition(",")
        source = keyed.find(self.model._meta.get_field("source").related_model, key.strip())
        return {"source": source, "locator": locator.strip(), "contradicts": contradicts}

    def same_head(self, part, values):
        return part.source_id == values["source"].pk
