"""The history of every record: who changed what and when, compared, undone, brought back, recovered.

Of django-reversion we use what it stores, not its VersionAdmin: that writes rows back past `Record.save`, so
that versions would count down and a curator’s open page could overwrite what it never saw. It also holds
the database’s write lock while somebody only reads.
"""

import hashlib
import json

from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.utils import quote, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from reversion.models import Version

from ..models import Exhibit
from . import revisions
from .differences import contents, differences
from .revisions import Refused

PER_PAGE = 25


class HistoryAdmin(admin.ModelAdmin):
    """Keeps what a curator changes, and has the pages on which it is looked at and brought back."""

    change_list_template = "admin/trials/record_list.html"

    def get_urls(self):
        """Each name once, in front of Django’s own pattern that takes any path for a record."""
        view, name = self.admin_site.admin_view, f"trials_{self.opts.model_name}"
        own = [
            path("recover/", view(self.recover_list_view), name=f"{name}_recover_list"),
            path("recover/<int:version_id>/", view(self.recover_view), name=f"{name}_recover"),
            path("<path:object_id>/history/compare/", view(self.compare_view), name=f"{name}_compare"),
            path("<path:object_id>/history/<int:version_id>/", view(self.version_view), name=f"{name}_version"),
            path("<path:object_id>/history/<int:version_id>/undo/", view(self.undo_view), name=f"{name}_undo"),
        ]
        return own + super().get_urls()

    # Keeping

    def save_model(self, request, obj, form, change):
        """Keep what is about to be changed, where the last revision says otherwise."""
        before = self.model._base_manager.filter(pk=obj.pk).first() if change else None
        request.former_root = before and revisions.root_of(before)
        if before:
            revisions.keep_found(request.former_root)
        root = revisions.root_of(obj)
        if root.pk and root not in (obj, request.former_root):
            revisions.keep_found(root)
        super().save_model(request, obj, form, change)

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        self._keep_change(request, obj, message)
        return entry

    def log_change(self, request, obj, message):
        entry = super().log_change(request, obj, message)
        self._keep_change(request, obj, message)
        return entry

    def _keep_change(self, request, obj, message):
        """Keep the record that ``obj`` belongs to, and the one it was taken from; remember how to undo it."""
        root, former_root = revisions.root_of(obj), getattr(request, "former_root", None)
        comment = _comment(obj, message) if root != obj else _as_text(message)
        if former_root and former_root != root:
            revisions.keep_change(former_root, request.user, comment)
        if revisions.keep_change(root, request.user, comment):
            version = revisions.latest(obj)
            if self._version_before(version):
                request.undo = self._address("undo", quote(obj.pk), version.pk)

    def delete_model(self, request, obj):
        self._delete(request, [obj], lambda: super(HistoryAdmin, self).delete_model(request, obj))

    def delete_queryset(self, request, queryset):
        self._delete(request, list(queryset), lambda: super(HistoryAdmin, self).delete_queryset(request, queryset))

    @transaction.atomic
    def _delete(self, request, records, delete):
        """Keep what goes with ``records``, delete them, then keep what they belonged to and what linked to them."""
        touched = {}
        for record in records:
            root = revisions.root_of(record)
            if root != record:
                revisions.keep_found(root)
            linking = revisions.keep_deletion(record, request.user)
            comment = _("%(kind)s “%(name)s” was deleted.") % {
                "kind": capfirst(self.opts.verbose_name),
                "name": record,
            }
            roots = {revisions.root_of(row) for row in (record, *linking)}
            touched.update({root: comment for root in roots if root not in records})
        if len(records) == 1:
            request.undo = self._address("recover", revisions.latest(records[0]).pk)
        delete()
        for root, comment in touched.items():
            revisions.keep_change(root, request.user, comment)

    def message_user(self, request, message, level=messages.INFO, **options):
        """Offer to undo what was just done. The button’s form is on every page of the admin, with its token."""
        if level == messages.SUCCESS and hasattr(request, "undo"):
            button = format_html(
                '<button type="submit" form="undo" formaction="{}">{}</button>', request.undo, _("Undo")
            )
            message = format_html("{} {}", message, button)
        super().message_user(request, message, level, **options)

    # Looking

    def changelist_view(self, request, extra_context=None):
        may = {"may_recover": self.has_recover_permission(request)}
        return super().changelist_view(request, {**may, **(extra_context or {})})

    def history_view(self, request, object_id, extra_context=None):
        """Who changed the record, when and what, newest first."""
        record = self._record(request, object_id)
        versions = Version.objects.get_for_object(record).select_related("revision__user")
        page = Paginator(versions, PER_PAGE).get_page(request.GET.get("p"))
        entries = self._entries(record, page)
        context = {"title": _("History of “%(record)s”") % {"record": record}, "page": page, "entries": entries}
        return self._history_page(request, "history", {**context, **(extra_context or {})}, record)

    def _entries(self, record, page) -> list[Version]:
        """The versions of a page of history; of a part, only those that say otherwise than the one before."""
        versions = list(page)
        if not versions or revisions.root_of(record) == record:
            return versions
        before = self._version_before(versions[-1])
        states = revisions.states_at([*versions, before] if before else versions)
        pairs = zip(versions, [*versions[1:], before], strict=True)
        return [
            version
            for version, older in pairs
            if older is None or not revisions.same(states[version.pk], states[older.pk])
        ]

    def compare_view(self, request, object_id):
        """Any two versions, or a version with the record as it is now."""
        record = self._record(request, object_id)
        older = self._version(record, request.GET.get("from"))
        newer = self._version(record, request.GET["to"]) if request.GET.get("to") else None
        if newer and newer.pk < older.pk:
            older, newer = newer, older
        old, new = self._state(request, older), self._state(request, newer) if newer else self._now(request, record)
        context = {
            "title": _("Compare versions of “%(record)s”") % {"record": record},
            "older": older,
            "newer": newer,
            "differences": differences(old, new),
        }
        return self._history_page(request, "compare", context, record)

    def version_view(self, request, object_id, version_id):
        """One version: what it says, and, for those who may change the record, to bring it back."""
        record = self._record(request, object_id)
        version = self._version(record, version_id)
        if request.method == "POST":
            return self._revert(request, record, version)
        now = revisions.present(record)
        kept = revisions.state_at(version)
        context = {
            "title": _("A version of “%(record)s”") % {"record": record},
            "version": version,
            "before": self._version_before(version),
            "misfits": revisions.misfits(kept),
            "differences": differences(self._visible(request, now), self._visible(request, kept)),
            "contents": contents(self._visible(request, kept)),
            "may_bring_back": self.has_change_permission(request, record),
            "seen": _digest(now),
        }
        return self._history_page(request, "version", context, record)

    # Bringing back

    def _revert(self, request, record, version):
        """Make the record what ``version`` says, unless it changed since the curator looked."""
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        comment = _("Brought back as it was on %(moment)s.") % {"moment": moment(version.revision.date_created)}

        def check(now):
            if request.POST.get("seen") != _digest(now):
                raise Refused([_("It was changed while you looked. Look at what would change now."), _by_whom(record)])

        here = self._address("version", quote(record.pk), version.pk)
        return self._bring_back(request, record, version, comment, check, here)

    def undo_view(self, request, object_id, version_id):
        """Make the record what it was before ``version``, unless it was changed again since. Only by POST."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        record = self._record(request, object_id)
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        version = self._version(record, version_id)
        before = self._version_before(version)
        comment = _("Undone: %(comment)s") % {"comment": version.revision.get_comment()}

        def check(now):
            if not revisions.same(now, revisions.state_at(version)):
                raise Refused([_("It was changed again since, and undoing would overwrite that."), _by_whom(record)])

        here = self._address("history", quote(record.pk))
        if before is None:
            messages.error(request, _("Nothing is kept of “%(record)s” before this.") % {"record": record})
            return redirect(here)
        return self._bring_back(request, record, before, comment, check, here)

    def _bring_back(self, request, record, version, comment, check, here):
        """Make ``record`` what ``version`` says, after ``check`` of what it is now; say what happened."""
        try:
            with transaction.atomic():
                now = revisions.present(record, lock=True)
                check(now)
                former_root = revisions.root_of(record)
                revisions.keep_found(former_root)
                revisions.bring_back(revisions.state_at(version), now, request.user)
                request.former_root = former_root
                record = self.model._base_manager.get(pk=record.pk)
                self.log_change(request, record, comment)
        except Refused as refusal:
            return self._refused(request, _("“%(record)s” stays as it is.") % {"record": record}, refusal, here)
        done = _("“%(record)s”: %(comment)s") % {"record": record, "comment": comment}
        self.message_user(request, done, messages.SUCCESS)
        return redirect(self._address("change", quote(record.pk)))

    def recover_list_view(self, request):
        """What was deleted and can be brought back, newest first."""
        self._require_recovery(request)
        deleted = Version.objects.get_deleted(self.model).select_related("revision").order_by("-pk")
        page = Paginator(deleted, PER_PAGE).get_page(request.GET.get("p"))
        kind = ContentType.objects.get_for_model(self.model)
        logged = LogEntry.objects.filter(
            content_type=kind, action_flag=DELETION, object_id__in=[version.object_id for version in page]
        )
        by_id = {entry.object_id: entry for entry in logged.select_related("user").order_by("action_time")}
        rows = [(version, by_id.get(version.object_id)) for version in page]
        context = {
            "title": _("Deleted: %(kind)s") % {"kind": self.opts.verbose_name_plural},
            "page": page,
            "rows": rows,
        }
        return self._history_page(request, "recover_list", context)

    def recover_view(self, request, version_id):
        """A deleted record as it was kept, to be brought back with all that went with it."""
        self._require_recovery(request)
        version = self._version_of_model(version_id)
        if self.model._base_manager.filter(pk=version.object_id).exists():
            messages.info(request, _("“%(record)s” is here: it need not be recovered.") % {"record": version})
            return redirect(self._address("change", quote(version.object_id)))
        if request.method == "POST":
            return self._recover(request, version)
        kept = revisions.state_at(version, whole_exhibit=True)
        context = {
            "title": _("Recover “%(record)s”") % {"record": version},
            "version": version,
            "misfits": revisions.misfits(kept),
            "contents": contents(self._visible(request, kept)),
            "may_bring_back": True,
            "recovering": True,
        }
        return self._history_page(request, "version", context)

    def _recover(self, request, version):
        try:
            with transaction.atomic():
                revisions.bring_back(revisions.state_at(version, whole_exhibit=True), {}, request.user)
                record = self.model._base_manager.get(pk=version.object_id)
                roots = {revisions.root_of(row) for row in (record, *revisions.relink(version, record))}
                comment = _("“%(record)s” was recovered.") % {"record": record}
                super().log_change(request, record, comment)
                for root in roots:
                    revisions.keep(revisions.tree([root]), request.user, comment)
        except Refused as refusal:
            here = self._address("recover", version.pk)
            return self._refused(request, _("“%(record)s” stays deleted.") % {"record": version}, refusal, here)
        self.message_user(request, comment, messages.SUCCESS)
        return redirect(self._address("change", quote(record.pk)))

    def _refused(self, request, sentence, refusal, here):
        messages.error(request, " ".join([sentence, *filter(None, refusal.sentences)]))
        return redirect(here)

    # What these pages share

    def _record(self, request, object_id):
        """The record, for those who may look at it; 404 where there is none."""
        record = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        if record is None:
            raise Http404(_("There is no such record. Perhaps it was deleted?"))
        request.exhibit = getattr(record, "exhibit", None) or (record if isinstance(record, Exhibit) else None)
        return record

    def has_recover_permission(self, request):
        """Whether this curator may bring back what was deleted, and so read it."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def _require_recovery(self, request):
        if not self.has_recover_permission(request):
            raise PermissionDenied

    def _version_of_model(self, version_id) -> Version:
        """The version of this kind of record; 404 where there is none, or it is of another kind."""
        text = str(version_id or "")
        versions = Version.objects.get_for_model(self.model).select_related("revision__user")
        version = versions.filter(pk=text).first() if text.isdecimal() and len(text) < 10 else None
        if version is None:
            raise Http404(_("There is no such version."))
        return version

    def _version(self, record, version_id) -> Version:
        version = self._version_of_model(version_id)
        if version.object_id != str(record.pk):
            raise Http404(_("There is no such version of this record."))
        return version

    def _version_before(self, version) -> Version | None:
        versions = Version.objects.get_for_object_reference(self.model, version.object_id)
        return versions.filter(pk__lt=version.pk).select_related("revision").first()

    def _visible(self, request, state):
        """The rows of ``state`` whose kind this curator may look at elsewhere too."""
        user, seen = request.user, {}
        for row in state.values():
            if row.label not in seen:
                app, kind = row.label.split(".")
                seen[row.label] = user.has_perm(f"{app}.view_{kind}") or user.has_perm(f"{app}.change_{kind}")
        return {key: row for key, row in state.items() if seen[row.label]}

    def _state(self, request, version):
        return self._visible(request, revisions.state_at(version))

    def _now(self, request, record):
        return self._visible(request, revisions.present(record))

    def _address(self, page, *args):
        return reverse(f"admin:trials_{self.opts.model_name}_{page}", args=args)

    def _history_page(self, request, name, context, record=None):
        request.current_app = self.admin_site.name
        context = {
            "opts": self.opts,
            "object": record,
            "way_back": record and self.way_back(request, record),
            **context,
        }
        context = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, f"admin/trials/{name}.html", context)


def _comment(part, message):
    """The message of a change of ``part``, with the part’s name, for the history of what it belongs to."""
    if isinstance(message, str):
        words = {"kind": capfirst(part._meta.verbose_name), "name": part, "message": message}
        return _("%(kind)s “%(name)s”: %(message)s") % words
    named = {"name": str(part._meta.verbose_name), "object": str(part)}
    return _as_text([{verb: {**named, **details} for verb, details in entry.items()} for entry in message])


def _as_text(message) -> str:
    """A message as the admin’s log keeps it: said in words, in the reader’s language, when it is shown."""
    return message if isinstance(message, str) else json.dumps(message)


def _by_whom(record) -> str:
    """Who changed the record last, as far as it is kept."""
    version = revisions.latest(record)
    user = version and version.revision.user
    if not user:
        return ""
    name = user.get_full_name() or user.get_username()
    return _("The last change was made by %(name)s on %(moment)s: %(comment)s") % {
        "name": name,
        "moment": moment(version.revision.date_created),
        "comment": version.revision.get_comment(),
    }


def _digest(state) -> str:
    """What a state says, in short: to see whether it still says the same."""
    contents = sorted((*key, row.content) for key, row in state.items())
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def moment(when) -> str:
    """A moment by the museum’s clock."""
    return date_format(timezone.localtime(when), "j E Y, H:i")
