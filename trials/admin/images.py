"""Images: uploaded, rewritten, and said in words."""

from functools import partial

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .. import images, renditions
from ..languages import language_codes
from ..models import Image, PublishedImage, Takedown
from ..pages import links
from .base import WHEN, ExhibitRecordAdmin, RecordForm, moment
from .twins import TwinsAdmin, there_already, twins_of
from .uploads import FILE_FIELDS, NOT_STORED, UploadsAdmin, key_from

# Every way in which a record can show an image.
SHOWING = Image._meta.related_objects
# The widest rendition that a list or a page of the admin shows.
SMALL, LARGE = 360, 720


class ImageForm(RecordForm):
    """A picture is taken in while the form is checked, so that a bad file is said beside its field."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_(
            "JPEG, PNG, WebP, TIFF or GIF. A new file replaces the picture: its key, its words and its places stay. "
            "Editions keep the file that they were published with."
        ),
    )
    rewritten = None

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "key" in self.fields:
            # Not asked for in the browser: clean() proposes one from the file's name.
            self.fields["key"].required = False
        for name in {"focus_left", "focus_top"} & set(self.fields):
            self.fields[name].widget.attrs["max"] = 100
        if "focus_top" in self.fields:
            words = _("Stays in view where the picture is cropped, as on the wall of the accused.")
            self.fields["focus_top"].help_text = words

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file:
            try:
                self.rewritten = images.rewrite(file, file.name)
            except images.ImageError as error:
                raise ValidationError(str(error)) from error
        elif not self.instance.pk:
            raise ValidationError(_("Choose the picture’s file."), code="required")
        return file

    def clean(self):
        super().clean()
        file = self.cleaned_data.get("file")
        if file and not self.cleaned_data.get("key"):
            self.cleaned_data["key"] = key_from(file.name)
        if not self.cleaned_data.get("key") and not self.errors:
            self.add_error("key", _("Give it a key: none could be made from the file’s name."))
        if self.rewritten and not self.errors:
            twins = twins_of(self.rewritten, file).filter(exhibit=self.cleaned_data["exhibit"])
            there = twins.exclude(pk=self.instance.pk).first()
            if there:
                self.add_error("file", there_already(there))
            else:
                self._store()

    def _store(self):
        """Store the file before its row, so that no row names a file that is not there."""
        try:
            images.store(self.rewritten)
        except OSError:
            self.add_error("file", NOT_STORED)
        for name in FILE_FIELDS:
            setattr(self.instance, name, getattr(self.rewritten, name))
        # Takes seconds: nobody else who writes shall wait for it.
        transaction.on_commit(partial(renditions.prepare, self.rewritten.sha256))


class NotDescribedFilter(admin.SimpleListFilter):
    """Pictures of which it is not said what they show."""

    title = _("alternative text")
    parameter_name = "described"

    def lookups(self, request, model_admin):
        return [("no", _("Not described yet"))]

    def queryset(self, request, queryset):
        """Those without words in the main language that are not decorative either."""
        if self.value() != "no":
            return queryset
        main = f"alt__{language_codes()[0]}"
        return queryset.filter(Q(**{f"{main}__isnull": True}) | Q(**{main: ""}), decorative=False)


@admin.register(Image)
class ImageAdmin(UploadsAdmin, TwinsAdmin, ExhibitRecordAdmin):
    form = ImageForm
    change_list_template = "admin/trials/image/change_list.html"
    list_display = ["thumbnail", "__str__", "missing", "used", "within"]
    list_display_links = ["__str__"]
    list_filter = ["exhibit", NotDescribedFilter, "decorative"]
    search_fields = ["key", "alt", "caption", "credit"]
    readonly_fields = ["preview", "size", "uses", "editions", "elsewhere"]
    fieldsets = [
        (None, {"fields": ["exhibit", "preview", ("focus_left", "focus_top"), "size", "file", "key", "order"]}),
        (_("For those who cannot see it"), {"fields": ["alt", "decorative"]}),
        (_("Beside the picture"), {"fields": ["caption", "credit", "licence", "content_note"]}),
        (_("Where it is used"), {"fields": ["uses", "editions", "elsewhere"]}),
        WHEN,
    ]

    class Media:
        css = {"all": ["css/admin/images.css"]}
        js = [forms.Script("js/admin/focus.js", type="module")]

    def get_fieldsets(self, request, obj=None):
        """A picture that is added is not used anywhere yet."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else [(name, options) for name, options in fieldsets if "uses" not in options["fields"]]

    def get_queryset(self, request):
        """With whether a record shows it, and whether it is taken down, asked for all of a list at once."""
        shown = [relation.related_model.objects.filter(**{relation.field.name: OuterRef("pk")}) for relation in SHOWING]
        taken_down = Takedown.objects.in_force().filter(sha256=OuterRef("sha256"))
        is_used = Q()
        for records in shown:
            is_used |= Q(Exists(records))
        return super().get_queryset(request).annotate(is_used=is_used, is_taken_down=Exists(taken_down))

    # In the list

    @admin.display(description=_("picture"))
    def thumbnail(self, image):
        """The picture, small, or why it is not shown."""
        if image.is_taken_down:
            return _("Taken down")
        return _img(image, SMALL, "thumbnail", "", lazy=True)

    @admin.display(description=_("missing"))
    def missing(self, image):
        """What is still to be said of it, by the names of its fields."""
        return ", ".join(self._field_labels(_unsaid(image)))

    @admin.display(description=_("used"), ordering="is_used")
    def used(self, image):
        """Whether a record shows it."""
        return _("Yes") if image.is_used else _("Not yet")

    def _field_labels(self, names):
        return [str(capfirst(self.opts.get_field(name).verbose_name)) for name in names]

    # On its page

    @admin.display(description=_("picture"))
    def preview(self, image):
        """The picture as it is stored or, where it is taken down, the reason in its place."""
        if not image.sha256:
            return ""
        takedown = Takedown.objects.in_force().filter(sha256=image.sha256).first()
        if takedown:
            return format_html(_("Taken down on {}: {}"), moment(takedown.created), takedown.reason)
        return format_html(
            '<div class="focal" data-name="{}" data-place="{}" data-crop="{}">{}</div>',
            _("Focal point"),
            _("{left} per cent from the left, {top} per cent from the top"),
            _("As it is cropped. Click into the picture, or move the mark with the arrow keys."),
            _img(image, LARGE, "preview", image.alt),
        )

    @admin.display(description=_("size in pixels"), ordering="width")
    def size(self, image):
        """Width and height, with the way to the file."""
        if not image.sha256:
            return ""
        address = f"{settings.MEDIA_URL}{images.path_of(image.sha256, image.extension)}"
        return format_html('{} × {} (<a href="{}">{}</a>)', image.width, image.height, address, _("the whole picture"))

    @admin.display(description=_("records"))
    def uses(self, image):
        """Every record that shows it."""
        records = [record for relation in SHOWING for record in getattr(image, relation.get_accessor_name()).all()]
        rows = [
            (
                capfirst(record._meta.verbose_name),
                reverse(f"admin:trials_{record._meta.model_name}_change", args=[record.pk]),
                record,
            )
            for record in records
        ]
        return format_html_join("", '<div>{}: <a href="{}">{}</a></div>', rows) or _("Nowhere yet")

    @admin.display(description=_("editions"))
    def editions(self, image):
        """The editions of the exhibit that hold this very file."""
        published = PublishedImage.objects.filter(sha256=image.sha256, edition__exhibit=image.exhibit_id)
        numbers = published.order_by("edition__number").values_list("edition__number", flat=True)
        return ", ".join(map(str, numbers)) or _("None yet")


def _img(image, width, name, alt, lazy=False):
    """The largest rendition that is no wider than ``width``, as HTML."""
    step = [step for step in renditions.widths(image.width, "webp") if step <= width][-1]
    return format_html(
        '<img class="{}" src="{}" width="{}" height="{}" alt="{}" loading="{}">',
        name,
        links.image_path(image, f"{step}.webp"),
        image.width,
        image.height,
        alt,
        "lazy" if lazy else "eager",
    )


def _unsaid(image) -> list[str]:
    """The fields of an image that are still empty. One that is decorative needs neither words nor a caption."""
    wanted = ["credit", "licence"] if image.decorative else ["alt", "caption", "credit", "licence"]
    main = image.exhibit.languages[0]
    return [name for name in wanted if not _said(getattr(image, name), main)]


def _said(value, language: str) -> str:
    return value if isinstance(value, str) else value.get(language, "")
