"""Editions, which never change, and the log of what was on display when."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ..languages import Utf8Encoder


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
        return gettext("%(slug)s, edition %(number)s") % {"slug": self.slug, "number": self.number}


class Checkpoint(Immutable):
    """A working copy as it was before it was replaced, so that nothing is lost. Never shown to visitors."""

    exhibit = models.ForeignKey("Exhibit", models.CASCADE, related_name="checkpoints", verbose_name=_("exhibit"))
    content = models.BinaryField(_("document"))
    digest = models.CharField(_("SHA-256 of the document"), max_length=64)
    reason = models.CharField(_("reason"), max_length=300, help_text=_("What replaced it."))
    created = models.DateTimeField(_("made"), db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["-created", "-pk"]

    def __str__(self):
        return f"{self.exhibit}, {self.created:%Y-%m-%d %H:%M}: {self.reason}"


class TakedownQuerySet(models.QuerySet):
    """Questions about what law or decency keeps from being shown."""

    def in_force(self):
        """Takedowns that are not lifted."""
        return self.filter(lifted__isnull=True)


class Takedown(models.Model):
    """An image or an edition that is shown no more, with the reason that visitors read instead.

    Its bytes stay for the operator alone.
    """

    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="takedowns", verbose_name=_("edition")
    )
    sha256 = models.CharField(_("SHA-256 of the image"), max_length=64, blank=True, db_index=True)
    reason = models.TextField(_("reason"), help_text=_("Visitors will read this."))
    created = models.DateTimeField(_("since"), db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    lifted = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("lifted by"), related_name="+"
    )

    objects = TakedownQuerySet.as_manager()

    class Meta:
        verbose_name = _("takedown")
        verbose_name_plural = _("takedowns")
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(edition__isnull=False) & Q(sha256="")) | (Q(edition__isnull=True) & ~Q(sha256="")),
                name="takedown_of_one_thing",
                violation_error_message=_("Take down either an edition or an image."),
            )
        ]

    def __str__(self):
        return f"{self.edition or self.sha256[:12]}: {self.reason}"


class PreviewLinkQuerySet(models.QuerySet):
    """Questions about links that show what is not published."""

    def valid(self):
        """Links that are neither revoked nor expired, by the database's clock."""
        return self.filter(revoked__isnull=True, expires__gt=Now())


class PreviewLink(models.Model):
    """A link that shows an exhibit's working copy, or an edition of it, to somebody without an account.

    The token itself is shown once and never stored: only its SHA-256 is.
    """

    exhibit = models.ForeignKey("Exhibit", models.CASCADE, related_name="preview_links", verbose_name=_("exhibit"))
    edition = models.ForeignKey(
        Edition,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="preview_links",
        verbose_name=_("edition"),
        help_text=_("Empty: the working copy as it is when the link is opened."),
    )
    token_hash = models.CharField(_("SHA-256 of the token"), max_length=64, unique=True, editable=False)
    purpose = models.CharField(_("for whom"), max_length=200)
    expires = models.DateTimeField(_("expires"))
    created = models.DateTimeField(_("made"), db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    revoked = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-created", "-pk"]

    def __str__(self):
        return f"{self.exhibit}: {self.purpose}"


class SearchEntry(models.Model):
    """One thing that can be found in an edition, in one language: what search looks through.

    ``passages`` are its texts, title first: ``[language, words, standing]`` each. ``title_stems`` and ``body_stems``
    hold what its words are found by (see `trials.words`), separated by spaces, so that both databases find the
    same; a migration keeps an index of them in each database's own way. ``page`` is where a section stands.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    page = models.CharField(max_length=20, blank=True)
    date = models.CharField(max_length=64, blank=True)
    passages = models.JSONField(encoder=Utf8Encoder)
    title_stems = models.TextField()
    body_stems = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "language", "kind", "key"], name="search_entry_once")]

    def __str__(self):
        return self.passages[0][1]


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
    starts = models.DateTimeField(pgettext_lazy("a moment", "from"), db_default=Now())
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
        starts = f"{self.starts:%Y-%m-%d %H:%M}"
        if not self.edition:
            return gettext("nothing from %(starts)s") % {"starts": starts}
        return gettext("%(edition)s from %(starts)s") % {"edition": self.edition, "starts": starts}
