"""Finding the records of one exhibit by a few letters, and choosing one of them in a form.

The form's field is a line of text with suggestions: it holds what a curator reads, a key is understood as well, and
hundreds of sources stand on a page once and not in every row.
"""

from collections import Counter
from functools import cached_property
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .. import prose, words
from ..languages import Text, language_codes
from ..models import Name
from ..models.exhibit import RECORD_MODELS

MOST = 12
QUERY_LENGTH = 100
# What a record is found by, beside its key: texts and plain columns.
FOUND_BY = {
    "person": ("name", "sort_name", "summary"),
    "entry": ("title",),
    "charge": ("title", "article"),
    "place": ("name", "name_then"),
    "term": ("term", "original"),
    "source": ("label", "reference"),
    "dispute": ("question",),
    "section": ("heading",),
}
DETAIL = {"person": "summary", "source": "reference", "charge": "article", "term": "original", "place": "name_then"}


class Found(NamedTuple):
    """A record that was found; ``words`` are those under which a form knows it."""

    kind: str
    record: object
    words: str


def find(exhibit, kinds, query: str) -> list[Found]:
    """The records of ``exhibit`` that all words of ``query`` lead to, by any spelling; best first."""
    asked = [words.forms_asked_for(word, language_codes()) for word in words.WORD.findall(query[:QUERY_LENGTH])]
    found = [
        Found(kind, record, said)
        for kind in kinds
        for said, record in by_words(_records(exhibit, kind)).items()
        if not asked or _leads(asked, kind, record)
    ]
    return sorted(found, key=lambda one: not one.words.casefold().startswith(query.strip().casefold()))


def by_words(records) -> dict:
    """Each record by the words under which it is chosen: its name, with the key where two have the same."""
    names = [(str(record), record) for record in records]
    counts = Counter(name for name, _record in names)
    return {f"{name} · {record.key}" if counts[name] > 1 else name: record for name, record in names}


def _leads(asked: list[list[str]], kind: str, record) -> bool:
    """Whether each word that was asked for begins a word of the record."""
    known = _forms(kind, record)
    return all(any(form.startswith(tuple(forms)) for form in known) for forms in asked)


def detail(kind: str, record) -> str:
    """What tells records of one name apart, in a line."""
    shown = str(getattr(record, DETAIL[kind])) if kind in DETAIL else getattr(record, "date", "")
    return prose.to_plain(shown)[:140]


def _records(exhibit, kind):
    model = RECORD_MODELS()[kind]
    fields = ["exhibit", "key", "order", *FOUND_BY[kind], *(["date"] if kind == "entry" else [])]
    records = model.objects.filter(exhibit=exhibit).only(*fields)
    if kind != "person":
        return records
    return records.prefetch_related(Prefetch("names", Name.objects.only("person", "spelling")))


def _forms(kind, record) -> set[str]:
    texts = [record.key.replace("-", " ")]
    for name in FOUND_BY[kind]:
        value = getattr(record, name)
        texts += value.words().values() if isinstance(value, Text) else [value]
    if kind == "person":
        texts += [name.spelling for name in record.names.all()]
    return {form for text in texts for word in words.WORD.findall(text) for form in words.forms(word, "")}


class Choices:
    """The records that a field offers, read once for all the rows of a page."""

    def __init__(self, queryset):
        self._queryset = queryset

    @cached_property
    def by_words(self) -> dict:
        """Each record by the words under which it is chosen."""
        return by_words(self._queryset)

    @cached_property
    def words_of(self) -> dict:
        """The words of each record, by its primary key."""
        return {record.pk: said for said, record in self.by_words.items()}

    def chosen(self, typed: str):
        """The record that is meant by its words, its key or, as Django’s pop-ups give it, its primary key; or None."""
        if typed in self.by_words:
            return self.by_words[typed]
        key = typed.rpartition(" · ")[2]
        fits = (
            lambda said, record: record.key == key,
            lambda said, record: said.casefold() == typed.casefold(),
            lambda said, record: str(record.pk) == typed,
        )
        found = (record for fit in fits for said, record in self.by_words.items() if fit(said, record))
        return next(found, None)

    def suggestions(self) -> list[tuple[str, str]]:
        """Pairs of the words and what else there is to say of the record."""
        return [(said, f"{record.key}: {record.reference}"[:140]) for said, record in self.by_words.items()]


class PickInput(forms.TextInput):
    """A line of text with suggestions, which stand once on the page; see static/js/admin/sources.js."""

    choices = ()

    class Media:
        css = {"all": ["css/admin/writing.css"]}
        js = [forms.Script("js/admin/sources.js", type="module")]


class PickField(forms.ModelChoiceField):
    """One record of the exhibit, chosen by its words. ``choices_of`` are the `Choices` that rows share."""

    def __init__(self, *, offered: Choices, **options):
        self.offered = offered
        attrs = {"list": "sources-offered", "autocomplete": "off", "class": "vTextField"}
        super().__init__(**{**options, "widget": PickInput(attrs)})

    def prepare_value(self, value):
        """The words of the record; what was typed stays as it was typed."""
        return value if isinstance(value, str) else self.offered.words_of.get(getattr(value, "pk", value), "")

    def to_python(self, value):
        typed = (value or "").strip() if isinstance(value, str) else value
        if typed in self.empty_values:
            return None
        record = self.offered.chosen(str(typed))
        if record is None:
            sentence = _("This exhibit has no source called “%(words)s”. Choose one from the list, or add it first.")
            raise ValidationError(sentence % {"words": str(typed)[:80]}, code="invalid_choice")
        return record

    def has_changed(self, initial, data):
        return not self.disabled and self.prepare_value(initial) != (data or "").strip()


def offered_sources(request, queryset) -> Choices:
    """The sources that a page offers, read once for all its rows; its template says them in a list of suggestions."""
    if not hasattr(request, "sources_offered"):
        request.sources_offered = Choices(queryset.defer("reliability"))
    return request.sources_offered


def in_words(kind: str) -> str:
    """What prose calls a kind of record, as people do: “Source”."""
    return capfirst(RECORD_MODELS()[kind]._meta.verbose_name)
