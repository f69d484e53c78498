"""Texts in several languages, each kept in one JSON column as ``{"en": "…", "ru": "…"}``.

Readable UTF-8 in the database, the main language required, and a text that knows which language
it fell back to. Languages that are stored but not offered now are kept when a form is saved.

Two marks may stand beside a translation: ``ru.of``, the digest of the text that it was made from, and ``ru.by``,
who has reviewed it. A translation whose source has changed since is stale, and reviewed by nobody.
"""

import hashlib
import json
import re

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from pydantic_core import core_schema

LINE_LENGTH = 300
PROSE_LENGTH = 20_000
NAME_LENGTH = 120
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
MADE_FROM, REVIEWED_BY = ".of", ".by"
DIGEST = re.compile("[0-9a-f]{8}")
# Words in one script, with what stands between them.
LATIN = re.compile(r"([A-Za-zÀ-ɏ](?:[A-Za-zÀ-ɏ\d\s.,:’'/&-]*[A-Za-zÀ-ɏ])?)")
CYRILLIC = re.compile(r"([\u0400-\u04ff](?:[\u0400-\u04ff\d\s.,:’'/&-]*[\u0400-\u04ff])?)")
# Control characters have no place in a text; PostgreSQL cannot even store NUL. Lone surrogates are not UTF-8.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def language_codes() -> list[str]:
    """The codes of the languages that this museum offers, main language first."""
    return [code for code, _name in settings.LANGUAGES]


class Status(models.TextChoices):
    """How far a translation can be relied on."""

    MISSING = "missing", _("Missing")
    STALE = "stale", _("Out of date")
    UNREVIEWED = "unreviewed", _("Not yet reviewed")
    REVIEWED = "reviewed", _("Reviewed")


class Text(dict):
    """One text in its languages, by code, and their marks. ``str()`` gives the active language or its stand-in."""

    def words(self) -> dict[str, str]:
        """The text in each of its languages, without marks."""
        return {code: words for code, words in self.items() if "." not in code}

    def language(self, wanted: str | None = None) -> str:
        """The language that is shown when ``wanted`` (default: the active one) is asked for; '' if empty."""
        for code in (wanted or get_language(), settings.LANGUAGE_CODE, *sorted(self.words())):
            if self.get(code):
                return code
        return ""

    def status(self, code: str) -> Status:
        """How far the translation into ``code`` can be relied on."""
        if not self.get(code):
            return Status.MISSING
        source = self.get(settings.LANGUAGE_CODE, "")
        if self.get(code + MADE_FROM, digest_of(source)) != digest_of(source):
            return Status.STALE
        return Status.REVIEWED if self.get(code + REVIEWED_BY) else Status.UNREVIEWED

    def reviewed(self, code: str, by: str) -> "Text":
        """This text with its translation into ``code`` reviewed by somebody, as the source is now."""
        source = digest_of(self.get(settings.LANGUAGE_CODE, ""))
        return Text({**self, code + MADE_FROM: source, code + REVIEWED_BY: by})

    def __str__(self) -> str:
        return self.get(self.language(), "")

    def __bool__(self) -> bool:
        return any(self.words().values())

    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.no_info_after_validator_function(
            lambda value: cls(sorted(value.items())),
            core_schema.dict_schema(core_schema.str_schema(), core_schema.str_schema()),
        )


def digest_of(words: str) -> str:
    """A short name for the words that a translation was made from."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def changed(old: dict, new: dict) -> Text:
    """What a curator made of ``old``: a translation whose words are the same keeps its marks, any other is new."""
    text = Text(new)
    source = digest_of(text.get(settings.LANGUAGE_CODE, ""))
    for code in text.words():
        if code == settings.LANGUAGE_CODE:
            continue
        if text[code] != old.get(code):
            text[code + MADE_FROM] = source
            continue
        text.update({code + mark: old[code + mark] for mark in (MADE_FROM, REVIEWED_BY) if code + mark in old})
    return text


def is_cyrillic(language: str) -> bool:
    """Whether a language is written in Cyrillic letters, as its name for itself is."""
    return bool(CYRILLIC.search(LANG_INFO.get(language, {}).get("name_local", "")))


def split_by_script(text: str, language: str) -> list[str]:
    """``text`` in pieces, of which every second is in another script than ``language``: Latin or Cyrillic."""
    return (LATIN if is_cyrillic(language) else CYRILLIC).split(text)


def check_plain(text: str, *, lines: bool = False) -> str:
    """Return ``text`` if it may be stored, else raise ValueError with a sentence."""
    found = FORBIDDEN.search(text) or (None if lines else re.search(r"[\n\t]", text))
    if found:
        sentence = gettext("The text holds a character that cannot be shown (%(code)s). Remove it.")
        raise ValueError(sentence % {"code": f"U+{ord(found[0]):04X}"})
    return text


def check_text(text: dict, *, lines: bool, max_length: int) -> dict:
    """Return ``text`` (by language) if every language of it may be stored, else raise ValueError."""
    for code, words in text.items():
        if "." in code:
            _check_mark(text, code, words)
            continue
        if not LANGUAGE_CODE.fullmatch(code):
            raise ValueError(gettext("“%(code)s” is not a language code such as “en” or “ru”.") % {"code": code})
        if not isinstance(words, str) or not words.strip():
            sentence = gettext("The text in “%(code)s” is empty. Leave the language out instead.")
            raise ValueError(sentence % {"code": code})
        if len(words) > max_length:
            sentence = gettext("The text in “%(code)s” has %(length)s characters; at most %(most)s fit here.")
            raise ValueError(sentence % {"code": code, "length": len(words), "most": max_length})
        check_plain(words, lines=lines)
    return text


def _check_mark(text, name, value):
    code, _dot, mark = name.partition(".")
    if code not in text or f".{mark}" not in (MADE_FROM, REVIEWED_BY):
        sentence = gettext("“%(name)s” is neither a language code nor a mark of a translation that is there.")
        raise ValueError(sentence % {"name": name})
    if f".{mark}" == MADE_FROM and not (isinstance(value, str) and DIGEST.fullmatch(value)):
        sentence = gettext("“%(name)s” must be eight digits from 0 to f: the digest of the text that was translated.")
        raise ValueError(sentence % {"name": name})
    if not isinstance(value, str) or not 0 < len(value.strip()) == len(value) <= NAME_LENGTH:
        sentence = gettext("“%(name)s” must be a name of at most %(most)s characters.")
        raise ValueError(sentence % {"name": name, "most": NAME_LENGTH})
    check_plain(value)


class Utf8Encoder(json.JSONEncoder):
    """JSON in readable UTF-8, so that a search in the database finds Cyrillic."""

    def __init__(self, **options):
        super().__init__(**{**options, "ensure_ascii": False})


def _status(text, code) -> str:
    """What a curator is told of a translation; '' of the source, and where nothing is written at all."""
    text = Text(text or {})
    if code == settings.LANGUAGE_CODE or not text:
        return ""
    status, by = text.status(code), text.get(code + REVIEWED_BY, "")
    return _("Reviewed by %(name)s") % {"name": by} if status == Status.REVIEWED else status.label


class LanguagesWidget(forms.Widget):
    """One labelled input for each offered language. ``label`` says what they are a group of."""

    template_name = "admin/widgets/languages.html"
    label = ""

    def __init__(self, attrs=None, *, lines=False):
        self.lines = lines
        super().__init__(attrs)

    @property
    def media(self):
        """The tools for prose are loaded where there is prose."""
        script = forms.Script("js/admin/prose.js", type="module")
        return forms.Media(css={"all": ["css/admin/writing.css"]}, js=[script]) if self.lines else forms.Media()

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        attrs = context["widget"]["attrs"]
        id_ = attrs.get("id", f"id_{name}")
        context["lines"] = self.lines
        context["label"] = self.label
        context["required"] = attrs.get("required", False)
        context["invalid"] = attrs.get("aria-invalid")
        # The admin names its help text after the input that its label points at.
        described = attrs.get("aria-describedby", "")
        context["described"] = described.replace(f"{id_}_helptext", f"{self.id_for_label(id_)}_helptext")
        context["inputs"] = [
            {
                "code": code,
                "label": label,
                "name": f"{name}_{code}",
                "id": f"{id_}_{code}",
                "value": (value or {}).get(code, ""),
                "status": _status(value, code),
            }
            for code, label in settings.LANGUAGES
        ]
        return context

    def value_from_datadict(self, data, files, name):
        return {code: data.get(f"{name}_{code}", "") for code in language_codes()}

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}_{code}" in data for code in language_codes())

    def id_for_label(self, id_):
        return f"{id_}_{language_codes()[0]}" if id_ else id_


class LanguagesFormField(forms.Field):
    """A text in the offered languages; the main language is required unless the text may be empty."""

    def __init__(self, *, lines=False, max_length=LINE_LENGTH, **options):
        self.lines, self.max_length = lines, max_length
        options.setdefault("widget", LanguagesWidget(lines=lines))
        super().__init__(**options)
        self.widget.label = self.label

    def prepare_value(self, value):
        """A plain string, as an address with ?name=… gives it, is a text in the main language."""
        return {language_codes()[0]: value} if isinstance(value, str) else value or {}

    def to_python(self, value):
        return Text(
            (code, str(words).replace("\r\n", "\n").strip())
            for code, words in (value or {}).items()
            if str(words).strip()
        )

    def validate(self, value):
        main = language_codes()[0]
        if self.required and not value.get(main):
            raise ValidationError(_("Write this text in the main language first."), code="required")

    def run_validators(self, value):
        try:
            check_text(value, lines=self.lines, max_length=self.max_length)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial, data):
        initial = {code: words for code, words in (initial or {}).items() if code in language_codes()}
        return dict(self.to_python(data)) != initial


class TranslatedField(models.JSONField):
    """A column for one text in several languages.

    ``lines``: several lines of Markdown prose; else one line. Values read back as `Text`.
    """

    def __init__(self, *args, lines=False, max_length=None, **options):
        self.lines = lines
        options.setdefault("default", Text)
        options["encoder"] = Utf8Encoder
        super().__init__(*args, **options)
        self.text_length = max_length or (PROSE_LENGTH if lines else LINE_LENGTH)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        options.pop("encoder", None)
        if self.lines:
            options["lines"] = True
        if self.text_length != (PROSE_LENGTH if self.lines else LINE_LENGTH):
            options["max_length"] = self.text_length
        return name, path, args, options

    def from_db_value(self, value, expression, connection):
        value = super().from_db_value(value, expression, connection)
        return Text(value) if isinstance(value, dict) else value

    def to_python(self, value):
        """As `Text`. A plain string, as what was kept before there were languages has it, is in the main one."""
        value = super().to_python(value)
        if isinstance(value, str):
            value = {settings.LANGUAGE_CODE: value}
        return Text(value) if isinstance(value, dict) else value

    def validate(self, value, instance):
        super().validate(value, instance)
        try:
            check_text(value, lines=self.lines, max_length=self.text_length)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def save_form_data(self, instance, data):
        """Keep languages that are stored but not offered in the form now."""
        stored = Text(getattr(instance, self.name) or {})
        kept = {code: words for code, words in stored.words().items() if code not in language_codes()}
        super().save_form_data(instance, changed(stored, {**kept, **(data or {})}))

    def formfield(self, **options):
        # A callable default would turn the hidden initial inputs on, which cannot hold several languages.
        options = {"form_class": LanguagesFormField, "show_hidden_initial": False, **options}
        options.update(lines=self.lines, max_length=self.text_length)
        return super(models.JSONField, self).formfield(**options)
