"""Renditions: small copies in light formats, made from the original once, whole or not at all."""

import io
import multiprocessing
import os
import signal
import threading
import time

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.core.management import CommandError, call_command
from PIL import Image

from tests import cards, cases
from trials import images, renditions


@pytest.fixture(autouse=True)
def no_failure_remembered(monkeypatch):
    monkeypatch.setattr(renditions, "_rest_until", 0.0)


@pytest.fixture(params=["disk", "memory"])
def storage(request, tmp_path):
    """A disk, and a storage without folders or renaming, as those across a network are."""
    return FileSystemStorage(tmp_path / "media") if request.param == "disk" else InMemoryStorage()


@pytest.fixture
def disk(tmp_path):
    return FileSystemStorage(tmp_path / "media")


def stored(name, storage):
    card = cards.rewritten(name)
    images.store(card, storage)
    return card


def files(sha256, storage):
    return sorted(storage.listdir(sha256)[1])


def opened(sha256, name, storage):
    with storage.open(renditions.path_of(sha256, name)) as file:
        image = Image.open(io.BytesIO(file.read()))
    image.load()
    return image


@pytest.mark.parametrize(
    ("width", "avif", "webp"),
    [
        (3000, [360, 720, 1280], [360, 720, 1280, 2400]),
        (1280, [360, 720, 1280], [360, 720, 1280]),
        (900, [360, 720, 900], [360, 720, 900]),
        (360, [360], [360]),
        (1, [1], [1]),
    ],
)
def test_the_widths_follow_from_the_original_and_are_never_larger(width, avif, webp):
    assert renditions.widths(width, "avif") == avif and renditions.widths(width, "webp") == webp
    assert renditions.names(width) == [f"{step}.avif" for step in avif] + [f"{step}.webp" for step in webp]
    assert renditions.largest(width) == f"{webp[-1]}.webp"


@pytest.mark.parametrize("name", cards.CARDS)
def test_every_card_has_all_its_renditions_in_its_proportions_and_colours(name, disk):
    storage, card = disk, stored(name, disk)
    assert renditions.make_missing(card.sha256, storage) == len(renditions.names(card.width))
    assert files(card.sha256, storage) == sorted([f"image.{card.extension}", *renditions.names(card.width)])
    original = Image.open(io.BytesIO(card.content)).convert("RGBA")
    for rendition in renditions.names(card.width):
        image = opened(card.sha256, rendition, storage)
        step, format = rendition.split(".")
        assert image.format == format.upper() and image.width == int(step)
        assert image.height == max(1, round(card.height * image.width / card.width))
        assert not image.getexif() and "icc_profile" not in image.info and "xmp" not in image.info
        if card.width > 100:
            # A place left of the middle, away from letters: the red of the disc, or what lies under the lines.
            spot = (card.width // 2, card.height // 2 + min(card.width, card.height) // 5)
            here = image.convert("RGBA").getpixel(
                (spot[0] * image.width // card.width, spot[1] * image.width // card.width)
            )
            assert max(abs(a - b) for a, b in zip(here, original.getpixel(spot), strict=True)) < 24, rendition


def test_what_is_transparent_stays_so(storage):
    card = stored("transparent", storage)
    renditions.make_missing(card.sha256, storage)
    for name in renditions.names(card.width):
        image = opened(card.sha256, name, storage)
        assert image.mode == "RGBA" and image.getpixel((0, 0))[3] == 0


def test_sixteen_bits_of_grey_from_another_museum_stay_grey(storage):
    file = io.BytesIO()
    Image.new("I;16", (60, 40), 32768).save(file, "PNG")
    images.put(images.path_of("0" * 64, "png"), file.getvalue(), storage)
    assert renditions.make_missing("0" * 64, storage) == 2
    for name in renditions.names(60):
        assert abs(opened("0" * 64, name, storage).convert("L").getpixel((30, 20)) - 128) < 4


def test_what_is_there_is_not_made_again_unless_asked_for(storage):
    card = stored("tiny", storage)
    assert renditions.make_missing(card.sha256, storage) == 2
    assert renditions.make_missing(card.sha256, storage) == 0
    assert renditions.make_missing(card.sha256, storage, anew=True) == 2
    assert len(files(card.sha256, storage)) == 3


@pytest.mark.parametrize("name", ["999.avif", "2400.avif", "2400.webp", "360.jpg", "1281.webp"])
def test_no_other_width_is_ever_made(name, storage):
    card = stored("four-colours", storage)
    assert renditions.make(card.sha256, name, storage) is False
    assert files(card.sha256, storage) == ["image.jpg"]


def test_there_is_no_rendition_of_what_is_not_there(storage):
    assert renditions.make("0" * 64, "360.avif", storage) is False
    with pytest.raises(renditions.NotMade):
        renditions.make_missing("0" * 64, storage)
    renditions.prepare("0" * 64, storage)


@pytest.mark.parametrize(
    ("sha256", "name"), [("0" * 64, "../x.avif"), ("../" * 20, "360.avif"), ("0" * 64, "0360.avif")]
)
def test_a_name_that_is_none_leads_nowhere(sha256, name):
    with pytest.raises(ValueError, match="A rendition is called"):
        renditions.path_of(sha256, name)


def test_many_who_ask_at_once_make_one_file_and_one_at_a_time(disk, monkeypatch):
    card, original, busy, encoded = stored("four-colours", disk), renditions._encoded, [0], []

    def counted(*args):
        busy[0] += 1
        encoded.append((args[1], busy[0]))
        time.sleep(0.02)
        content = original(*args)
        busy[0] -= 1
        return content

    monkeypatch.setattr(renditions, "_encoded", counted)
    monkeypatch.setattr(renditions, "PATIENCE", 20)
    asked = ["360.avif", "360.avif", "360.avif", "360.webp", "360.avif", "360.webp"]
    threads = [threading.Thread(target=renditions.make, args=(card.sha256, name, disk)) for name in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(encoded) == [("360.avif", 1), ("360.webp", 1)]
    assert files(card.sha256, disk) == ["360.avif", "360.webp", "image.jpg"]


def test_whoever_would_wait_too_long_is_told(disk, monkeypatch):
    card = stored("tiny", disk)
    monkeypatch.setattr(renditions, "PATIENCE", 0.05)
    with renditions._alone(1), pytest.raises(renditions.NotMade):
        renditions.make(card.sha256, "40.avif", disk)
    assert renditions.make(card.sha256, "40.avif", disk)


def test_a_full_disk_leaves_nothing_and_is_not_tried_again_at_once(disk, monkeypatch):
    card, tried = stored("tiny", disk), []

    def full(*args):
        tried.append(args)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        for _ in range(3):
            with pytest.raises(renditions.NotMade):
                renditions.make(card.sha256, "40.avif", disk)
        renditions.prepare(card.sha256, disk)
    assert len(tried) == 2  # once of the three, and once for the curator
    assert files(card.sha256, disk) == ["image.jpg"]
    monkeypatch.setattr(renditions, "_rest_until", 0.0)
    assert renditions.make(card.sha256, "40.avif", disk)


def _killed_while_writing(folder, sha256):
    storage = FileSystemStorage(folder)
    os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
    renditions.make(sha256, "360.avif", storage)


def test_a_process_that_is_killed_halfway_leaves_no_half_file_and_nobody_waiting(disk):
    card = stored("four-colours", disk)
    process = multiprocessing.get_context("fork").Process(
        target=_killed_while_writing, args=(disk.location, card.sha256)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not disk.exists(renditions.path_of(card.sha256, "360.avif"))
    assert renditions.make(card.sha256, "360.avif", disk)
    assert opened(card.sha256, "360.avif", disk).size == (360, 270)


def test_a_damaged_original_is_no_error_of_ours(disk):
    card = stored("tiny", disk)
    for content in (b"", card.content[: len(card.content) // 2], b"<svg/>"):
        images.put(images.path_of(card.sha256, card.extension), content, disk)
        with pytest.raises(renditions.NotMade):
            renditions.make(card.sha256, "40.avif", disk)
        renditions.prepare(card.sha256, disk)


# The command


@pytest.fixture
def exhibit(db):
    return cards.exhibit("landscape", "tiny")


def test_the_command_makes_what_is_missing_and_says_so(exhibit, capsys):
    call_command("make_renditions")
    assert "2 pictures, 9 renditions made" in capsys.readouterr().out
    call_command("make_renditions")
    assert "2 pictures, none was missing" in capsys.readouterr().out
    call_command("make_renditions", "--anew")
    assert "9 renditions made" in capsys.readouterr().out


def test_the_command_also_looks_after_pictures_that_only_editions_have(exhibit, capsys):
    cases.publish.publish(exhibit, "First.")
    exhibit.sections.update(image=None)
    exhibit.timeline.update(image=None)
    exhibit.images.all().delete()
    call_command("make_renditions")
    assert "2 pictures, 9 renditions made" in capsys.readouterr().out


def test_the_command_names_what_could_not_be_made(exhibit, capsys):
    from django.core.files.storage import default_storage

    lost = cards.rewritten("tiny")
    default_storage.delete(images.path_of(lost.sha256, lost.extension))
    with pytest.raises(CommandError, match=lost.sha256):
        call_command("make_renditions")
    assert default_storage.exists(f"{cards.rewritten('landscape').sha256}/360.avif")
