"""A copy of all public pages as files: for a static host, or to be opened from a folder without any server.

For a host, a page is the bytes that visitors get, beside it its compressed forms, all in the layout that nginx and
others serve by themselves. For a folder, see `portable`.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIHandler
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import timezone, translation

from ..editions.display import believed, forget_what_is_on_display, readable
from ..languages import language_codes
from . import addresses, links, media, portable, shelf
from .store import PageStore, request_of_nobody

# What says of which moment a folder is a copy; a folder without it is never replaced.
MOMENT = "copy.json"
ENDINGS = {"br": ".br", "gzip": ".gz"}
MEDIA = re.compile(r"/media/([0-9a-f]{64})/([\w.]+)")
TRIES = 5


class ExportError(Exception):
    """Why no copy was made; what was there before is as it was."""


@dataclass
class Export:
    """One copy on its way: into which folder, and what it holds so far."""

    folder: Path
    portable: bool
    progress: Callable[[int, int], None]
    files: dict[str, str] = field(default_factory=dict)

    def pages(self):
        """Write every page. Raises `ExportError` where something else came on display meanwhile."""
        forget_what_is_on_display()
        before, shown = believed(), readable()
        store = PageStore(WSGIHandler(), most=0)
        paths = list(addresses.everything(shown))
        if self.portable:
            paths = [path for path in paths if portable.holds(path)]
        held = set(paths)
        for done, path in enumerate(paths, start=1):
            page = store.render(path)
            if page:
                self._page(path, page, held)
            self.progress(done, len(paths))
        if not self.portable:
            self._instead()
        forget_what_is_on_display()
        if believed() != before:
            raise ChangedMeanwhile("Something else came on display while the copy was made.")
        self._moment(shown)

    def _page(self, path, page, paths):
        body = page.forms[""].body
        name = file_of(path)
        for sha256, file in set(MEDIA.findall(body.decode(errors="ignore"))):
            self._image(sha256, file)
        if self.portable:
            self.write(name, portable.page(body, path, paths) if name.endswith(".html") else body)
            return
        self.write(name, body)
        for encoding, ending in ENDINGS.items():
            if page.may_be_encoded:
                page.encode(encoding)
                self.write(name + ending, page.form(encoding).body)

    def _instead(self):
        """What a host shows in each language where there is no page, and in place of the search."""
        for code in language_codes():
            front = links.site_path("front_door", code)
            response = WSGIHandler()(request_of_nobody(front + "404.html"), lambda status, headers: None)
            self.write(file_of(front + "404.html"), response.content)
            response.close()
            with translation.override(code):
                context = {"language": code, "exhibits": shelf.first()}
                html = render_to_string("errors/no_search.html", context)
            self.write(file_of(front + "search/"), html.encode())

    def _image(self, sha256, file):
        name = f"media/{sha256}/{file}"
        if name in self.files:
            return
        try:
            answer = media.stored(sha256, file)
        except Http404:
            return
        if answer.status_code == 200:
            self.write(name, b"".join(answer))
        answer.close()

    def static(self):
        """Copy styles, scripts and fonts: those of the curators' side stay at home."""
        root = Path(settings.STATIC_ROOT)
        if not (root / getattr(staticfiles_storage, "manifest_name", "")).exists():
            raise ExportError("Styles and scripts have not been collected. Run “make prepare” first.")
        for file in sorted(root.rglob("*")):
            name = file.relative_to(root)
            if file.is_file() and "admin" not in name.parts and not (self.portable and file.suffix in ENDINGS.values()):
                self.write(f"static/{name.as_posix()}", file.read_bytes())
        if not self.portable:
            self.write("favicon.ico", (root / "favicon.ico").read_bytes())

    def write(self, name: str, content: bytes):
        """Write one file, and note its digest."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.files[name] = hashlib.sha256(content).hexdigest()

    def _moment(self, shown):
        told = {
            "moment": timezone.now().isoformat(timespec="seconds"),
            "address": settings.PUBLIC_URL,
            "exhibits": [
                {"slug": one.slug, "edition": one.number, "digest": one.digest, "since": one.starts.isoformat()}
                for one in shown
            ],
            "sha256": self.files,
        }
        (self.folder / MOMENT).write_text(json.dumps(told, indent=1), encoding="utf-8")


class ChangedMeanwhile(ExportError):
    """The copy would be of two moments."""


def file_of(path: str) -> str:
    """The name of the file that holds the page at a path: “exhibits/…/index.html”."""
    return (path + "index.html" if path.endswith("/") else path).removeprefix("/")


def export(target: Path, *, portable: bool = False, progress=lambda done, all: None) -> Export:
    """Copy all that is on display to ``target``, which is replaced in one step if it is an earlier copy.

    For a host ``target`` is a link that leads to a folder beside it, so that the step takes no time. Raises
    `ExportError` or OSError, and then leaves everything as it was.
    """
    target = Path(os.path.abspath(target))
    if (target.exists() or target.is_symlink()) and not (target / MOMENT).exists():
        raise ExportError(f"{target} is there already and is no copy made by this command. Name another folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    for last in (False,) * (TRIES - 1) + (True,):
        folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
        # A web server reads it as another user.
        folder.chmod(0o755)
        made = Export(folder, portable, progress)
        try:
            made.static()
            made.pages()
            os.sync()
            _replace(target, folder, portable)
            return made
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if last or not isinstance(error, ChangedMeanwhile):
                raise


def _replace(target: Path, folder: Path, portable: bool):
    """Put the new folder in the place of the old: through a link or, for a stick, which may know none, by its name."""
    if not portable:
        if target.exists() and not target.is_symlink():
            raise ExportError(f"{target} is a portable copy. Name another folder.")
        old = target.resolve() if target.exists() else None
        link = folder.with_name(folder.name + ".link")
        link.symlink_to(folder.name)
        link.replace(target)
    else:
        if target.is_symlink():
            raise ExportError(f"{target} is a copy for a web server. Name another folder.")
        old = folder.with_name(folder.name + ".old") if target.exists() else None
        if old:
            target.rename(old)
        folder.rename(target)
    if old:
        shutil.rmtree(old, ignore_errors=True)
