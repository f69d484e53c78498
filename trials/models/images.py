"""Images: rewritten when they are uploaded, stored by the hash of their content."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..languages import Text, TranslatedField
from .base import Dated, ExhibitRecord

# What curators paste for want of words.
FILE_NAME = re.compile(r"\S\.(jpe?g|jpe|jfif|png|webp|tiff?|gif|bmp|heic|avif)\s*$", re.I)


class Image(Dated, ExhibitRecord):
    """A picture and what must be said beside it. Its file is at ``<sha256>/image.<extension>``."""

    class Extension(models.TextChoices):
        JPG = "jpg", "JPEG"
        PNG = "png", "PNG"

    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    extension = models.CharField(_("format"), max_length=4, choices=Extension, editable=False)
    width = models.PositiveIntegerField(_("width in pixels"), editable=False)
    height = models.PositiveIntegerField(_("height in pixels"), editable=False)
    alt = TranslatedField(
        _("alternative text"),
        blank=True,
        help_text=_("What the picture shows, for people who cannot see it: not its file name."),
    )
    decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("It tells nothing that the text does not: screen readers skip it.")
    )
    caption = TranslatedField(_("caption"), lines=True, blank=True)
    credit = models.CharField(_("credit"), max_length=300, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    content_note = TranslatedField(
        _("content note"), blank=True, help_text=_("What a visitor should know before choosing to see it.")
    )
    # What stays in view wherever the picture is cropped.
    focus_left = models.PositiveSmallIntegerField(
        _("focal point, per cent from the left"), default=50, validators=[MaxValueValidator(100)]
    )
    focus_top = models.PositiveSmallIntegerField(
        _("focal point, per cent from the top"), default=50, validators=[MaxValueValidator(100)]
    )

    class Meta(ExhibitRecord.Meta):
        default_related_name = "images"
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = [
            *ExhibitRecord.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0),
                name="image_has_a_size",
                violation_error_message=_("An image must be at least one pixel wide and high."),
            ),
            models.CheckConstraint(
                condition=Q(focus_left__lte=100, focus_top__lte=100),
                name="image_focus_is_in_the_picture",
                violation_error_message=_("The focal point must be in the picture: 0 to 100 per cent."),
            ),
        ]

    def __str__(self):
        return str(self.alt) or self.key

    def clean(self):
        """Refuse words that screen readers would skip, and a file’s name in place of words."""
        super().clean()
        if self.decorative and self.alt:
            sentence = _("A decorative picture has no alternative text: screen readers skip it. Remove one of the two.")
            raise ValidationError({"alt": sentence})
        if any(FILE_NAME.search(words) for words in Text(self.alt or ()).words().values()):
            raise ValidationError({"alt": _("This is the name of a file. Say what the picture shows.")})
