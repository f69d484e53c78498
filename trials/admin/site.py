"""The admin site that curators sign in to."""

from functools import partial, update_wrapper

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db import DataError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..editions.display import tampered
from ..models import Exhibit
from ..models.base import ExhibitRecord, Part
from .cards import cards_of
from .first_steps import FIRST_STEPS
from .recent import last_saved, records_of, worked_on
from .within import add_address, list_address

# How many exhibits the front page shows: of each, all that is on display is read.
SHOWN = 12


class CuratorsSite(admin.AdminSite):
    """The curators' front door."""

    site_header = _("Exhibits: curators")
    site_title = _("Curators")
    index_title = _("The working copy")

    def admin_view(self, view, cacheable=False):
        """Numbers that no database holds, in an address or a form, are a bad request and not our failure."""

        def bounded(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except (OverflowError, DataError) as error:
                raise BadRequest("A number of the request is larger than any record’s.") from error

        return super().admin_view(update_wrapper(bounded, view), cacheable)

    def get_urls(self):
        return [path("language/", self.admin_view(require_POST(choose_language)), name="language"), *super().get_urls()]

    def each_context(self, request):
        """With the languages that the admin can be read in, where there is a choice."""
        languages = [get_language_info(code) for code in admin_languages()]
        return {**super().each_context(request), "languages": languages if len(languages) > 1 else []}

    def index(self, request, extra_context=None):
        """The front page: exhibits and one’s own last records first; an alarm where an edition is not what it was."""
        exhibits, saved = self.get_model_admin(Exhibit), last_saved()
        latest = list(worked_on(saved, SHOWN).order_by("practice", "order", "pk"))
        may_look = exhibits.has_view_or_change_permission(request)
        context = {
            "tampered": tampered([exhibit.pk for exhibit in latest]),
            "title": _("Exhibits"),
            "cards": cards_of(latest, saved) if may_look else None,
            "count": Exhibit.objects.count(),
            "zone": settings.MUSEUM_TIME_ZONE,
            "first_steps": FIRST_STEPS[Exhibit],
            "may_add": exhibits.has_add_permission(request),
            "may_change": exhibits.has_change_permission(request),
            "recent": records_of(request.user, partial(self._may_view, request)),
        }
        return super().index(request, {**context, **(extra_context or {})})

    def _may_view(self, request, model) -> bool:
        return self.is_registered(model) and self.get_model_admin(model).has_view_or_change_permission(request)

    def logout(self, request, extra_context=None):
        """With the account that signs out, whose unsaved changes the browser then forgets."""
        return super().logout(request, {"signed_out": request.user.pk, **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """Exhibits before accounts, and records in the order in which they are registered: by meaning.

        On the pages of one exhibit, the names of its records lead to the lists of that exhibit.
        """
        apps = super().get_app_list(request, app_label)
        order = {model: position for position, model in enumerate(self._registry)}
        exhibit = getattr(request, "exhibit", None)
        for app in apps:
            app["models"].sort(key=lambda entry: order[entry["model"]])
            if exhibit and app["app_label"] == "trials":
                app.update(name=exhibit.called, app_url=reverse("admin:trials_exhibit_workspace", args=[exhibit.pk]))
                for entry in app["models"]:
                    if issubclass(entry["model"], ExhibitRecord | Part):
                        entry["list_address"] = list_address(entry["model"], exhibit)
                        entry["add_address"] = add_address(entry["model"], exhibit)
        return sorted(apps, key=lambda app: app["app_label"] != "trials")


def admin_languages() -> list[str]:
    """The languages of the museum that Django's admin has words in."""
    return [code for code, _name in settings.LANGUAGES if code in LANG_INFO]


def choose_language(request):
    """Keep the language that a curator chose for the admin, and go back to the page; never to another site."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("admin:index")
    response = redirect(back)
    if request.POST.get("language") in admin_languages():
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.POST["language"],
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response
