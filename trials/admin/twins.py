"""The same picture more than once: recognised by its bytes, and its words taken from where somebody wrote them."""

import hashlib

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..images import Rewritten
from ..models import Conflict, Image

# What is said of a picture, and is as true of it in another exhibit.
WORDS = ("alt", "decorative", "caption", "credit", "licence", "content_note")
WORDS += ("date", "time", "date_as_written", "focus_left", "focus_top")


def twins_of(rewritten: Rewritten, file):
    """The images that show this picture: made of the same bytes, or of the very file that is kept here."""
    return Image.objects.filter(sha256__in=[rewritten.sha256, _digest_of(file)]).select_related("exhibit")


def _digest_of(file) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def there_already(image: Image):
    """That the picture is in the exhibit already, with the way to it."""
    link = format_html('<a href="{}">{}</a>', reverse("admin:trials_image_change", args=[image.pk]), image)
    return format_html(_("This picture is in the exhibit already: {}. It can be shown in many places."), link)


class TwinsAdmin(admin.ModelAdmin):
    """The page of an image that another exhibit shows too."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.take_words_view)
        return [path("<int:pk>/take-words/<int:other>/", view, name="trials_image_take_words"), *super().get_urls()]

    @admin.display(description=_("in other exhibits"))
    def elsewhere(self, image):
        """The same picture in other exhibits and, while nothing is said of this one, the offer to take its words."""
        others = Image.objects.filter(sha256=image.sha256).exclude(exhibit=image.exhibit_id)
        other = others.select_related("exhibit").order_by("-pk").first() if image.sha256 else None
        if other is None:
            return _("Nowhere")
        place = format_html(
            '<a href="{}">{}: {}</a>',
            reverse("admin:trials_image_change", args=[other.pk]),
            other.exhibit.called,
            other,
        )
        if any(getattr(image, name) for name in ("alt", "decorative", "caption", "credit", "licence")):
            return place
        return format_html(
            '{} <button class="button" formnovalidate formaction="{}">{}</button>',
            place,
            reverse("admin:trials_image_take_words", args=[image.pk, other.pk]),
            _("Take the words from there"),
        )

    def take_words_view(self, request, pk, other):
        """Say of an image what is said of its twin. Only by POST."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        image = self._record(request, str(pk))
        if not self.has_change_permission(request, image):
            raise PermissionDenied
        twin = Image.objects.filter(pk=other, sha256=image.sha256).select_related("exhibit").first()
        if twin is None:
            raise Http404("There is no such image of the same picture.")
        left = _take_words(image, twin)
        try:
            with transaction.atomic():
                self.save_model(request, image, None, change=True)
                comment = _("Words taken from “%(exhibit)s”.") % {"exhibit": twin.exhibit.called}
                self.log_change(request, image, comment)
        except Conflict as conflict:
            messages.error(request, str(conflict))
        else:
            self.message_user(request, comment, messages.SUCCESS)
            if left:
                sentence = _("Not taken, because it would not hold in this exhibit: %(fields)s.")
                messages.warning(request, sentence % {"fields": ", ".join(left)})
        address = reverse("admin:trials_image_change", args=[image.pk])
        return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)


def _take_words(image: Image, twin: Image) -> list[str]:
    """Give ``image`` the words of its twin, but for those that do not hold in its exhibit: their labels."""
    own = {name: getattr(image, name) for name in WORDS}
    for name in WORDS:
        setattr(image, name, getattr(twin, name))
    try:
        image.full_clean()
    except ValidationError as error:
        faulty = [name for name in WORDS if name in error.error_dict]
        for name in faulty:
            setattr(image, name, own[name])
        return [str(capfirst(Image._meta.get_field(name).verbose_name)) for name in faulty]
    return []
