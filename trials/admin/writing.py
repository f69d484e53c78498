"""What helps while one writes: words as visitors will read them, records to cite, marks to mend, dates understood.

Small answers in JSON for the scripts in static/js/admin; without them every form works as it stands.
"""

from types import SimpleNamespace

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from .. import dates, measures, prose
from ..editions.compare import marked
from ..languages import PROSE_LENGTH, Text, check_plain, language_codes
from ..models import Exhibit
from ..models.base import EDTFField
from ..models.exhibit import RECORD_MODELS
from ..pages import links
from ..pages.page import Notes
from ..templatetags.exhibit import prose_block
from ..typography import NO_BREAK, mend
from . import picking


class WritingAdmin(admin.ModelAdmin):
    """The exhibit's small answers to whoever writes."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "trials_exhibit"
        own = [
            path("writing/read/", view(require_POST(self.read_view)), name=f"{name}_read"),
            path("writing/mend/", view(require_POST(self.mend_view)), name=f"{name}_mend"),
            path("writing/find/", view(require_GET(self.find_view)), name=f"{name}_find"),
            path("writing/date/", view(require_GET(self.date_view)), name=f"{name}_date"),
        ]
        return own + super().get_urls()

    def read_view(self, request):
        """Words of prose as visitors will read them, what is wrong with them, and how long they are."""
        self._require_writer(request)
        exhibit = self._exhibit_named(request, request.POST)
        language, words = _language(request.POST), _words(request.POST)
        try:
            check_plain(words, lines=True)
        except ValueError as error:
            return JsonResponse({"html": "", "faults": [str(error)], "length": "", "long": []})
        if len(words) > PROSE_LENGTH:
            sentence = _("The text has %(length)s characters; at most %(most)s fit here.")
            said = sentence % {"length": len(words), "most": PROSE_LENGTH}
            return JsonResponse({"html": "", "faults": [said], "length": "", "long": []})
        field = request.POST.get("field", "").removesuffix(f"_{language}")
        whole = measures.WHOLE.get((request.POST.get("record", ""), field))
        return JsonResponse({**_read(exhibit, language, words), **_measured(words, whole)})

    def mend_view(self, request):
        """Words with quotation marks, dashes and spaces as their language has them, and what that changes."""
        self._require_writer(request)
        words, language = _words(request.POST)[:PROSE_LENGTH], _language(request.POST)
        mended = mend(words, language)
        pieces = [(operation, said.replace(NO_BREAK, "⍽")) for operation, said in marked(words, mended)]
        html = render_to_string("admin/trials/_mended.html", {"pieces": _shortened(pieces)})
        return JsonResponse({"words": mended, "changes": html if mended != words else ""})

    def find_view(self, request):
        """The records of an exhibit that a few letters lead to, of the kinds that are asked for."""
        self._require_writer(request)
        exhibit = self._exhibit_named(request, request.GET)
        asked = request.GET.getlist("kind") or [*prose.RECORDS]
        kinds = [kind for kind in prose.RECORDS if kind in asked and _may_view(self.admin_site, request, kind)]
        if not kinds:
            raise PermissionDenied
        query, pk = request.GET.get("q", ""), request.GET.get("pk", "")
        found = picking.find(exhibit, kinds, query) if exhibit else []
        if pk:
            found = [one for one in found if str(one.record.pk) == pk]
        results = [_result(one, _language(request.GET)) for one in found[: picking.MOST]]
        return JsonResponse({"results": results, "said": _how_many(len(found)), "exhibit": bool(exhibit)})

    def date_view(self, request):
        """What is understood of a date as it is typed, in words and with its bounds."""
        self._require_writer(request)
        typed, time = request.GET.get("date", "").strip(), request.GET.get("time", "").strip()
        if not typed:
            return JsonResponse({"understood": True, "said": ""})
        try:
            date = dates.parse(EDTFField().clean(typed, None))
            said = dates.in_words(date, _spoken(), time)
        except ValidationError as error:
            return JsonResponse({"understood": False, "said": " ".join(error.messages)})
        except dates.DateError as error:
            return JsonResponse({"understood": False, "said": str(error)})
        return JsonResponse({"understood": True, "said": _understood(date, said)})

    def _require_writer(self, request):
        """Whoever may look at something of an exhibit, or change it."""
        if not request.user.has_module_perms("trials"):
            raise PermissionDenied

    def _exhibit_named(self, request, data) -> Exhibit | None:
        """The exhibit that is named; None where none is chosen yet. Raises Http404 for one that is not there."""
        pk = data.get("exhibit", "")
        if not pk:
            return None
        if not self.has_view_permission(request):
            raise PermissionDenied
        exhibit = Exhibit.objects.filter(pk=pk).first() if pk.isascii() and pk.isdecimal() and len(pk) < 18 else None
        if exhibit is None:
            raise Http404("There is no such exhibit.")
        return exhibit


class Draft:
    """What words are read on before they are saved, as a page is: with the records of the exhibit that they name."""

    def __init__(self, exhibit: Exhibit | None, language: str, words: str):
        self.language, self.terms, self._exhibit = language, {}, exhibit
        self._found = _named_in(exhibit, words)
        records = {"sources": _Named(self._found.get("source", {})), "terms": _Named(self._found.get("term", {}))}
        self.document = SimpleNamespace(records=records)
        self.notes = Notes(self.document)

    def has(self, kind: str, key: str) -> bool:
        """Whether the exhibit has a record."""
        return key in self._found.get(kind, {})

    def record(self, kind: str, key: str) -> str:
        """Where the record is seen in a preview of the working copy; nowhere, if there is none."""
        if not self.has(kind, key):
            return "#"
        page = self._found[kind][key].page if kind == "section" else ""
        mount = links.preview_path(self._exhibit.pk, None, self.language)
        return mount + links.address_on(page, kind, key)


class _Named(dict):
    """Records by key; one that is not there has its key for a name."""

    def __missing__(self, key):
        return SimpleNamespace(key=key, label=key)


def _named_in(exhibit, words: str) -> dict[str, dict]:
    """The records that ``words`` cite or link to and that the exhibit has, by kind and key. A query for each kind."""
    keys = {}
    for reference in prose.references(words) if exhibit else ():
        if reference.kind != "outside":
            keys.setdefault(reference.kind, set()).add(reference.key)
    models = RECORD_MODELS()
    return {
        kind: {record.key: record for record in models[kind].objects.filter(exhibit=exhibit, key__in=names)}
        for kind, names in keys.items()
    }


def _read(exhibit, language: str, words: str) -> dict:
    """The HTML of ``words``, and sentences about what they name in vain."""
    draft = Draft(exhibit, language, words)
    with translation.override(language):
        html = prose_block({"page": draft}, Text({language: words}) if words.strip() else Text())
        html = render_to_string("admin/trials/_read.html", {"html": html, "notes": draft.notes, "language": language})
    faults = prose.faults(words, draft.has) if exhibit else []
    if not exhibit and any(reference.kind != "outside" for reference in prose.references(words)):
        faults = [_("Links and citations are looked up once it is known to which exhibit this belongs.")]
    return {"html": html, "faults": faults}


def _measured(words: str, whole: int | None) -> dict:
    """How long ``words`` are, in words, and sentences about what is longer than visitors read."""
    found = measures.stretches(words, whole)
    text = measures.Stretch("whole", prose.to_plain(words), whole or 0)
    longest = max((stretch.length for stretch in found if stretch.kind == "sentence"), default=0)
    length = ngettext("%(number)d word", "%(number)d words", text.length) % {"number": text.length}
    if whole:
        length = _("%(number)d of %(budget)d words") % {"number": text.length, "budget": whole}
    if longest:
        length += " · " + _("longest sentence %(number)d of %(budget)d") % {
            "number": longest,
            "budget": measures.SENTENCE,
        }
    return {"length": length, "long": [stretch.sentence for stretch in found if stretch.is_too_long]}


def _result(found: picking.Found, language: str) -> dict:
    """One record that was found, named in a language."""
    kind, record = found.kind, found.record
    with translation.override(language):
        name, detail = str(record), picking.detail(kind, record)
    told = {"kind": kind, "of": picking.in_words(kind), "key": record.key, "name": name, "detail": detail}
    return {**told, "words": found.words}


def _how_many(number: int) -> str:
    if not number:
        return _("Nothing found.")
    if number > picking.MOST:
        return _("%(shown)d of %(number)d found. Type more letters to see fewer.") % {
            "shown": picking.MOST,
            "number": number,
        }
    return ngettext("%(number)d found.", "%(number)d found.", number) % {"number": number}


def _spoken() -> str:
    """The curator's language."""
    return get_language() or settings.LANGUAGE_CODE


def _understood(date, said: str) -> str:
    """“about October 1936 (1936-10~): 1 October 1936 to 31 October 1936”."""
    first, last = (day and dates.in_words(day.isoformat(), _spoken()) for day in (date.earliest, date.latest))
    bounds = {"first": first, "last": last}
    if first and last:
        between = first if first == last else _("%(first)s to %(last)s") % bounds
    elif first:
        between = _("%(first)s or later") % bounds
    else:
        between = _("%(last)s or earlier") % bounds if last else _("no bounds")
    return f"{said} ({date.text}) · {between}"


def _may_view(site, request, kind: str) -> bool:
    return site.get_model_admin(RECORD_MODELS()[kind]).has_view_permission(request)


def _shortened(pieces: list) -> list:
    """What stays the same between two changes is shown by its ends alone."""
    return [
        (operation, f"{said[:30]} … {said[-30:]}" if operation == "same" and len(said) > 80 else said)
        for operation, said in pieces
    ]


def _language(data) -> str:
    """The language of what is written: the main one where none of the museum’s is named."""
    asked = data.get("language", "")
    return asked if asked in language_codes() else language_codes()[0]


def _words(data) -> str:
    return data.get("words", "").replace("\r\n", "\n")
