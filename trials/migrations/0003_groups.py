"""The groups that a museum gives its staff: contributors edit, curators publish too, kiosk stewards look after kiosks."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

RECORDS = (
    "section",
    "keypoint",
    "person",
    "name",
    "charge",
    "defendant",
    "participant",
    "connection",
    "fact",
    "reading",
    "timelineentry",
    "sitting",
    "place",
    "image",
    "source",
    "citation",
    "dispute",
    "term",
)
CONTRIBUTOR = (
    [f"{action}_{model}" for model in RECORDS for action in ("add", "change", "delete", "view")]
    + ["change_exhibit", "view_exhibit", "preview_exhibit"]
    + ["view_edition", "view_display", "view_checkpoint", "view_takedown"]
)
CURATOR = [
    *CONTRIBUTOR,
    *("add_exhibit", "delete_exhibit", "publish_exhibit"),
    *("add_takedown", "change_takedown"),
    *("add_previewlink", "change_previewlink", "view_previewlink"),
]
# Kiosks are not here yet: their stewards have nothing to look after until then.
GROUPS = {"contributor": CONTRIBUTOR, "curator": CURATOR, "kiosk steward": []}


def make_groups(apps, schema_editor):
    """Make each group with its permissions, which Django itself would make only after all migrations."""
    config = apps.get_app_config("trials")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="trials")
    for name, codenames in GROUPS.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


def remove_groups(apps, schema_editor):
    """The way back."""
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("trials", "0002_search"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
