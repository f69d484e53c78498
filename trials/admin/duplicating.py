"""Duplicating a record: with the parts that are edited on its page, their citations and its links."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from ..models import Citation
from ..models.base import ExhibitRecord, free_name
from . import revisions

# What belongs to one human being alone, or to one address.
NOT_COPIED = ("identity", "former_keys", "portrait")


class DuplicatingAdmin(admin.ModelAdmin):
    """The page that makes a second record like one that is there."""

    can_be_duplicated = True

    def get_urls(self):
        view, name = self.admin_site.admin_view(self.duplicate_view), f"trials_{self.opts.model_name}_duplicate"
        return [path("<path:object_id>/duplicate/", view, name=name), *super().get_urls()]

    def may_duplicate(self, request) -> bool:
        """Whether this curator may make another record of this kind."""
        return self.can_be_duplicated and self.has_add_permission(request) and self.has_change_permission(request)

    def duplicate_view(self, request, object_id):
        """By POST alone: make the copy, and open it."""
        record = self._record(request, object_id)
        if not self.may_duplicate(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        inlines = self.get_inline_instances(request)
        kinds = [inline.model for inline in inlines if inline.has_add_permission(request, None)]
        with transaction.atomic():
            made = duplicate(record, kinds)
            self.log_addition(request, made, _("A copy of “%(record)s”.") % {"record": record})
        sentence = _("This is a copy of “%(record)s”. Change what is different, its key as well.")
        self.message_user(request, sentence % {"record": record}, messages.SUCCESS)
        query = request.GET.urlencode()
        return redirect(self._address("change", made.pk) + (f"?{query}" if query else ""))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the button, where there is a record to copy."""
        context = {**context, "may_duplicate": bool(change and self.may_duplicate(request))}
        return super().render_change_form(request, context, add, change, form_url, obj)


def duplicate(record, kinds):
    """A new record like ``record``, with those of its parts that are of one of ``kinds``, and all that is theirs."""
    copies = {record: _copied(record)}
    for relation in revisions.parts_of(type(record)):
        if relation.related_model in kinds:
            parts = relation.related_model.objects.filter(**{relation.field.name: record}).order_by("order", "pk")
            for row in revisions.tree(parts):
                copies[row] = _copied(row, copies[row.owner])
    return copies[record]


def _copied(row, owner=None):
    """A saved copy of ``row``, which belongs to ``owner``, or to what ``row`` belongs to."""
    left_out = {"id", "version", "order", *NOT_COPIED}
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if field.name not in left_out}
    made = type(row)(**values)
    if owner:
        setattr(made, row.subject_field if isinstance(row, Citation) else row.owner_field, owner)
    if isinstance(row, ExhibitRecord):
        made.key = free_key(row)
    made.save()
    for field in row._meta.many_to_many:
        links = field.remote_field.through._base_manager.filter(**{field.m2m_column_name(): row.pk}).order_by("pk")
        revisions.set_links(made, field, list(links.values_list(field.m2m_reverse_name(), flat=True)))
    return made


def free_key(record) -> str:
    """A key like that of ``record`` that no other record of its kind has in its exhibit, or had before."""
    taken = set()
    for other in type(record).objects.filter(exhibit=record.exhibit_id):
        taken.update([other.key, *getattr(other, "former_keys", ())])
    return free_name(record.key, taken)
