"""Editions, which never change, and the log of what was on display when."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ImmutableQuerySet(models.QuerySet):
    """Rows that are written once."""

    def update(self, **values):
        raise TypeError(f"{self.model._meta.verbose_name_plural} are never changed: write a new one.")

    def delete(self):
        raise TypeError(f"{self.model._meta.verbose_name_plural} are never deleted.")


class Immutable(models.Model):
    """A row that is written once."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(f"{self._meta.verbose_name} is never changed: write a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{self._meta.verbose_name} is never deleted.")


class Edition(Immutable):
    """One exhibit as it was published: the bytes of its document, and their digest."""

    exhibit = models.ForeignKey("Exhibit", models.PROTECT, related_name="editions", verbose_name=_("exhibit"))
    number = models.PositiveIntegerField(_("number"))
    slug = models.CharField(_("slug"), max_length=80, db_index=True, help_text=_("The exhibit’s slug in it."))
    content = models.BinaryField(_("document"))
    digest = models.CharField(_("SHA-256 of the document"), max_length=64)
    shape = models.PositiveIntegerField(_("shape of the document"))
    note = models.TextField(_("note"), help_text=_("Visitors will read this."))
    created = models.DateTimeField(_("made"), db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["exhibit", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["exhibit", "number"],
                name="edition_number_once",
                violation_error_message=_("This exhibit has an edition of this number already."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="edition_numbers_begin_at_one",
                violation_error_message=_("Editions are numbered from 1."),
            ),
        ]

    def __str__(self):
        return f"{self.slug}, edition {self.number}"


class PublishedImageQuerySet(models.QuerySet):
    """Questions about what has been shown."""

    def of_editions_shown(self):
        """Images of editions that have been on display by now."""
        return self.filter(edition__displays__starts__lte=Now())


class PublishedImage(models.Model):
    """An image that an edition shows: what makes its file public once the edition has been on display."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64, db_index=True)

    objects = PublishedImageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "sha256"], name="published_image_once")]

    def __str__(self):
        return self.sha256


class DisplayQuerySet(ImmutableQuerySet):
    """Questions to the log, always by the database's clock."""

    def begun(self):
        """What has been on display up to now."""
        return self.filter(starts__lte=Now())

    def to_come(self):
        """What is scheduled."""
        return self.filter(starts__gt=Now())

    def now(self):
        """For each exhibit, the line of the log that counts now: its greatest (starts, id)."""
        latest = self.model._base_manager.filter(exhibit=OuterRef("exhibit"), starts__lte=Now())
        latest = latest.order_by("-starts", "-pk").values("pk")[:1]
        return self.filter(pk=Subquery(latest))


class Display(Immutable):
    """One line of the log: from when an exhibit shows which edition, or nothing."""

    exhibit = models.ForeignKey("Exhibit", models.PROTECT, related_name="displays", verbose_name=_("exhibit"))
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="displays", verbose_name=_("edition"))
    starts = models.DateTimeField(_("from"), db_default=Now())
    created = models.DateTimeField(_("written"), db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    note = models.TextField(_("note"))
    batch = models.UUIDField(_("batch"), null=True, blank=True, db_index=True)

    objects = DisplayQuerySet.as_manager()

    class Meta:
        verbose_name = _("display")
        verbose_name_plural = _("display log")
        ordering = ["-starts", "-pk"]
        indexes = [models.Index(F("exhibit"), F("starts").desc(), F("id").desc(), name="display_on_now")]

    def __str__(self):
        return f"{self.edition or 'nothing'} from {self.starts:%Y-%m-%d %H:%M}"
