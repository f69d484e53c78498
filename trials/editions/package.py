"""The package: one exhibit as one ZIP file that moves house.

    README.txt                    what this is, for people
    SHA256SUMS                    checked by `sha256sum -c SHA256SUMS`
    document.json                 the exhibit
    media/<sha256>/image.<jpg>    each of its images

The same exhibit makes the same bytes, on every machine. A package is believed only once all of it has been
checked: until then nothing is written, so a package that is refused leaves nothing behind.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import override

from .. import dates, images, renditions, zips
from ..models import Checkpoint, Exhibit, Takedown
from ..models.base import Conflict
from . import checkpoints
from . import document as documents
from .build import build
from .document import Document, DocumentError, Fault
from .restore import restore

README, SUMS, DOCUMENT = "README.txt", "SHA256SUMS", "document.json"
LARGEST = {README: 8 * 1024 * 1024, SUMS: 8 * 1024 * 1024, DOCUMENT: documents.LARGEST_FILE}
IMAGE = re.compile(r"media/[0-9a-f]{64}/image\.(jpg|png)")
MOST_FILES = 100_000
SUM = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9./]{1,100})")

Progress = Callable[[int, int], None]


class PackageError(DocumentError):
    """The package is refused, or cannot be made; ``faults`` lists everything that is wrong, with its place."""


class AlreadyHere(PackageError):
    """The exhibit is here already and differs; nothing was changed, since replacing it was not asked for."""

    def __init__(self, slug: str):
        self.slug = slug
        sentence = _("“%(slug)s” is here already and differs; nothing was changed.") % {"slug": slug}
        super().__init__([Fault("", sentence)])


@dataclass(frozen=True)
class Package:
    """An exhibit that was read and checked: its document, and how to read the file of each image."""

    document: Document
    content_of: Callable[[str], bytes]

    def images(self) -> Iterator[images.Rewritten]:
        """The images one by one, each digest checked again: their files may have changed since."""
        for name, image in _files(self.document).items():
            content = self.content_of(name)
            _check_digest(content, image, name)
            media_type = f"image/{'jpeg' if image.extension == 'jpg' else 'png'}"
            yield images.Rewritten(content, image.sha256, image.width, image.height, media_type, image.extension)


@dataclass(frozen=True)
class Loaded:
    """What came of loading: the exhibit, whether anything changed, and what was kept of what it was before."""

    exhibit: Exhibit
    changed: bool
    checkpoint: Checkpoint | None = None


def _nobody_watches(done: int, total: int):
    """The progress of what nobody waits for."""


# Writing


def write(document: Document, target: BinaryIO, progress: Progress = _nobody_watches):
    """Write the package of ``document`` with its stored images; ``progress`` is told images done and in all.

    Raises `PackageError` with every image whose file is missing or damaged; ``target`` holds no package then.
    """
    files, places, faults = _files(document), _places(document), []
    texts = {README: readme(document).encode(), DOCUMENT: documents.dumps(document)}
    digests = {name: documents.digest_of(content) for name, content in texts.items()}
    digests |= {name: image.sha256 for name, image in files.items()}
    writer = zips.Writer(target)
    writer.add(README, texts[README])
    writer.add(SUMS, _sums(digests).encode())
    writer.add(DOCUMENT, texts[DOCUMENT])
    for done, (name, image) in enumerate(files.items(), 1):
        try:
            content = _stored(image)
        except (OSError, images.ImageError) as error:
            faults.append(Fault(places[image.key], str(error)))
        else:
            writer.add(name, content)
        progress(done, len(files))
    if faults:
        raise PackageError(faults)
    writer.close()


def package_file(exhibit: Exhibit) -> BinaryIO:
    """The package of a working copy, for a download: an open file that vanishes when it is closed.

    Raises `PackageError`, or `DocumentError` where the working copy is not whole. An image that was taken down
    is for the operator alone, who packs by command.
    """
    document = build(exhibit)
    hidden = set(Takedown.objects.in_force().exclude(sha256="").values_list("sha256", flat=True))
    sentence = _("This image was taken down. Remove it from the exhibit, or lift the takedown.")
    places = _places(document)
    faults = [Fault(places[image.key], sentence) for image in document.images if image.sha256 in hidden]
    if faults:
        raise PackageError(faults)
    file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)
    try:
        write(document, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def readme(document: Document) -> str:
    """What a person reads who unpacks the package, in the exhibit's main language."""
    with override(document.languages[0]):
        return "\n".join([*_about(document), *_people(document), *_images(document)])


def _about(document) -> list[str]:
    counts = [
        f"  {_label(part)}: {len(getattr(document, part))}" for part in documents.PARTS if getattr(document, part)
    ]
    when = dates.in_words(document.when, document.languages[0]) if document.when else ""
    return [
        str(document.title),
        "=" * len(str(document.title)),
        "",
        *filter(None, [when, str(document.where)]),
        _("Languages: %(codes)s") % {"codes": ", ".join(document.languages)},
        _("Licence of the words: %(licence)s") % {"licence": document.licence},
        "",
        _("This is one exhibit: its words in document.json, its images in media/, and checksums in SHA256SUMS."),
        _("To load it as it is:"),
        "",
        f"    python manage.py load_exhibit {document.slug}.zip",
        "",
        _("Once it is unpacked and changed:"),
        "",
        "    python manage.py load_exhibit document.json",
        "",
        *counts,
        "",
    ]


def _people(document) -> list[str]:
    accused = _("accused")
    lines = [
        f"  {person.name}" + (f" ({accused})" if person.defendant else "") + f"  [{person.key}]"
        for person in document.people
    ]
    return [_label("people"), "", *lines, ""] if lines else []


def _images(document) -> list[str]:
    lines = []
    for name, image in _files(document).items():
        said = [str(image.alt), str(image.caption).replace("\n", " "), image.credit, image.licence]
        lines += [f"  {name}", *(f"      {words}" for words in said if words)]
    return [_label("images"), "", *lines, ""] if lines else []


def _label(part: str) -> str:
    label = str(Exhibit._meta.get_field(part).related_model._meta.verbose_name_plural)
    return label[:1].upper() + label[1:]


def _stored(image) -> bytes:
    """The bytes of an image's stored file. Raises `ImageError` or `OSError`."""
    with default_storage.open(images.path_of(image.sha256, image.extension)) as file:
        content = file.read()
    if documents.digest_of(content) != image.sha256:
        raise images.ImageError("The stored file is damaged: its SHA-256 differs. Upload the picture again.")
    if len(content) > images.MAX_BYTES:
        raise images.ImageError(f"The picture is larger than {images.MAX_BYTES >> 20} MB. Upload a smaller one.")
    return content


# Reading


def is_package(start: bytes) -> bool:
    """Whether a file that starts so is meant to be a package: no document does."""
    return start.startswith(b"PK")


def read(source: BinaryIO, progress: Progress = _nobody_watches) -> Package:
    """The package in ``source``, whole and right in every part; nothing is written. Raises `PackageError`.

    The images are read from ``source`` again when they are asked for: keep it open until then.
    """
    try:
        members = {member.name: member for member in zips.read(source, _largest, MOST_FILES)}
    except zips.ZipError as error:
        raise PackageError([Fault(error.place, str(error))]) from error

    def content_of(name: str) -> bytes:
        return zips.content(source, members[name])

    lacking = [Fault(name, _("The package lacks this file.")) for name in LARGEST if name not in members]
    faults = lacking or _faults_of_sums(list(members), content_of)
    if faults:
        raise PackageError(faults)
    document = _document(content_of(DOCUMENT))
    faults = _faults_of_names(list(members), document) or _faults_of_images(document, content_of, progress)
    if faults:
        raise PackageError(faults)
    return Package(document, content_of)


def read_folder(file: Path, progress: Progress = _nobody_watches) -> Package:
    """The document in ``file`` with the images in the folder media/ beside it, or that are stored here already.

    Raises `PackageError`, and `OSError` where ``file`` cannot be read.
    """

    def content_of(name: str) -> bytes:
        path, stored = file.parent / name, name.removeprefix("media/")
        if not path.exists() and default_storage.exists(stored):
            with default_storage.open(stored) as image:
                return image.read()
        return path.read_bytes()

    document = _document(file.read_bytes())
    faults = _faults_of_images(document, content_of, progress)
    if faults:
        raise PackageError(faults)
    return Package(document, content_of)


def check_picture(content: bytes, image: documents.Image, name: str):
    """The file of an image must be exactly what the document says, and a picture that opens: else `ImageError`."""
    _check_digest(content, image, name)
    if images.inspect(content, name) != (image.width, image.height, image.extension):
        sentence = _("The file %(name)s has another size or format than the document says.")
        raise images.ImageError(sentence % {"name": name})


def _check_digest(content, image, name):
    if documents.digest_of(content) != image.sha256:
        sentence = _("The file %(name)s is not the one that the document names: its SHA-256 differs.")
        raise images.ImageError(sentence % {"name": name})


def _largest(name: str) -> int:
    """How many bytes a file of the package may have. Any name but the known ones is refused, however spelt."""
    if name in LARGEST:
        return LARGEST[name]
    if IMAGE.fullmatch(name):
        return images.MAX_BYTES
    raise zips.ZipError(zips.by_another_program(_("A package has no file of this name.")), name)


def _document(content: bytes) -> Document:
    try:
        return documents.loads(content)
    except DocumentError as error:
        raise PackageError(error.faults) from error


def _faults_of_sums(names: list[str], content_of) -> list[Fault]:
    """Faults of SHA256SUMS: it must list every other file, each with its digest, in the order of the package.

    An image's digest is in its name; whether its bytes have it is seen when the image is opened.
    """
    digests = {name: documents.digest_of(content_of(name)) for name in (README, DOCUMENT)}
    digests = {name: digests.get(name) or name.split("/")[1] for name in names if name != SUMS}
    text = content_of(SUMS).decode("utf-8", "replace")
    if text == _sums(digests):
        return []
    lines = [SUM.fullmatch(line) for line in text.splitlines()]
    if not all(lines):
        place = _("%(file)s, line %(number)s") % {"file": SUMS, "number": lines.index(None) + 1}
        return [Fault(place, _("It is not written as sha256sum writes it."))]
    listed = {line[2]: line[1] for line in lines}
    faults = [Fault(SUMS, _("It does not list %(name)s.") % {"name": name}) for name in digests.keys() - listed.keys()]
    faults += [
        Fault(SUMS, _("It lists %(name)s, which the package lacks.") % {"name": name})
        for name in listed.keys() - digests.keys()
    ]
    faults += [
        Fault(name, _("Its SHA-256 is not the one that SHA256SUMS lists."))
        for name in listed.keys() & digests.keys()
        if listed[name] != digests[name]
    ]
    faults.sort(key=str)
    return faults or [Fault(SUMS, _("It does not list the files in their order, each once."))]


def _faults_of_names(names: list[str], document: Document) -> list[Fault]:
    """Faults of the list of files: it must hold what the document names, in order, and nothing else."""
    files, places, there = _files(document), _places(document), set(names)
    wanted = {*LARGEST, *files}
    faults = [
        Fault(places[image.key], _("The package lacks its file, %(name)s.") % {"name": name})
        for name, image in files.items()
        if name not in there
    ]
    faults += [Fault(name, _("The document names no such image.")) for name in names if name not in wanted]
    if not faults and names != [*LARGEST, *files]:
        faults.append(Fault("", zips.by_another_program(_("The files of the package are not in their order."))))
    return faults


def _faults_of_images(document: Document, content_of, progress: Progress) -> list[Fault]:
    """Faults of the images' files, one image at a time in memory."""
    places, faults = _places(document), []
    for done, image in enumerate(document.images, 1):
        name = _name(image)
        try:
            check_picture(content_of(name), image, name)
        except (OSError, images.ImageError) as error:
            faults.append(Fault(places[image.key], str(error)))
        progress(done, len(document.images))
    return faults


def _sums(digests: dict[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())


def _name(image: documents.Image) -> str:
    return f"media/{images.path_of(image.sha256, image.extension)}"


def _files(document: Document) -> dict[str, documents.Image]:
    """The images by the names of their files, in the order of the package; several may show one file."""
    return {_name(image): image for image in sorted(document.images, key=_name)}


def _places(document: Document) -> dict[str, str]:
    """Where each image stands in the document, by its key."""
    return {image.key: f"images[{index}] ({image.key})" for index, image in enumerate(document.images)}


# Loading


def load(
    package: Package,
    user=None,
    *,
    replace: bool = False,
    name: str = "",
    progress: Progress = _nobody_watches,
) -> Loaded:
    """Take ``package`` into the working copy, whole or not at all; says what came of it. Raises `PackageError`.

    An exhibit that is here already and differs is replaced only if ``replace`` says so (else `AlreadyHere`), and what
    it was is kept as a checkpoint. ``name`` is what people call the file. ``progress`` is told how many pictures of
    how many are ready to be shown, once the exhibit is loaded.
    """
    loaded = _load(package, user, replace, name)
    pictures = sorted({image.sha256 for image in package.document.images})
    for done, sha256 in enumerate(pictures, start=1):
        renditions.prepare(sha256)
        progress(done, len(pictures))
    return loaded


def _load(package: Package, user, replace: bool, name: str) -> Loaded:
    exhibit = present(package.document)
    same = bool(exhibit) and _is_same(exhibit, package.document)
    if exhibit and not same:
        if not replace:
            raise AlreadyHere(package.document.slug)
        _check_can_be_kept(exhibit)
    _store(package)
    if same:
        return Loaded(exhibit, changed=False)
    try:
        if exhibit is None:
            return Loaded(restore(package.document), changed=True)
        reason = _("The file “%(name)s” was loaded.") % {"name": _printable(name) or package.document.slug}
        return Loaded(exhibit, True, checkpoints.replace(exhibit, package.document, reason, user))
    except (Conflict, IntegrityError, OperationalError) as error:  # the last: it waited too long for its turn
        sentence = _("Somebody else changed or loaded the exhibit at the same moment. Try again.")
        raise PackageError([Fault("", sentence)]) from error


def present(document: Document) -> Exhibit | None:
    """The exhibit here that the document is of: the one with its slug, else with a former one."""
    slugs = [document.slug, *document.former_slugs]
    there = {exhibit.slug: exhibit for exhibit in Exhibit.objects.filter(slug__in=slugs)}
    return next((there[slug] for slug in slugs if slug in there), None)


def _is_same(exhibit, document) -> bool:
    try:
        return checkpoints.content_of(exhibit) == documents.dumps(document)
    except checkpoints.NotKept:
        return False


def _printable(name: str) -> str:
    """``name`` without what no database or screen takes, such as bytes of a file's name that are no text."""
    return "".join(letter for letter in name if letter.isprintable())


def _check_can_be_kept(exhibit):
    """Refuse before anything is stored."""
    try:
        checkpoints.content_of(exhibit)
    except checkpoints.NotKept as error:
        raise PackageError(error.faults) from error


def _store(package: Package):
    """Put the files of the images in their place, before the rows that name them."""
    try:
        for image in package.images():
            images.store(image)
    except (images.ImageError, zips.ZipError) as error:
        raise PackageError([Fault("", str(error))]) from error
    except OSError as error:
        sentence = _("The pictures could not be stored. Is the museum’s disk full?")
        raise PackageError([Fault("", sentence)]) from error
