"""Spreadsheets that were uploaded, between looking at what they would change and writing it."""

from django.conf import settings
from django.db import models


class Spreadsheet(models.Model):
    """A table for one kind of record (``kind``: a model's name) of an exhibit, under the name of its file.

    It is kept until it is written, or for a day. Nobody but who uploaded it may see it.
    """

    exhibit = models.ForeignKey("Exhibit", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    table = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.name
