"""Labels and references of sources stand in each language; what they said is their text in the main one."""

import json

from django.conf import settings
from django.db import migrations, models

import trials.languages

NAMES = ("label", "reference")


def _rewrite(convert):
    """A function for a migration that converts the label and the reference of every source."""

    def run(apps, schema_editor):
        sources = apps.get_model("trials", "Source").objects.using(schema_editor.connection.alias)
        for source in sources.only(*NAMES):
            sources.filter(pk=source.pk).update(**{name: convert(getattr(source, name)) for name in NAMES})
        # PostgreSQL changes no column while checks of its rows are still to come.
        schema_editor.connection.check_constraints()

    return run


def in_main_language(words: str) -> str:
    return json.dumps({settings.LANGUAGE_CODE: words} if words.strip() else {}, ensure_ascii=False)


def main_language_alone(text: str) -> str:
    return str(trials.languages.Text(json.loads(text)))


class Migration(migrations.Migration):
    dependencies = [("trials", "0005_image_focus")]

    operations = [
        # JSON is longer than what it holds: the columns are made wider first.
        *(migrations.AlterField("source", name, models.TextField()) for name in NAMES),
        migrations.RunPython(_rewrite(in_main_language), _rewrite(main_language_alone)),
        migrations.AlterField(
            model_name="source",
            name="label",
            field=trials.languages.TranslatedField(
                default=trials.languages.Text, help_text="Such as “Conquest 1990”.", verbose_name="short label"
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="reference",
            field=trials.languages.TranslatedField(
                default=trials.languages.Text,
                help_text="As a bibliography prints it. The title of a work is not translated: "
                "repeat it in each language.",
                max_length=1000,
                verbose_name="full reference",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="language",
            field=models.CharField(
                blank=True,
                help_text="Code of the language of its title, such as “ru”. Empty where it is only described.",
                max_length=20,
                verbose_name="language",
            ),
        ),
    ]
