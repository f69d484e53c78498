"""The interface in Russian: the compiled catalogue is what is written, whole, with three forms of the plural."""

import gettext
import re
import shutil
import subprocess
import sys

import pytest
from django.utils import translation
from django.utils.translation import ngettext

from tests import cases
from tests.html import Page

CATALOGUE = cases.BASE / "locale" / "ru" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|<[^>]+>")


def entries():
    """The messages of the catalogue as it is written: pairs of original and translation; of plurals the first form."""
    for block in (CATALOGUE / "django.po").read_text().split("\n\n")[1:]:
        texts = {
            name: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', lines)).replace('\\"', '"').replace("\\n", "\n")
            for name, lines in re.findall(r'^(\w+(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\n?)+)', block, re.MULTILINE)
        }
        yield texts


def test_every_message_is_translated_and_the_compiled_catalogue_says_the_same():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    found = list(entries())
    assert len(found) > 900 and "fuzzy" not in (CATALOGUE / "django.po").read_text()
    for texts in found:
        context = f"{texts['msgctxt']}\x04" if "msgctxt" in texts else ""
        key = context + texts["msgid"]
        said = texts.get("msgstr") or texts.get("msgstr[0]")
        assert said, key
        assert compiled[(key, 0) if "msgid_plural" in texts else key] == said


def test_no_placeholder_is_lost():
    for texts in entries():
        for name, said in texts.items():
            if name.startswith("msgstr"):
                original = texts.get("msgid_plural", texts["msgid"])
                assert set(PLACEHOLDER.findall(said)) <= set(PLACEHOLDER.findall(original)), said


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 запись"), (3, "3 записи"), (5, "5 записей"), (11, "11 записей"), (21, "21 запись"), (112, "112 записей")],
)
def test_russian_has_three_forms_of_the_plural(count, words):
    with translation.override("ru"):
        sentence = ngettext("%(count)d record is reviewed.", "%(count)d records are reviewed.", count)
        assert words in (sentence % {"count": count}).replace("\xa0", " ")


def test_no_message_of_the_interface_is_missing_from_the_catalogue(tmp_path):
    """As `makemessages` finds them: whoever adds words adds them in Russian too."""
    if not shutil.which("xgettext"):
        return  # the catalogue is made where gettext is installed
    for folder in ("trials", "exhibit", "templates", "locale"):
        shutil.copytree(cases.BASE / folder, tmp_path / folder)
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ru", "--no-location", "--no-wrap", "-v0"]
    subprocess.run(command, cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)})
    before = {(texts.get("msgctxt"), texts["msgid"]) for texts in entries()}
    written = (tmp_path / "locale" / "ru" / "LC_MESSAGES" / "django.po").read_text()
    found = set(re.findall(r'^msgid "(.+)"$', written, re.MULTILINE))
    assert {message.replace('\\"', '"') for message in found} <= {message for _context, message in before}


@pytest.mark.django_db
def test_pages_and_the_admin_are_read_in_russian(client, settings, admin_client):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    cases.show(cases.shipped_document(), "First.")
    page = Page(client.get("/ru/exhibits/second-moscow-trial/defendants/").content.decode())
    assert "Подсудимые" in page.words and "The accused" not in page.words
    html = admin_client.get("/admin/", headers={"accept-language": "ru"}).content.decode()
    assert "Выставки" in html and "Timeline entries" not in html
