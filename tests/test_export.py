"""All public pages as files: as they are served, in one step, of one moment; and to be opened without any server."""

import gzip
import hashlib
import json
import re
from io import StringIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from tests import cards, cases
from trials.editions import display, publish
from trials.models import Exhibit
from trials.pages import export as module
from trials.pages.compression import BEST_ENCODERS, ENCODERS, SMALL
from trials.pages.export import export

STORY = "exhibits/small/"


pytestmark = pytest.mark.usefixtures("requests_leave_connections")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """How well pages are compressed is no matter here."""
    monkeypatch.setitem(BEST_ENCODERS, "br", ENCODERS["br"])


@pytest.fixture
def shown(small, settings):
    """The small exhibit on display, in its second edition."""
    settings.STATIC_ROOT = django_settings.BASE_DIR / "static"
    publish.publish(small, "First.")
    small.where = {"en": "Elsewhere"}
    small.save()
    publish.publish(small, "Second.")
    display.forget_what_is_on_display()
    return small


def files_of(folder: Path) -> set[str]:
    """The names of all files in a folder."""
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_a_file_is_what_a_visitor_gets_with_its_compressed_forms_beside_it(shown, client, tmp_path, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    export(tmp_path / "site")
    site = tmp_path / "site"
    for path in (
        *("", "about/", "sitemap.xml", "robots.txt", "feed.xml", STORY, STORY + "timeline/"),
        *(STORY + "people/pyatakov/", STORY + "document.json", STORY + "share.png", STORY + "editions/1/people/"),
        STORY + "editions/feed.xml",
    ):
        name = f"{path}index.html" if path in ("",) or path.endswith("/") else path
        served = client.get(f"/{path}").content
        assert (site / name).read_bytes() == served, path
        if len(served) >= SMALL and not path.endswith(".png"):
            assert brotli.decompress((site / f"{name}.br").read_bytes()) == served
            assert gzip.decompress((site / f"{name}.gz").read_bytes()) == served
    for front in ("", "ru/"):
        assert (site / front / "404.html").read_bytes() == client.get(f"/{front}404.html").content
        searched = (site / front / "search" / "index.html").read_text()
        assert f'<html lang="{front[:2] or "en"}"' in searched and f'href="/{front}' in searched
        assert ("Поиск" if front else "The search is not available here") in searched
    found = files_of(site)
    assert {"favicon.ico", "static/css/base.css", STORY + "editions/2/index.html"} <= found
    assert not [name for name in found if name.startswith("admin")]


def test_a_copy_says_of_which_moment_it_is_and_what_it_holds(shown, tmp_path):
    export(tmp_path / "site")
    told = json.loads((tmp_path / "site" / "copy.json").read_text())
    assert told["exhibits"][0]["edition"] == 2 and told["exhibits"][0]["digest"] == shown.editions.get(number=2).digest
    assert set(told["sha256"]) | {"copy.json"} == files_of(tmp_path / "site")
    for name, digest in told["sha256"].items():
        assert hashlib.sha256((tmp_path / "site" / name).read_bytes()).hexdigest() == digest


def test_pictures_and_what_browsers_choose_from_come_along(db, tmp_path, settings):
    settings.STATIC_ROOT = django_settings.BASE_DIR / "static"
    publish.publish(cards.exhibit(), "With pictures.")
    display.forget_what_is_on_display()
    export(tmp_path / "stick", portable=True)
    pages = "".join(page.read_text() for page in (tmp_path / "stick").rglob("*.html"))
    named = set(re.findall(r"media/[0-9a-f]{64}/[\w.]+", pages))
    assert named <= files_of(tmp_path / "stick") and any(name.endswith(".avif") for name in named)


@pytest.mark.parametrize("portable", [False, True])
def test_an_earlier_copy_is_replaced_whole_and_nothing_is_left_behind(shown, tmp_path, portable):
    target = tmp_path / "copy"
    export(target, portable=portable)
    publish.withdraw(shown, "An error.")
    export(target, portable=portable)
    assert not (target / STORY).exists() and (target / "index.html").exists()
    assert len(list(tmp_path.iterdir())) == (1 if portable else 2)
    assert target.is_symlink() is not portable


def test_a_folder_that_is_no_copy_is_refused(shown, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("Mine.")
    with pytest.raises(CommandError, match="is no copy made by this command"):
        call_command("export_pages", tmp_path / "letters")
    export(tmp_path / "site")
    with pytest.raises(CommandError, match="Name another folder"):
        call_command("export_pages", tmp_path / "site", "--portable")
    assert files_of(tmp_path / "letters") == {"mine.txt"}
    assert (tmp_path / "site" / "index.html").exists()


def test_a_copy_that_fails_leaves_everything_as_it_was(shown, tmp_path, monkeypatch):
    def full(*given):
        raise OSError(28, "No space left on device")

    export(tmp_path / "site")
    before = (tmp_path / "site" / "copy.json").read_text()
    monkeypatch.setattr(module.Export, "_moment", full)
    with pytest.raises(CommandError, match=r"No copy was made\. .*No space left"):
        call_command("export_pages", tmp_path / "site")
    assert (tmp_path / "site" / "copy.json").read_text() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_a_copy_is_of_one_moment(shown, tmp_path, monkeypatch):
    def changing(made, shown):
        if not times:
            times.append(1)
            exhibit = Exhibit.objects.get()
            exhibit.where = {"en": "Somewhere else again"}
            exhibit.save()
            publish.publish(exhibit, "Third.")
        return instead(made)

    times, instead = [], module.Export._instead
    monkeypatch.setattr(module.Export, "_instead", lambda made: changing(made, None))
    export(tmp_path / "site")
    assert "Somewhere else again" in (tmp_path / "site" / STORY / "document.json").read_text()
    assert json.loads((tmp_path / "site" / "copy.json").read_text())["exhibits"][0]["edition"] == 3


def test_without_collected_styles_there_is_no_copy(shown, tmp_path, settings):
    settings.STATIC_ROOT = tmp_path / "nothing"
    with pytest.raises(CommandError, match="Run “make prepare” first"):
        call_command("export_pages", tmp_path / "site")


def test_progress_is_told_on_a_terminal(shown, tmp_path):
    terminal = StringIO()
    terminal.isatty = lambda: True
    call_command("export_pages", tmp_path / "stick", "--portable", stderr=terminal, stdout=StringIO())
    assert re.search(r"Pages: (\d+) of \1\n$", terminal.getvalue())


def test_every_link_of_a_portable_copy_leads_to_a_file_or_to_the_public_site(shown, tmp_path, settings):
    settings.PUBLIC_URL = "https://exhibits.example.org"
    export(tmp_path / "stick", portable=True)
    for file in (tmp_path / "stick").rglob("*.html"):
        html = file.read_text()
        assert "<script" not in html and "search-form" not in html
        for address in re.findall(r'\b(?:href|src)="([^"]*)"', html):
            there = urlsplit(urljoin(file.as_uri(), address))
            if there.scheme == "file":
                assert Path(there.path).is_file(), (file, address)
            else:
                assert there.netloc == "exhibits.example.org" or not there.netloc or "://" in address


@pytest.mark.browser
def test_a_portable_copy_opens_from_a_folder_as_it_looks_on_the_web(shown, tmp_path, browser):
    export(tmp_path / "stick", portable=True)
    page, faults = browser.new_page(), []
    page.on("console", lambda message: faults.append(message.text))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.goto((tmp_path / "stick" / "index.html").as_uri())
    page.get_by_role("link", name=str(cases.SMALL["title"]["en"])).first.click()
    page.get_by_role("link", name="Places").first.click()
    assert page.url.endswith("places/index.html")
    assert page.evaluate("document.fonts.ready.then(fonts => fonts.size)") > 0
    assert page.locator("svg path").count() and faults == []
    page.close()
