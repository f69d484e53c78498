"""The pages of the admin on which records go out as a spreadsheet, and come in: looked at first, then written."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from ... import tables
from ...editions.build import one_moment
from ...editions.compare import marked
from ...models import Exhibit, Spreadsheet
from ..differences import Difference, Field
from ..progress import counted, page_of_work
from ..within import list_address
from .columns import Keyed
from .importing import CHANGED, CHANGED_SINCE, NEW, UNCHANGED, Plan, Refused, make_plan, write
from .kinds import KINDS

KEPT_FOR = timedelta(days=1)
MOST_FAULTS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SpreadsheetForm(forms.Form):
    """The file; ``table`` is what was read of it."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.tsv,.txt"}),
    )

    table = None

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        limits = {"size": tables.LARGEST_FILE >> 20, "rows": tables.MOST_ROWS}
        self.fields["file"].help_text = _("CSV or XLSX of at most %(size)s MB and %(rows)s rows.") % limits

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.table = tables.read(file.read(tables.LARGEST_FILE + 1))
        except tables.TableError as error:
            raise ValidationError(error.sentences) from error
        return file


class SpreadsheetsAdmin(admin.ModelAdmin):
    """The pages of one kind of record: looking needs the permission to view, importing those to add and to change."""

    change_list_template = "admin/trials/spreadsheet/change_list.html"

    def get_urls(self):
        view, name = self.admin_site.admin_view, f"trials_{self.opts.model_name}"
        own = [
            path("spreadsheet/<int:exhibit>/", view(self.spreadsheet_view), name=f"{name}_spreadsheet"),
            path("spreadsheet/<int:exhibit>/csv/", view(self.csv_view), name=f"{name}_csv"),
            path("spreadsheet/<int:exhibit>/xlsx/", view(self.xlsx_view), name=f"{name}_xlsx"),
            path("spreadsheet/<int:exhibit>/<int:pk>/", view(self.import_view), name=f"{name}_import"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        """With the way to the spreadsheet, where the list keeps to one exhibit."""
        may = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, {**may, **(extra_context or {})})

    @property
    def kind(self):
        """How records of this page's model stand in a table."""
        return KINDS[self.model]

    def has_import_permission(self, request) -> bool:
        """Whether this curator may import records."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def spreadsheet_view(self, request, exhibit):
        """The ways out and in, and what each column holds. A file that can be read is looked at on its own page."""
        exhibit = self._exhibit_to_export(request, exhibit)
        may_import = self.has_import_permission(request)
        if request.method == "POST" and not may_import:
            raise PermissionDenied
        form = SpreadsheetForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            return redirect(self._address("import", exhibit.pk, self._keep(request, exhibit, form).pk))
        context = {
            "title": _("%(kind)s as a spreadsheet") % {"kind": capfirst(self.opts.verbose_name_plural)},
            "form": form if may_import else None,
            "fields": _fields(self.kind.columns_for(request.user)),
            "match": self.kind.match,
            "csv": self._address("csv", exhibit.pk),
            "xlsx": self._address("xlsx", exhibit.pk),
        }
        context = self._context(request, exhibit, **context)
        return TemplateResponse(request, "admin/trials/spreadsheet/spreadsheet.html", context)

    def csv_view(self, request, exhibit):
        """The records as CSV."""
        exhibit = self._exhibit_to_export(request, exhibit)
        header, rows = self._rows(request, exhibit)
        return self._file(exhibit, tables.write_csv(header, rows), "text/csv; charset=utf-8", "csv")

    def xlsx_view(self, request, exhibit):
        """The records as XLSX."""
        exhibit = self._exhibit_to_export(request, exhibit)
        header, rows = self._rows(request, exhibit)
        try:
            content = tables.write_xlsx(header, rows, self.opts.model_name)
        except tables.TableError as error:
            messages.error(request, str(error))
            return redirect(self._address("spreadsheet", exhibit.pk))
        return self._file(exhibit, content, XLSX, "xlsx")

    def _rows(self, request, exhibit):
        columns = self.kind.columns_for(request.user)
        with one_moment():
            entries = self.kind.entries(Keyed(exhibit))
        return [column.name for column in columns], [[column.read(entry) for column in columns] for entry in entries]

    def _file(self, exhibit, content, content_type, extension):
        name = f"{exhibit.slug}-{self.opts.model_name}.{extension}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=content_type, headers=headers)

    def _keep(self, request, exhibit, form) -> Spreadsheet:
        """Keep a table until it is written, and forget those that nobody came back to."""
        Spreadsheet.objects.filter(created__lt=timezone.now() - KEPT_FOR).delete()
        return Spreadsheet.objects.create(
            exhibit=exhibit,
            kind=self.opts.model_name,
            name=form.cleaned_data["file"].name[:80],
            table=form.table.dumps(),
            created_by=request.user,
        )

    def import_view(self, request, exhibit, pk):
        """What a table would change; by POST, changing it. Both may take long, and show how far they are."""
        exhibit = self._exhibit_to_export(request, exhibit)
        if not self.has_import_permission(request):
            raise PermissionDenied
        mine = Spreadsheet.objects.filter(exhibit=exhibit, kind=self.opts.model_name, created_by=request.user)
        kept = mine.filter(pk=pk).first()
        if kept is None:
            raise Http404(_("There is no such spreadsheet. It was imported already, or is older than a day."))
        context = self._context(request, exhibit, title=_("Import of “%(file)s”") % {"file": kept.name})
        work = self._write if request.method == "POST" else self._look
        return page_of_work(
            request,
            context,
            lambda tell: work(request, kept, tell),
            template="admin/trials/spreadsheet/import.html",
        )

    def _plan(self, request, kept, table, tell) -> Plan:
        return make_plan(self.kind, kept.exhibit, table, request.user, counted(tell, _("Rows checked")))

    def _look(self, request, kept, tell, refusal=()) -> str:
        """What the table would change, with the button that does it where nothing is wrong."""
        table = tables.Table.loads(bytes(kept.table))
        plan = self._plan(request, kept, table, tell)
        context = {
            "back": self._address("spreadsheet", kept.exhibit_id),
            "refusal": refusal,
            "note": table.note,
            "counts": self._counts(plan),
            "faults": plan.faults[:MOST_FAULTS],
            "more_faults": len(plan.faults[MOST_FAULTS:]),
            "differences": [_difference(plan, line) for line in (*plan.of(CHANGED), *plan.of(NEW))],
            "seen": plan.digest,
        }
        return render_to_string("admin/trials/spreadsheet/_look.html", context, request)

    def _counts(self, plan) -> list[str]:
        """How many rows there are of each sort, in words."""
        return [
            _("%(name)s: %(words)s") % {"name": label, "words": count}
            for label, count in (
                (pgettext("rows", "New"), len(plan.of(NEW))),
                (pgettext("rows", "Changed"), len(plan.of(CHANGED))),
                (pgettext("rows", "Unchanged"), len(plan.of(UNCHANGED))),
                (pgettext("rows", "Refused"), plan.refused),
            )
        ]

    def _write(self, request, kept, tell) -> str:
        """Write what was seen, or show again what would change now."""
        table = tables.Table.loads(bytes(kept.table))
        plan = self._plan(request, kept, table, tell)
        try:
            if plan.digest != request.POST.get("seen"):
                raise Refused(str(CHANGED_SINCE))
            tell(_("Writing the working copy"))
            checkpoint = write(plan, table, request.user, kept.name)
        except Refused as refusal:
            return self._look(request, kept, tell, refusal.sentences)
        kept.delete()
        count = len(plan.of(NEW)) + len(plan.of(CHANGED))
        written = ngettext("%(count)s record is written.", "%(count)s records are written.", count) % {"count": count}
        context = {
            "written": written if count else "",
            "exhibit": plan.exhibit,
            "checkpoint": checkpoint,
            "list": list_address(self.model, plan.exhibit),
            "kind": self.opts.verbose_name_plural,
        }
        return render_to_string("admin/trials/spreadsheet/_written.html", context, request)

    # What these pages share

    def _exhibit_to_export(self, request, pk) -> Exhibit:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        exhibit = Exhibit.objects.filter(pk=pk).first()
        if exhibit is None:
            raise Http404(_("There is no such exhibit."))
        return exhibit

    def _address(self, page, *args):
        return reverse(f"admin:trials_{self.opts.model_name}_{page}", args=args)

    def _context(self, request, exhibit, **context):
        request.current_app = self.admin_site.name
        request.exhibit = exhibit
        way_back = [
            (reverse("admin:trials_exhibit_workspace", args=[exhibit.pk]), exhibit.called),
            (list_address(self.model, exhibit), capfirst(self.opts.verbose_name_plural)),
        ]
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "exhibit": exhibit,
            "way_back": way_back,
            **context,
        }


def _fields(columns) -> list[tuple[list[str], str, str]]:
    """Columns by field: their names, what the field is called, and what may stand in it."""
    fields = {}
    for column in columns:
        names, *_told = fields.setdefault(column.field, ([], column.label, column.help))
        names.append(column.name)
    return list(fields.values())


def _difference(plan, line) -> Difference:
    """A row of the table as history shows a change."""
    fields = [
        Field(column.label, getattr(column, "code", ""), marked(line.old[column.name], line.now[column.name]))
        for column in plan.columns
        if line.old[column.name] != line.now[column.name]
    ]
    kind = plan.kind.model._meta.verbose_name
    of = _("Row %(row)s, %(kind)s") % {"row": line.row, "kind": kind}
    return Difference("added" if line.new else "changed", of, str(line.entry.record), fields)
