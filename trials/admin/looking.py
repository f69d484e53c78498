"""Values as they are read by a curator who may only look: words in their languages, never JSON."""

from functools import cache

from django.conf import settings
from django.db.models import JSONField
from django.utils.html import format_html_join

from ..languages import Text, TranslatedField


def readable_fieldsets(model, fieldsets):
    """``fieldsets`` of a page on which nothing can be changed, with texts and lists in words."""
    return [
        (name, {**options, "fields": [_readable(model, field) for field in options["fields"]]})
        for name, options in fieldsets
    ]


@cache
def shown_fields(model) -> tuple:
    """What shows the values of ``model`` that Django would print as JSON."""
    shown = [_shown(model, field.name) for field in model._meta.fields]
    return tuple(field for field in shown if callable(field))


def _readable(model, name):
    """A field’s name, or what shows its value where Django would print JSON."""
    return [_shown(model, part) for part in name] if isinstance(name, list | tuple) else _shown(model, name)


@cache
def _shown(model, name):
    field = next((field for field in model._meta.fields if field.name == name), None)
    if not isinstance(field, JSONField):
        return name

    def shown(record):
        value = getattr(record, name)
        return in_languages(value) if isinstance(field, TranslatedField) else ", ".join(map(str, value))

    shown.__name__ = name
    shown.short_description = field.verbose_name
    return shown


def in_languages(text: Text):
    """A text in each language that the museum offers, as HTML."""
    there = [(code, label, text[code]) for code, label in settings.LANGUAGES if text.get(code)]
    if len(there) == 1:
        return format_html_join("", '<div class="said" lang="{}">{}</div>', [(there[0][0], there[0][2])])
    rows = [(label, code, words) for code, label, words in there]
    return format_html_join("", '<div class="said"><strong>{}</strong><div lang="{}">{}</div></div>', rows)
