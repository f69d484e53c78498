"""The package: one exhibit as one ZIP that moves house, and what is refused."""

import hashlib
import io
import json
import re
import shutil
import stat
import struct
import subprocess
import zipfile
import zlib
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.http import FileResponse
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Picture

from tests import cases
from trials import images, zips
from trials.editions import checkpoints, package, takedown
from trials.editions.build import build
from trials.editions.document import DocumentError, dumps, loads
from trials.models import Checkpoint, Exhibit, Person

README, SUMS, DOCUMENT = "README.txt", "SHA256SUMS", "document.json"


def load_package(file, user=None, **options):
    """Read a package and load it; the exhibit that it became."""
    return package.load(package.read(file), user, **options).exhibit


def card(colour, mode="RGB"):
    """A test card as the museum stores it."""
    data = io.BytesIO()
    Picture.new(mode, (60, 40), colour).save(data, "PNG")
    return images.rewrite(data.getvalue())


CARDS = [card("#8c2a1b"), card((20, 40, 60, 128), "RGBA"), card("#123456")]


def content(**changes):
    """A small exhibit with three images, one of which is shown by two records."""
    records = [
        {
            "key": f"card-{number}",
            "sha256": each.sha256,
            "extension": each.extension,
            "width": each.width,
            "height": each.height,
            "alt": {"en": f"Test card {number}."},
        }
        for number, each in enumerate([*CARDS, CARDS[0]])
    ]
    return cases.small_content(images=records, **changes)


@pytest.fixture
def exhibit(db):
    """The small exhibit with images, in the working copy."""
    for each in CARDS:
        images.store(each)
    return cases.load(content())


def contents() -> dict[str, bytes]:
    """The files of a good package, in their order; made here, not by the code under test."""
    document = dumps(loads(cases.as_bytes(content())))
    pictures = {f"media/{each.sha256}/image.{each.extension}": each.content for each in CARDS}
    files = {README: b"Read me.\n", DOCUMENT: document, **dict(sorted(pictures.items()))}
    return {README: files[README], SUMS: sums(files), **files}


def sums(files) -> bytes:
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()).encode()


def packed(files) -> bytes:
    """A ZIP as packages are; ``files`` may be a list of pairs, to repeat a name."""
    target = io.BytesIO()
    writer = zips.Writer(target)
    for name, data in files.items() if isinstance(files, dict) else files:
        writer.add(name, data)
    writer.close()
    return target.getvalue()


def zipped(files, method=zipfile.ZIP_STORED, **attributes) -> bytes:
    """A ZIP as another program packs it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, data, method)
    return target.getvalue()


GOOD = packed(contents())
A_PICTURE = f"media/{CARDS[0].sha256}/image.jpg"


def refusal(data: bytes) -> str:
    with pytest.raises(package.PackageError) as error:
        package.read(io.BytesIO(data))
    assert all(fault.sentence for fault in error.value.faults)
    return "\n".join(str(fault) for fault in error.value.faults)


def with_sums(**changes) -> dict:
    """The good files with some replaced, added, or (None) taken away, and checksums that fit."""
    files = {name: data for name, data in {**contents(), **changes}.items() if data is not None}
    rest = {name: data for name, data in files.items() if name != SUMS}
    return {**files, SUMS: sums(rest)}


def written(exhibit) -> bytes:
    target = io.BytesIO()
    package.write(build(exhibit), target)
    return target.getvalue()


def nothing_is_stored():
    return not default_storage.exists("") or default_storage.listdir("") == ([], [])


# Moving house


def test_a_package_that_moves_house_and_back_is_the_same_byte_for_byte(exhibit, tmp_path, settings):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    call_command("dump_exhibit", "small", zip=first, stderr=StringIO())
    exhibit.delete()
    settings.MEDIA_ROOT = tmp_path / "another museum"
    call_command("load_exhibit", first, stdout=StringIO())
    call_command("dump_exhibit", "small", zip=second, stderr=StringIO())
    assert first.read_bytes() == second.read_bytes()
    for each in CARDS:
        assert images.verify(each.sha256, each.extension)


def test_the_shipped_exhibit_moves_house_byte_for_byte(loaded):
    first = written(loaded)
    loaded.delete()
    again = load_package(io.BytesIO(first))
    assert written(again) == first and dumps(build(again)) == cases.SHIPPED.read_bytes()


def test_a_package_holds_what_it_should_in_its_order(exhibit):
    with zipfile.ZipFile(io.BytesIO(written(exhibit))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(contents())
        assert archive.read(DOCUMENT) == dumps(build(exhibit))
        assert archive.read(A_PICTURE) == CARDS[0].content
        files = {name: archive.read(name) for name in archive.namelist() if name != SUMS}
        assert archive.read(SUMS) == sums(files)
        assert {stat.filemode(info.external_attr >> 16) for info in archive.infolist()} == {"-rw-r--r--"}


def test_the_bytes_of_a_zip_never_change():
    data = packed({"a": b"one", "media/b": b""})
    assert hashlib.sha256(data).hexdigest() == "57e90026ca99c2321584c95fdb64c98ed5eec977ae38f064e143c1de3b647d80"


def test_other_programs_unpack_a_package_and_check_its_sums(exhibit, tmp_path):
    if not (shutil.which("unzip") and shutil.which("sha256sum")):
        pytest.skip("unzip or sha256sum was not found. Debian: sudo apt install unzip")
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (folder / "small.zip").write_bytes(written(exhibit))
    subprocess.run(["unzip", "-q", "small.zip"], cwd=folder, check=True)
    subprocess.run(["sha256sum", "--strict", "-c", SUMS], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    exhibit.delete()
    call_command("load_exhibit", folder / DOCUMENT, stdout=StringIO())
    assert Exhibit.objects.get().images.count() == 4


def test_large_packages_are_zip64_and_other_programs_read_them(monkeypatch):
    monkeypatch.setattr(zips, "TOO_LARGE", 500)
    data = packed(contents())
    assert data.count(b"PK\6\6") == data.count(b"PK\6\7") == 1
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None and archive.namelist() == list(contents())
        assert [info.extract_version for info in archive.infolist()] == [20, 20, 45, 45, 45, 45]
    assert package.read(io.BytesIO(data)).document.slug == "small"
    monkeypatch.undo()
    assert "does not list its files as they are" in refusal(data)


def test_packages_of_very_many_files_are_zip64_too():
    data = packed({str(number): b"" for number in range(70_000)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 70_000
    assert len(zips.read(io.BytesIO(data), lambda name: 0, 70_000)) == 70_000


def test_the_readme_tells_people_what_the_package_holds(exhibit):
    text = package.readme(build(exhibit))
    for words in ("A small exhibit\n===", "23–30 January 1937", "Languages: en", "CC BY 4.0", "People: 3"):
        assert words in text
    for words in ("Karl Radek (accused)", "Vasily Ulrikh  [", "Test card 1.", A_PICTURE, "load_exhibit small.zip"):
        assert words in text
    assert "<" not in text


def test_the_readme_is_in_the_exhibits_language_whoever_makes_it():
    document = loads(cases.as_bytes(content(title={"en": "A small exhibit", "ru": "Малая выставка"})))
    expected = package.readme(document)
    with translation.override("ru"):
        assert package.readme(document) == expected
    assert expected.startswith("A small exhibit\n")


# Writing


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda name: default_storage.delete(name), "No such file"),
        (lambda name: open(default_storage.path(name), "ab").write(b"x"), "The stored file is damaged"),
    ],
)
def test_a_package_with_a_missing_or_damaged_image_is_not_made(exhibit, tmp_path, harm, sentence):
    for each in CARDS[1:]:
        harm(images.path_of(each.sha256, each.extension))
    with pytest.raises(CommandError) as error:
        call_command("dump_exhibit", "small", zip=tmp_path / "small.zip")
    assert str(error.value).count(sentence) == 2 and "images[1] (card-1): " in str(error.value)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_file_that_is_there_is_replaced_only_by_force(exhibit, tmp_path):
    file = tmp_path / "small.zip"
    file.write_bytes(b"precious")
    with pytest.raises(CommandError, match=r"is there already; nothing was written\. To replace it, add --force"):
        call_command("dump_exhibit", "small", zip=file)
    assert file.read_bytes() == b"precious"
    call_command("dump_exhibit", "small", zip=file, force=True, stderr=StringIO())
    assert package.read(file.open("rb")).document.slug == "small"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["small.zip"]


def test_a_place_that_cannot_be_written_is_a_sentence(exhibit, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("dump_exhibit", "small", zip=tmp_path / "nowhere" / "small.zip")


def test_progress_is_told_on_a_terminal_alone(exhibit, tmp_path):
    class Terminal(StringIO):
        def isatty(self):
            return True

    terminal, pipe = Terminal(), StringIO()
    call_command("dump_exhibit", "small", zip=tmp_path / "small.zip", stderr=terminal)
    assert "\rImages: 1 of 3" in terminal.getvalue() and "\rImages: 3 of 3\n" in terminal.getvalue()
    call_command("dump_exhibit", "small", zip=tmp_path / "small.zip", force=True, stderr=pipe)
    assert "\r" not in pipe.getvalue()
    terminal = Terminal()
    call_command("load_exhibit", tmp_path / "small.zip", stdout=StringIO(), stderr=terminal)
    assert "\rImages checked: 4 of 4\n" in terminal.getvalue()


def test_a_download_is_the_package_and_vanishes_when_it_is_closed(exhibit):
    response = FileResponse(package.package_file(exhibit), as_attachment=True, filename="small.zip")
    assert b"".join(response) == written(exhibit)
    assert int(response["Content-Length"]) == len(written(exhibit))


def test_a_download_leaves_out_no_image_that_was_taken_down_but_refuses(exhibit):
    down = takedown.take_down_image(CARDS[0].sha256, "A court said so.")
    with pytest.raises(package.PackageError) as error:
        package.package_file(exhibit)
    assert [fault.place for fault in error.value.faults] == ["images[0] (card-0)", "images[3] (card-3)"]
    assert "was taken down" in str(error.value)
    takedown.lift(down)
    package.package_file(exhibit).close()


# Loading


def test_what_a_file_is_is_told_by_its_content_not_its_name(exhibit, tmp_path):
    call_command("dump_exhibit", "small", zip=tmp_path / "small.json", stderr=StringIO())
    exhibit.delete()
    call_command("load_exhibit", tmp_path / "small.json", stdout=StringIO())
    assert Exhibit.objects.get().slug == "small"


def test_loading_the_same_package_again_does_nothing(exhibit):
    data = written(exhibit)
    before = Exhibit.objects.values().get()
    loaded = package.load(package.read(io.BytesIO(data)), replace=True)
    assert not loaded.changed and not Checkpoint.objects.exists()
    assert Exhibit.objects.values().get() == before


def test_loading_again_mends_a_stored_image_that_was_damaged(exhibit):
    data = written(exhibit)
    default_storage.delete(images.path_of(CARDS[0].sha256, "jpg"))
    load_package(io.BytesIO(data))
    assert images.verify(CARDS[0].sha256, "jpg")


def test_an_exhibit_that_is_here_is_replaced_only_when_told_and_is_kept(exhibit):
    data = written(exhibit)
    person = Person.objects.get(key="radek")
    person.sort_name = "Changed"
    person.save()
    changed = dumps(build(exhibit))
    with pytest.raises(package.AlreadyHere, match="“small” is here already and differs; nothing was changed"):
        load_package(io.BytesIO(data))
    assert dumps(build(exhibit)) == changed
    user = User.objects.create_user("curator")
    load_package(io.BytesIO(data), user, replace=True, name="from-moscow.zip")
    assert written(exhibit) == data
    kept = Checkpoint.objects.get()
    assert bytes(kept.content) == changed and kept.created_by == user
    assert kept.reason == "The file “from-moscow.zip” was loaded."


def test_the_command_says_how_to_bring_back_what_it_replaced(exhibit, tmp_path):
    file = tmp_path / "small.zip"
    file.write_bytes(written(exhibit))
    Person.objects.filter(key="radek").update(sort_name="Changed")
    with pytest.raises(CommandError, match=r"“small” is here already and differs from .*add --replace"):
        call_command("load_exhibit", file)
    out = StringIO()
    call_command("load_exhibit", file, replace=True, stdout=out)
    number = re.search(r"restore_checkpoint (\d+)", out.getvalue())[1]
    call_command("restore_checkpoint", number, stdout=StringIO())
    assert Person.objects.get(key="radek").sort_name == "Changed"


def test_a_working_copy_that_cannot_be_kept_is_not_replaced_and_no_image_is_stored(exhibit, settings, tmp_path):
    data = written(exhibit)
    Person.objects.filter(key="radek").update(life={"en": "See [@rumour]."})
    settings.MEDIA_ROOT = tmp_path / "empty"
    with pytest.raises(package.PackageError, match="so it could not be kept") as error:
        load_package(io.BytesIO(data), replace=True)
    assert "people[1].life.en: The text cites the source “rumour”" in str(error.value)
    assert nothing_is_stored() and not Checkpoint.objects.exists()


def test_the_exhibit_with_the_very_slug_comes_before_one_with_a_former_slug(db):
    older = cases.load(cases.small_content(slug="older"))
    small = cases.load(cases.small_content())
    document = loads(cases.as_bytes(cases.small_content(former_slugs=["older"])))
    assert package.present(document) == small
    small.delete()
    assert package.present(document) == older


def test_a_full_disk_is_a_sentence_and_no_row_is_written(db, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "store", full)
    with pytest.raises(package.PackageError, match="Is the museum’s disk full"):
        load_package(io.BytesIO(GOOD))
    assert not Exhibit.objects.exists()


def test_two_who_load_the_same_new_exhibit_at_once_make_one_and_a_sentence(exhibit, monkeypatch):
    data = written(exhibit)
    monkeypatch.setattr(package, "present", lambda document: None)  # as the second saw it, a moment ago
    with pytest.raises(package.PackageError, match=r"at the same moment\. Try again\."):
        load_package(io.BytesIO(data))
    assert Exhibit.objects.count() == 1


def test_a_strange_name_of_a_file_is_kept_as_far_as_it_can_be_written(exhibit):
    data = written(exhibit)
    Person.objects.filter(key="radek").update(sort_name="Changed")
    load_package(io.BytesIO(data), replace=True, name="a\0b\udcff\n.zip")
    assert Checkpoint.objects.get().reason == "The file “ab.zip” was loaded."


def test_a_file_that_changes_between_check_and_storing_is_refused(db):
    source = io.BytesIO(GOOD)
    read = package.read(source)
    start = GOOD.index(CARDS[0].content)
    source.seek(start + 100)
    source.write(b"?")
    with pytest.raises(package.PackageError, match="its SHA-256 differs"):
        package.load(read)
    assert not Exhibit.objects.exists()


def test_a_refused_package_leaves_nothing_behind(db, tmp_path):
    files = with_sums()
    files[A_PICTURE] = CARDS[0].content + b"x"
    (tmp_path / "bad.zip").write_bytes(packed(files))
    with pytest.raises(CommandError, match=r"(?s)nothing was changed.*images\[0\] \(card-0\): .*SHA-256 differs"):
        call_command("load_exhibit", tmp_path / "bad.zip")
    assert nothing_is_stored() and not Exhibit.objects.exists()


# Refusals


def test_the_good_package_is_good():
    read = package.read(io.BytesIO(GOOD))
    assert dumps(read.document) == contents()[DOCUMENT]
    assert {image.content for image in read.images()} == {each.content for each in CARDS}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "media/../../evil.jpg",
        "/etc/passwd",
        "C:/evil.txt",
        "C:\\evil.txt",
        "media\\evil.jpg",
        "Document.json",
        "readme.txt",
        "document.json/",
        "media/",
        "document.json\0.txt",
        "document.json ",
        "./document.json",
        "notes.txt",
        "__MACOSX/._document.json",
        A_PICTURE.upper(),
        A_PICTURE.replace("jpg", "svg"),
        "document.json\n\x1b[2J",
        "",
        "x" * 60_000,
    ],
)
def test_names_that_a_package_does_not_have_are_refused(name):
    sentence = refusal(packed([*contents().items(), (name, b"evil")]))
    assert "A package has no file of this name." in sentence
    assert sentence.isprintable() and len(sentence) < 400


@pytest.mark.parametrize("name", ["документ.json", "document.json", "cafe\u0301.json", "caf\u00e9.json"])
def test_names_in_other_letters_are_refused(name):
    other = name.replace("o", "о")  # Cyrillic, which looks alike
    sentence = refusal(zipped({**contents(), other: b"evil"}))
    assert "packed anew or changed by another program" in sentence
    with pytest.raises(zips.ZipError, match="no file of this name"):
        zips.read(io.BytesIO(zipped({other: b"evil"})), package._largest, 9)


@pytest.mark.parametrize("name", [DOCUMENT, README, SUMS, A_PICTURE])
def test_a_file_that_is_there_twice_is_refused(name):
    sentence = refusal(packed([*contents().items(), (name, contents()[name])]))
    assert f"{name}: This file is in the package twice." in sentence


@pytest.mark.parametrize("name", [DOCUMENT, README, SUMS])
def test_a_package_without_one_of_its_files_is_refused(name):
    files = contents()
    del files[name]
    assert refusal(packed(files)) == f"{name}: The package lacks this file."


def test_an_image_that_is_lacking_is_named_with_its_place():
    assert refusal(packed(with_sums(**{A_PICTURE: None}))) == (
        f"images[3] (card-3): The package lacks its file, {A_PICTURE}."
    )


def test_an_image_that_the_document_does_not_name_is_refused():
    other = card("#ffffff")
    name = f"media/{other.sha256}/image.jpg"
    assert refusal(packed(with_sums(**{name: other.content}))) == f"{name}: The document names no such image."


def test_files_in_another_order_are_refused():
    files = with_sums()
    names = [README, SUMS, DOCUMENT, *reversed(list(files)[3:])]
    files = {name: files[name] for name in names}
    files[SUMS] = sums({name: files[name] for name in names if name != SUMS})
    assert "not in their order" in refusal(packed(files))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace(b"README.txt", b"READYOU.txt"), "SHA256SUMS: It does not list README.txt."),
        (lambda text: text.replace(b"README.txt", b"READYOU.txt"), "It lists READYOU.txt, which the package lacks."),
        (lambda text: b"", "SHA256SUMS: It does not list document.json."),
        (lambda text: text.replace(text[:64], b"0" * 64), "README.txt: Its SHA-256 is not the one"),
        (
            lambda text: text + b"0" * 64 + b"  ../../etc/passwd\n",
            "It lists ../../etc/passwd, which the package lacks.",
        ),
        (lambda text: b"".join(reversed(text.splitlines(True))), "not list the files in their order"),
        (lambda text: text + text, "not list the files in their order, each once"),
        (lambda text: text.replace(b"\n", b"\r\n"), "SHA256SUMS: It does not list the files in their order"),
        (lambda text: text.upper(), "SHA256SUMS, line 1: It is not written as sha256sum writes it."),
        (lambda text: text.replace(b"  ", b" *", 1), "SHA256SUMS, line 1: It is not written"),
        (lambda text: text + b"\xff\xfe\n", "line 6: It is not written"),
    ],
)
def test_checksums_that_do_not_fit_are_refused(change, sentence):
    files = contents()
    assert sentence in refusal(packed({**files, SUMS: change(files[SUMS])}))


def test_a_changed_document_or_readme_does_not_fit_its_checksum():
    for name in (DOCUMENT, README):
        files = contents()
        assert f"{name}: Its SHA-256 is not" in refusal(packed({**files, name: files[name] + b" "}))


def test_a_document_with_faults_is_refused_with_every_fault_and_its_place():
    bad = content(title={"ru": "Без английского"})
    bad["people"][0]["facts"][0]["date"] = "1937-02-30"
    sentence = refusal(packed(with_sums(**{DOCUMENT: cases.as_bytes(bad)})))
    assert "title: The text is missing in the main language, “en”." in sentence
    assert "people[0].facts[0].date (pyatakov): “1937-02-30” is not a date" in sentence


def test_every_image_that_is_wrong_is_named():
    document, files = content(), contents()
    pdf = b"%PDF-1.7 no picture"
    sha256 = hashlib.sha256(pdf).hexdigest()
    document["images"][0] |= {"sha256": sha256}
    document["images"][1] |= {"width": 61}
    document["images"][2] |= {"extension": "png"}
    wrong = f"media/{CARDS[2].sha256}/image.png"
    pictures = {
        f"media/{sha256}/image.jpg": pdf,
        f"media/{CARDS[1].sha256}/image.png": CARDS[1].content,
        wrong: CARDS[2].content,
        A_PICTURE: CARDS[0].content,
    }
    rest = {README: files[README], DOCUMENT: cases.as_bytes(document), **dict(sorted(pictures.items()))}
    sentence = refusal(packed({README: files[README], SUMS: sums(rest), **rest}))
    assert "images[0] (card-0): This file is a PDF document." in sentence
    assert "images[1] (card-1): The file media/" in sentence and "another size or format" in sentence
    assert "images[2] (card-2): This file is a JPEG by another name." in sentence
    assert "images[3]" not in sentence


def test_an_image_whose_bytes_are_not_its_name_is_refused():
    files = contents()
    files[A_PICTURE] = CARDS[2].content
    assert "images[0] (card-0): " in refusal(packed(files)) and "SHA-256 differs" in refusal(packed(files))


# What is no ZIP, or one made to do harm


@pytest.mark.parametrize("data", [b"", b"P", b"PK", b"PK\5\6" + bytes(18), b"Rar!", b"{}", b"\0" * 100])
def test_what_is_no_zip_is_refused(data):
    assert refusal(data) == "This is no package: the file does not begin as one does."


def test_another_programs_zip_is_refused_and_the_way_on_is_named():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert "unpack this one and load the document.json in it" in refusal(zipped(contents(), method))


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = zipped({README: bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    monkeypatch.setattr(zlib, "decompressobj", lambda *args: pytest.fail("it was unpacked"))
    assert f"{README}: This file is compressed" in refusal(bomb)


def test_encrypted_files_are_refused():
    data = bytearray(GOOD)
    data[6] |= 1
    assert refusal(bytes(data)) == f"{README}: This file is encrypted: those of packages are not."


def test_a_symbolic_link_is_refused():
    data = zipped(contents(), date_time=(1980, 1, 1, 0, 0, 0), create_system=3, external_attr=(0o120777 << 16))
    assert refusal(data).startswith("The end of the package does not list its files as they are")


def test_files_that_are_larger_than_they_may_be_are_refused_unread():
    class Counted(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            assert 0 <= size <= zips.CHUNK
            self.taken += size
            return super().read(size)

    header = zips._header(zips.Member(A_PICTURE, 0, images.MAX_BYTES + 1, 0))
    source = Counted(header + bytes(images.MAX_BYTES + 1))
    with pytest.raises(package.PackageError, match="This file is larger than 30 MB"):
        package.read(source)
    assert source.taken < 1000


def test_a_header_that_promises_more_than_the_file_holds_is_refused():
    for size in (10_000, 0xFFFFFFFF):
        data = bytearray(GOOD)
        data[18:26] = struct.pack("<LL", size, size)
        assert re.search("incomplete|larger than|damaged", refusal(bytes(data)))


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(package, "MOST_FILES", 4)
    assert "There are more than 4 files in the package." in refusal(GOOD)


def test_damaged_bytes_are_refused():
    for name, data in contents().items():
        harmed = bytearray(GOOD)
        harmed[GOOD.index(data) + len(data) // 2] ^= 4
        assert f"{name}: This file is damaged" in refusal(bytes(harmed))


@pytest.mark.parametrize(
    "data",
    [
        GOOD + b"\0",
        GOOD + b"PK",
        GOOD + GOOD,
        GOOD[:-2] + b"\5\0hello",  # a comment
        b"#!/bin/sh\n" + GOOD,
        GOOD.replace(b"PK\1\2", b"junkPK\1\2", 1),
    ],
)
def test_bytes_before_between_or_behind_are_refused(data):
    refusal(data)


def test_no_byte_around_the_files_may_be_another():
    inside = set()
    for member in zips.read(io.BytesIO(GOOD), package._largest, 99):
        inside |= set(range(member.start, member.start + member.size))
    for place in set(range(len(GOOD))) - inside:
        harmed = bytearray(GOOD)
        harmed[place] ^= 1
        refusal(bytes(harmed))


def test_overlapping_files_are_refused():
    """Two entries of the list that share one file's bytes, as in the smallest of bombs."""
    members = zips.read(io.BytesIO(GOOD), package._largest, 99)
    doubled = [*members, zips.Member(README + "2", members[0].crc, members[0].size, 0)]
    start = members[-1].start + members[-1].size
    assert "does not list its files as they are" in refusal(GOOD[:start] + zips._ending(doubled, start))


def test_quoted_headers_are_the_content_of_a_file_and_nothing_more():
    """A file inside a file is never found, since nothing looks for it."""
    files = with_sums(**{README: packed({"../evil": b"evil"})})
    assert package.read(io.BytesIO(packed(files))).document.slug == "small"


def test_half_a_package_is_refused_wherever_it_ends():
    for end in [*range(1, len(GOOD), 97), len(GOOD) - 1]:
        assert re.search("incomplete|no package", refusal(GOOD[:end]))


def test_reading_keeps_no_more_than_a_piece_in_memory():
    import tracemalloc

    size = 20 * 1024 * 1024
    names = [f"media/{number:064x}/image.png" for number in range(5)]
    data = packed(dict.fromkeys(names, bytes(size)))
    tracemalloc.start()
    try:
        zips.read(io.BytesIO(data), package._largest, 9)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * zips.CHUNK


def same_or_refused(data: bytes):
    try:
        read = package.read(io.BytesIO(data))
    except package.PackageError as error:
        assert error.faults and all(fault.sentence for fault in error.faults)
        return
    assert dumps(read.document) == contents()[DOCUMENT]
    assert {image.content for image in read.images()} == {each.content for each in CARDS}


PLACES = st.integers(0, len(GOOD) - 1)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), PLACES, st.binary(min_size=1, max_size=8)),
        st.tuples(st.just("insert"), PLACES, st.binary(min_size=1, max_size=50)),
        st.tuples(st.just("cut"), PLACES, st.integers(1, 2000)),
        st.tuples(st.just("copy"), PLACES, st.tuples(PLACES, st.integers(1, 500))),
    ),
    min_size=1,
    max_size=5,
)


def edited(data: bytes, edits) -> bytes:
    data = bytearray(data)
    for kind, place, what in edits:
        if kind == "write":
            data[place : place + len(what)] = what
        elif kind == "insert":
            data[place:place] = what
        elif kind == "cut":
            del data[place : place + what]
        else:
            data[place:place] = data[what[0] : sum(what)]
    return bytes(data)


@hypothesis_settings(max_examples=400, deadline=None)
@given(EDITS)
def test_a_package_changed_anywhere_is_the_same_or_is_refused(edits):
    same_or_refused(edited(GOOD, edits))


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(contents())), EDITS, st.booleans())
def test_a_package_whose_files_were_changed_and_packed_anew_is_the_same_or_is_refused(name, edits, with_new_sums):
    files = contents()
    files[name] = edited(files[name], edits)
    if with_new_sums and name not in (SUMS, README):
        files[SUMS] = sums({each: data for each, data in files.items() if each != SUMS})
    if name == DOCUMENT and with_new_sums:
        try:
            loads(files[name])
        except DocumentError:
            refusal(packed(files))
        return
    same_or_refused(packed(files))


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.permutations(list(contents())), st.integers(0, 6), st.integers(0, 6))
def test_files_left_out_doubled_or_moved_are_refused(names, left_out, doubled):
    files = contents()
    pairs = [(name, files[name]) for name in names]
    del pairs[left_out : left_out + 1]
    pairs += pairs[doubled : doubled + 1]
    same_or_refused(packed(pairs))


def test_json_reads_the_document_of_a_package_as_it_is(exhibit):
    with zipfile.ZipFile(io.BytesIO(written(exhibit))) as archive:
        assert json.loads(archive.read(DOCUMENT))["slug"] == "small"


def test_the_package_error_is_one_type_with_faults():
    assert issubclass(package.AlreadyHere, package.PackageError) and issubclass(package.PackageError, DocumentError)
    assert issubclass(checkpoints.NotKept, DocumentError)
