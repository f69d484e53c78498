"""Editions and checkpoints of an exhibit, and bringing one of them back into the working copy.

Visitors see nothing of it. Everybody who may look at an exhibit's editions sees the list; restoring replaces
the work of all colleagues at once, so it takes the permission to publish as well as to change.
"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Min, Prefetch, Q
from django.db.models.functions import Now
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from ..editions import document as documents
from ..editions.checkpoints import Refused, content_of, load, restore_edition
from ..editions.compare import compare
from ..editions.publish import on_display_now, scheduled_displays
from ..models import Checkpoint, Conflict, Edition, Exhibit, Takedown
from .history import moment

PER_PAGE = 25


class RestoringAdmin(admin.ModelAdmin):
    """The exhibit's pages for what was published and what was kept."""

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/editions/", view(self.editions_view), name="trials_exhibit_editions"),
            path(
                "<int:pk>/editions/<int:number>/restore/",
                view(self.restore_edition_view),
                name="trials_exhibit_restore_edition",
            ),
            path(
                "<int:pk>/checkpoints/<int:checkpoint>/restore/",
                view(self.restore_checkpoint_view),
                name="trials_exhibit_restore_checkpoint",
            ),
        ]
        return own + super().get_urls()

    def has_restore_permission(self, request):
        """Whether this curator may replace the whole working copy."""
        return self.has_change_permission(request) and request.user.has_perm("trials.publish_exhibit")

    def editions_view(self, request, pk):
        """Every edition and what became of it, and every checkpoint, newest first."""
        exhibit = self._exhibit_to_look_at(request, pk)
        may_see = {name: _may_view(request, name) for name in ("edition", "checkpoint")}
        if not any(may_see.values()):
            raise PermissionDenied
        editions = exhibit.editions.order_by("-number").defer("content").select_related("created_by")
        editions = editions.annotate(first_shown=Min("displays__starts", filter=Q(displays__starts__lte=Now())))
        in_force = Prefetch("takedowns", Takedown.objects.in_force(), to_attr="in_force")
        checkpoints = exhibit.checkpoints.defer("content").select_related("created_by")
        pages = {
            "editions": may_see["edition"] and _page_of(editions.prefetch_related(in_force), request, "p"),
            "checkpoints": may_see["checkpoint"] and _page_of(checkpoints, request, "c"),
        }
        shown, scheduled = on_display_now(exhibit), {}
        for display in reversed(scheduled_displays(exhibit)):
            scheduled[display.edition_id] = display.starts
        for edition in pages["editions"] or ():
            edition.states = _states(edition, shown, scheduled.get(edition.pk))
        context = {
            "title": _("Editions and checkpoints"),
            "may_restore": self.has_restore_permission(request),
            "shown": shown,
            **pages,
        }
        return self._restoring_page(request, "editions", exhibit, context)

    def restore_edition_view(self, request, pk, number):
        """What restoring an edition would replace, then restoring it."""
        exhibit = self._exhibit_to_restore(request, pk)
        edition = exhibit.editions.filter(number=number).first()
        if edition is None or not _may_view(request, "edition"):
            raise Http404(_("There is no such edition."))
        title = _("Restore edition %(number)s into the working copy") % {"number": number}
        done = _("Edition %(number)s was restored into the working copy.") % {"number": number}
        return self._restore(request, exhibit, edition, title, done)

    def restore_checkpoint_view(self, request, pk, checkpoint):
        """What bringing a checkpoint back would replace, then bringing it back."""
        exhibit = self._exhibit_to_restore(request, pk)
        kept = exhibit.checkpoints.filter(pk=checkpoint).first()
        if kept is None or not _may_view(request, "checkpoint"):
            raise Http404(_("There is no such checkpoint."))
        when = {"moment": moment(kept.created)}
        title = _("Bring back the working copy of %(moment)s") % when
        done = _("The working copy of %(moment)s was brought back.") % when
        return self._restore(request, exhibit, kept, title, done)

    def _restore(self, request, exhibit, kept: Edition | Checkpoint, title, done):
        comparison, faults, seen = None, [], ""
        try:
            content = content_of(exhibit)
            comparison = compare(documents.loads(content), _document(exhibit, kept))
            seen = documents.digest_of(content)
        except documents.DocumentError as error:
            faults = error.faults
        except (Refused, documents.EditionUnreadable) as error:
            faults = [error]
        if request.method == "POST" and not faults:
            # The button “Undo” in a message gives what it has seen in its address.
            if (request.POST.get("seen") or request.GET.get("seen")) == seen:
                return self._replace(request, exhibit, kept, done)
            messages.error(
                request, _("The working copy was changed since you looked, so it stays as it is. Look again.")
            )
        context = {"title": title, "kept": kept, "comparison": comparison, "faults": faults, "seen": seen}
        return self._restoring_page(request, "restore", exhibit, context)

    def _replace(self, request, exhibit, kept, done):
        here = redirect("admin:trials_exhibit_editions", exhibit.pk)
        try:
            if isinstance(kept, Edition):
                checkpoint = restore_edition(exhibit, kept, request.user)
            else:
                checkpoint = load(kept, request.user)
        except (documents.DocumentError, documents.EditionUnreadable, Refused, Conflict) as error:
            messages.error(request, str(error))
            return here
        exhibit = Exhibit.objects.get(pk=exhibit.pk)
        self.log_change(request, exhibit, done)
        undo = reverse("admin:trials_exhibit_restore_checkpoint", args=[exhibit.pk, checkpoint.pk])
        request.undo = f"{undo}?seen={documents.digest_of(content_of(exhibit))}"
        self.message_user(request, done, messages.SUCCESS)
        return here

    def _exhibit_to_look_at(self, request, pk) -> Exhibit:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        exhibit = request.exhibit = Exhibit.objects.filter(pk=pk).first()
        if exhibit is None:
            raise Http404(_("There is no such exhibit."))
        return exhibit

    def _exhibit_to_restore(self, request, pk) -> Exhibit:
        if not self.has_restore_permission(request):
            raise PermissionDenied
        return self._exhibit_to_look_at(request, pk)

    def _restoring_page(self, request, name, exhibit, context):
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, "exhibit": exhibit, **context}
        return TemplateResponse(request, f"admin/trials/exhibit/{name}.html", context)


def _may_view(request, model_name) -> bool:
    return request.user.has_perm(f"trials.view_{model_name}")


def _page_of(rows, request, name):
    return Paginator(rows, PER_PAGE).get_page(request.GET.get(name))


def _states(edition, shown, scheduled) -> list[str]:
    """What became of an edition, in words."""
    states = []
    if edition.in_force:
        states.append(_("taken down on %(moment)s") % {"moment": moment(edition.in_force[0].created)})
    if shown and shown.pk == edition.pk:
        states.append(_("on display"))
    elif edition.first_shown:
        states.append(_("no longer on display; first shown on %(moment)s") % {"moment": moment(edition.first_shown)})
    if scheduled:
        states.append(_("scheduled from %(moment)s") % {"moment": moment(scheduled)})
    return states or [_("never shown")]


def _document(exhibit, kept) -> documents.Document:
    """What restoring ``kept`` would make of the working copy. Raises `Refused`, `DocumentError`, `EditionTampered`."""
    if isinstance(kept, Edition) and kept.takedowns.in_force().exists():
        raise Refused(_("This edition was taken down: it cannot be restored."))
    content = bytes(kept.content)
    if documents.digest_of(content) != kept.digest:
        raise documents.EditionTampered(_("Its bytes in the database are not those that were kept."))
    address = {"slug": exhibit.slug, "former_slugs": exhibit.former_slugs}
    return documents.loads(content).model_copy(update=address)
