"""The format in which records are kept: Django's JSON, with links in the order in which they were made.

Documents keep that order, so a record that is brought back must have it too.
"""

from django.core.serializers import json

Deserializer = json.Deserializer


class Serializer(json.Serializer):
    """One row as JSON. Where many rows are read together, each has the keys of its links in ``links_at_hand``."""

    def handle_m2m_field(self, obj, field):
        if field.name in getattr(obj, "links_at_hand", ()):
            self._current[field.name] = obj.links_at_hand[field.name]
            return
        through = field.remote_field.through._base_manager.filter(**{field.m2m_field_name(): obj.pk})
        targets = through.order_by("pk").values_list(f"{field.m2m_reverse_field_name()}_id", flat=True)
        self._current[field.name] = list(targets)
