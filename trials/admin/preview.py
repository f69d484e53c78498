"""Preview from the admin: what visitors will see, on their screens; and links that show it without an account."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..editions.document import Document, DocumentError, EditionUnreadable
from ..editions.publish import scheduled_displays
from ..languages import language_codes
from ..models import Edition, Exhibit, PreviewLink, Section
from ..pages import links
from ..pages.preview import make_link, may_preview, previewable_editions, previewed, revoke_link
from ..templatetags.exhibit import language_name
from .base import moment

# Each screen in pixels, as wide and high as visitors have it; the stylesheet makes it smaller, not narrower.
SCREENS = (
    ("phone", _("Phone"), 390, 844),
    ("desktop", _("Desktop"), 1280, 800),
    ("kiosk", _("Kiosk, upright"), 1080, 1920),
)
DAYS = ((1, _("after a day")), (7, _("after a week")), (30, _("after 30 days")))
WORKING_COPY = ""
NEVER = datetime.max.replace(tzinfo=UTC)


class ChoiceForm(forms.Form):
    """What to look at."""

    show = forms.ChoiceField(label=_("Show"))
    page = forms.ChoiceField(label=_("Page"))
    language = forms.ChoiceField(label=_("Language"))


class LinkForm(forms.Form):
    """A link for somebody without an account."""

    purpose = forms.CharField(label=_("For whom"), max_length=200, widget=AdminTextInputWidget)
    show = forms.ChoiceField(label=_("Shows"), required=False)
    days = forms.TypedChoiceField(label=_("Expires"), choices=DAYS, coerce=int, initial=7)


@dataclass
class Look:
    """What a curator looks at: the working copy or an edition, a page of it, and a language.

    Where what is ``asked`` for is no choice, the first one is taken. ``faults`` say why there is nothing to see.
    """

    exhibit: Exhibit
    asked: dict
    faults: list = field(default_factory=list)

    def __post_init__(self):
        self.editions = _scheduled_first(self.exhibit)
        self.edition = _edition(self.editions, self.asked.get("show", ""))
        self.document = self._read()
        languages = self.document.languages if self.document else []
        self.languages = [(code, language_name(code)) for code in languages if code in language_codes()]
        self.pages = _pages(self.document) if self.document else []
        self.language = _one_of(self.languages, self.asked.get("language"), settings.LANGUAGE_CODE)
        self.page = _one_of(self.pages, self.asked.get("page"), "")

    def _read(self) -> Document | None:
        try:
            return previewed(self.exhibit, self.edition).document
        except DocumentError as error:
            self.faults = error.faults
        except EditionUnreadable as error:
            self.faults = [error]
        return None

    @property
    def shows(self) -> list[tuple[str, str]]:
        """The working copy and the editions, as choices."""
        return [(WORKING_COPY, gettext("The working copy")), *((str(e.number), e.in_words) for e in self.editions)]

    @property
    def number(self) -> int | None:
        """The number of the edition; the working copy has none."""
        return self.edition and self.edition.number

    @property
    def address(self) -> str:
        """Where the chosen page is."""
        return links.preview_path(self.exhibit.pk, self.number, self.language) + self.page

    def choice_form(self) -> ChoiceForm:
        """The form with what is chosen now."""
        form = ChoiceForm(initial={"show": self.number, "page": self.page, "language": self.language})
        for name, choices in (("show", self.shows), ("page", self.pages), ("language", self.languages)):
            form.fields[name].choices = choices
        return form

    def link_form(self, data=None) -> LinkForm:
        """The form for a link to what is looked at."""
        form = LinkForm(data, prefix="link", initial={"show": self.number})
        form.fields["show"].choices = self.shows
        return form


class PreviewAdmin(admin.ModelAdmin):
    """The exhibit's pages for previews, each with the permission that it needs."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "trials_exhibit_preview"
        # The page holds frames, which the policy allows nowhere else.
        preview = csp_update({"frame-src": ["'self'"]})(self.preview_view)
        own = [
            path("<int:pk>/preview/", view(preview), name=name),
            path("<int:pk>/preview/links/<int:link>/revoke/", view(self.revoke_view), name=f"{name}_revoke"),
        ]
        return own + super().get_urls()

    def preview_view(self, request, pk):
        """The working copy or an edition on three screens, and the links that show it; by POST, a new link."""
        exhibit = self._previewable(request, pk)
        look = Look(exhibit, request.GET)
        form = look.link_form(request.POST or None)
        address = None
        if request.method == "POST":
            self._require(request, "trials.add_previewlink")
            if form.is_valid():
                address = self._make_link(request, look, form.cleaned_data)
                form = look.link_form()
        may_see_links = _has_any(request, "view", "add", "change")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Preview of “%(exhibit)s”") % {"exhibit": exhibit},
            "exhibit": exhibit,
            "look": look,
            "screens": SCREENS,
            "form": form if _has_any(request, "add") else None,
            "address": address,
            "links": _links(exhibit) if may_see_links else None,
            "may_revoke": _has_any(request, "change"),
        }
        return TemplateResponse(request, "admin/trials/exhibit/preview.html", context)

    def _make_link(self, request, look, data) -> str:
        """Make the link; its address, which is shown this once: nothing that is kept holds it."""
        edition = _edition(look.editions, data["show"])
        link, token = make_link(look.exhibit, edition, data["purpose"], data["days"], request.user)
        self.log_change(request, look.exhibit, _made(link, edition))
        return links.absolute(links.preview_link_path(token, look.language))

    def revoke_view(self, request, pk, link):
        """By POST alone: let a link show nothing any more."""
        exhibit = self._previewable(request, pk)
        self._require(request, "trials.change_previewlink")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = exhibit.preview_links.filter(pk=link).first()
        if found is None:
            raise Http404("There is no such link.")
        if revoke_link(found):
            words = {"purpose": found.purpose}
            self.log_change(request, exhibit, gettext("Preview link for %(purpose)s: revoked") % words)
        messages.success(request, _("The link for %(purpose)s shows nothing any more.") % {"purpose": found.purpose})
        return redirect("admin:trials_exhibit_preview", pk)

    def _previewable(self, request, pk) -> Exhibit:
        """The exhibit, if this curator may preview it. Raises PermissionDenied, then Http404."""
        if not may_preview(request):
            raise PermissionDenied
        exhibit = request.exhibit = self.get_queryset(request).filter(pk=pk).first()
        if exhibit is None:
            raise Http404("There is no such exhibit.")
        return exhibit

    def _require(self, request, permission):
        if not request.user.has_perm(permission):
            raise PermissionDenied


def _has_any(request, *actions) -> bool:
    return any(request.user.has_perm(f"trials.{action}_previewlink") for action in actions)


def _scheduled_first(exhibit) -> list[Edition]:
    """The editions that can be previewed, each with ``in_words``: those to come, soonest first, then the newest."""
    starts = {display.edition_id: display.starts for display in reversed(scheduled_displays(exhibit))}
    editions = sorted(previewable_editions(exhibit), key=lambda edition: -edition.number)
    editions.sort(key=lambda edition: starts.get(edition.pk, NEVER))
    for edition in editions:
        edition.in_words = _in_words(edition, starts.get(edition.pk))
    return editions


def _in_words(edition, starts) -> str:
    words = {"number": edition.number, "made": moment(edition.created), "starts": starts and moment(starts)}
    if starts:
        return gettext("Edition %(number)s, on display from %(starts)s") % words
    return gettext("Edition %(number)s of %(made)s") % words


def _made(link, edition) -> str:
    """What the history says of a new link."""
    words = {"purpose": link.purpose, "moment": moment(link.expires), "number": edition and edition.number}
    if edition:
        return gettext("Preview link for %(purpose)s, until %(moment)s: edition %(number)s") % words
    return gettext("Preview link for %(purpose)s, until %(moment)s: the working copy") % words


def _edition(editions, number: str) -> Edition | None:
    """The edition of this number among ``editions``; None for the working copy."""
    return next((edition for edition in editions if str(edition.number) == number), None)


def _one_of(choices, asked, otherwise) -> str:
    """What was asked for, if it is a choice."""
    return asked if asked in dict(choices) else otherwise


def _pages(document) -> list:
    """Every page of a document as choices, by its path: people last."""
    pages = [(links.address(page.value), page.label) for page in Section.Page]
    people = [(links.address("person", key=person.key), str(person.name)) for person in document.people]
    return [*pages, (links.address("editions"), gettext("Editions")), *people]


def _links(exhibit) -> list[PreviewLink]:
    """The exhibit's links, newest first, each with ``valid`` by the database's clock."""
    valid = set(PreviewLink.objects.valid().filter(exhibit=exhibit).values_list("pk", flat=True))
    found = list(exhibit.preview_links.select_related("created_by", "edition").defer("edition__content"))
    for link in found:
        link.valid = link.pk in valid
    return found
