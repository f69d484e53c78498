"""Images: uploaded, rewritten, and said in words."""

from functools import partial
from pathlib import PurePath

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from .. import images, renditions
from ..models import Image, Takedown
from ..models.base import KEY_LENGTH
from .base import WHEN, ExhibitRecordAdmin, RecordForm, moment


class ImageForm(RecordForm):
    """A picture is taken in while the form is checked, so that a bad file is said beside its field."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG, WebP or TIFF. A new file replaces the picture that is shown here."),
    )
    rewritten = None

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "key" in self.fields:
            # Not asked for in the browser: clean() proposes one from the file's name.
            self.fields["key"].required = False

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
            self._store()

    def _store(self):
        """Store the file before its row, so that no row names a file that is not there."""
        try:
            images.store(self.rewritten)
        except OSError:
            self.add_error("file", _("The picture could not be stored. Is the museum’s disk full?"))
        for name in ("sha256", "extension", "width", "height"):
            setattr(self.instance, name, getattr(self.rewritten, name))
        # Takes seconds: nobody else who writes shall wait for it.
        transaction.on_commit(partial(renditions.prepare, self.rewritten.sha256))


def key_from(name) -> str:
    """A key proposed from a file’s name: “Pyatakov 1936.jpg” becomes “pyatakov-1936”."""
    return slugify(PurePath(name).stem.replace("_", "-"))[:KEY_LENGTH].strip("-")


@admin.register(Image)
class ImageAdmin(ExhibitRecordAdmin):
    form = ImageForm
    list_display = ["__str__", "size", "decorative", "credit", "key", "within"]
    list_filter = ["exhibit", "decorative"]
    search_fields = ["key", "alt", "caption", "credit"]
    readonly_fields = ["preview", "size"]
    fieldsets = [
        (None, {"fields": ["exhibit", "preview", "size", "file", "key", "order"]}),
        (_("For those who cannot see it"), {"fields": ["alt", "decorative"]}),
        (_("Beside the picture"), {"fields": ["caption", "credit", "licence", "content_note"]}),
        WHEN,
    ]

    @admin.display(description=_("picture"))
    def preview(self, image):
        """The picture as it is stored or, where it is taken down, the reason in its place."""
        if not image.sha256:
            return ""
        takedown = Takedown.objects.in_force().filter(sha256=image.sha256).first()
        if takedown:
            return format_html(
                _("Taken down on {moment}: {reason}"), moment=moment(takedown.created), reason=takedown.reason
            )
        return format_html(
            '<img class="preview" src="{}{}" width="{}" height="{}" alt="{}">',
            settings.MEDIA_URL,
            images.path_of(image.sha256, image.extension),
            image.width,
            image.height,
            image.alt,
        )

    @admin.display(description=_("size in pixels"), ordering="width")
    def size(self, image):
        """Width and height."""
        return f"{image.width} × {image.height}" if image.sha256 else ""
