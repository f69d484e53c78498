"""Many pictures at once: each is taken in by itself, whole or not at all; one that is refused keeps no other out."""

from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from threading import Lock

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import images, renditions
from ..models import Exhibit, Image
from ..models.base import KEY_LENGTH, free_name
from .progress import page_of_work
from .twins import there_already, twins_of
from .within import FILTERS, exhibit_with, list_address, only_exhibit

# What a stored file tells of itself.
FILE_FIELDS = ("sha256", "extension", "width", "height")
# Decoding takes memory, so that of pictures sent together a process decodes one at a time.
DECODING = Lock()
NOT_STORED = gettext_lazy("The picture could not be stored. Is the museum’s disk full?")


class FilesInput(forms.FileInput):
    """A choice of many files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Many files. Each is judged when it is taken in: here one that is bad would refuse them all."""

    widget = FilesInput(attrs={"accept": "image/*"})

    def clean(self, data, initial=None):
        if not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return data


class UploadForm(forms.Form):
    """Pictures, and the exhibit that they are for."""

    exhibit = forms.ModelChoiceField(Exhibit.objects.all(), label=gettext_lazy("Exhibit"))
    files = FilesField(
        label=gettext_lazy("Pictures"), error_messages={"required": gettext_lazy("Choose one picture or more.")}
    )


@dataclass(frozen=True)
class Taken:
    """What became of a file: the image that it is now; or why it was refused, and the image that is there already.

    ``other`` is an image of the same picture in another exhibit.
    """

    name: str
    image: Image | None = None
    refusal: str = ""
    other: Image | None = None

    @property
    def is_new(self) -> bool:
        """Whether it was taken in."""
        return not self.refusal


class UploadsAdmin(admin.ModelAdmin):
    """The page on which many pictures are added to an exhibit."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.upload_view)
        return [path("upload/", view, name="trials_image_upload"), *super().get_urls()]

    def upload_view(self, request):
        """Take in the files that were sent. A script sends one at a time, and is answered with what became of it."""
        if not (self.has_add_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        request.exhibit = exhibit_with(request.POST.get("exhibit") or request.GET.get("exhibit")) or only_exhibit()
        form = UploadForm(request.POST or None, request.FILES or None, initial={"exhibit": request.exhibit})
        by_itself = request.method == "POST" and "by_itself" in request.POST
        if not form.is_valid():
            if by_itself:
                refusal = " ".join(sentence for sentences in form.errors.values() for sentence in sentences)
                return self._line(request, Taken("", refusal=refusal))
            return TemplateResponse(request, "admin/trials/image/upload.html", self._upload_context(request, form))
        exhibit, files = form.cleaned_data["exhibit"], form.cleaned_data["files"]
        if by_itself:
            return self._line(request, self.take_in(request, files[0], exhibit))
        context = self._upload_context(request, form)

        def work(tell):
            return self._take_in_all(request, exhibit, files, tell)

        return page_of_work(request, context, work, template="admin/trials/image/taking_in.html")

    def take_in(self, request, file, exhibit) -> Taken:
        """Store a file as a picture of the exhibit."""
        try:
            with DECODING:
                rewritten = images.rewrite(file, file.name)
            twins = twins_of(rewritten, file)
            there = twins.filter(exhibit=exhibit).first()
            if there is None:
                images.store(rewritten)
                there, image = self._add(request, file.name, rewritten, exhibit, twins)
        except images.ImageError as error:
            return Taken(file.name, refusal=str(error))
        except OSError:
            return Taken(file.name, refusal=str(NOT_STORED))
        except IntegrityError:
            refusal = _("Another picture of this name was added at the same moment. Send this one again.")
            return Taken(file.name, refusal=refusal)
        if there:
            return Taken(file.name, there, there_already(there))
        return Taken(file.name, image, other=twins.exclude(exhibit=exhibit).first())

    @transaction.atomic
    def _add(self, request, name, rewritten, exhibit, twins) -> tuple[Image | None, Image | None]:
        """The image that is there by now, or else the one that is added. One at a time within an exhibit."""
        Exhibit.objects.select_for_update().filter(pk=exhibit.pk).first()
        there = twins.filter(exhibit=exhibit).first()
        if there:
            return there, None
        file = {field: getattr(rewritten, field) for field in FILE_FIELDS}
        image = Image(exhibit=exhibit, key=free_key(name, exhibit), **file)
        self.save_model(request, image, None, change=False)
        self.log_addition(request, image, [{"added": {}}])
        # Takes seconds: nobody else who writes shall wait for it.
        transaction.on_commit(partial(renditions.prepare, rewritten.sha256))
        return None, image

    def _take_in_all(self, request, exhibit, files, tell) -> str:
        """Take in one after another; the page's end: what became of each, and the way on."""
        taken = []
        for file in files:
            taken.append(self.take_in(request, file, exhibit))
            tell(
                _("%(name)s: stored") % {"name": file.name}
                if taken[-1].is_new
                else _("%(name)s: refused") % {"name": file.name}
            )
        new = [one.image.pk for one in taken if one.is_new]
        context = {
            "taken": taken,
            "describe": describing_address(new) if new else "",
            "again": f"{reverse('admin:trials_image_upload')}?{urlencode({'exhibit': exhibit.pk})}",
        }
        return render_to_string("admin/trials/image/_all_taken.html", context, request)

    def _line(self, request, taken):
        return TemplateResponse(request, "admin/trials/image/_taken.html", {"one": taken})

    def _upload_context(self, request, form) -> dict:
        exhibit = request.exhibit
        way = [(list_address(Image, exhibit), capfirst(self.opts.verbose_name_plural))]
        if exhibit:
            way.insert(0, (reverse("admin:trials_exhibit_workspace", args=[exhibit.pk]), exhibit.called))
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Add pictures"),
            "form": form,
            "way_back": way,
            "describe": describing_address(["0"]),
            "most": {
                "bytes": images.MAX_BYTES,
                "megabytes": images.MAX_BYTES >> 20,
                "megapixels": images.MAX_PIXELS // 1_000_000,
                "side": images.LONGEST_SIDE,
            },
        }


def describing_address(pks: list) -> str:
    """The page of the first of these images, from which one goes on to the others."""
    listed = urlencode({"id__in": ",".join(map(str, pks))})
    return f"{reverse('admin:trials_image_change', args=[pks[0]])}?{urlencode({FILTERS: listed})}"


def key_from(name: str) -> str:
    """A key proposed from a file’s name: “Pyatakov 1936.jpg” becomes “pyatakov-1936”."""
    return slugify(PurePath(name).stem.replace("_", "-"))[:KEY_LENGTH].strip("-")


def free_key(name: str, exhibit: Exhibit) -> str:
    """A key for a file of this name that no image of the exhibit has: “pyatakov-1936-2” where there is one."""
    proposed = key_from(name) or "picture"
    taken = set(
        Image.objects.of(exhibit).filter(key__startswith=proposed[: KEY_LENGTH - 6]).values_list("key", flat=True)
    )
    return free_name(proposed, taken) if proposed in taken else proposed
