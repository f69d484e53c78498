"""Records as spreadsheets: out and in without a loss, looked at before anything is written, all of it or nothing."""

import csv
import datetime
import io
import itertools
import re
import time
import zipfile
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from reversion.models import Revision, Version

from tests import cases
from trials import models, tables
from trials.admin.spreadsheets.importing import make_plan
from trials.admin.spreadsheets.kinds import KINDS as KINDS_BY_MODEL
from trials.editions.build import build
from trials.editions.document import dumps

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
KINDS = [models.Person, models.Defendant, models.Fact, models.TimelineEntry, models.Source]


@pytest.fixture(autouse=True)
def two_languages(settings):
    """The museum of these tests offers English and Russian."""
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]


def page_of(model, exhibit, page=""):
    """The address of one of the pages of a kind's spreadsheet."""
    return f"/admin/trials/{model._meta.model_name}/spreadsheet/{exhibit.pk}/{page}"


def exported(client, model, exhibit, extension="csv") -> bytes:
    response = client.get(page_of(model, exhibit, f"{extension}/"))
    assert response.status_code == 200 and extension in response["Content-Disposition"]
    return response.content


def rows_of(data: bytes) -> list[dict]:
    """An exported CSV as rows, the apostrophes before formulas still in it."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def as_csv(rows, **options) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(rows[0]), **options)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def as_xlsx(*rows) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def upload(client, model, exhibit, data: bytes, name="table.csv"):
    return client.post(page_of(model, exhibit), {"file": SimpleUploadedFile(name, data)})


def looked_at(client, model, exhibit, data: bytes, name="table.csv"):
    """The page on which a file is looked at: its address and its words."""
    response = upload(client, model, exhibit, data, name)
    assert response.status_code == 302, refusal(response)
    return response["Location"], client.get(response["Location"]).getvalue().decode()


def refusal(response) -> str:
    """The sentences with which a file is refused."""
    return " ".join(re.findall(r'<ul class="errorlist"[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL))


def counts(html) -> list[int]:
    """New, changed, unchanged, refused."""
    (line,) = re.findall(r'<p class="counts">(.*?)</p>', html)
    return [int(number) for number in re.findall(r"\d+", line)]


def confirm(client, address, html) -> str:
    (seen,) = re.findall(r'name="seen" value="(\w+)"', html)
    return client.post(address, {"seen": seen}).getvalue().decode()


def imported(client, model, exhibit, rows) -> str:
    """The words of the page after everything was looked at and written."""
    return confirm(client, *looked_at(client, model, exhibit, as_csv(rows)))


def working_copy(exhibit) -> bytes:
    return dumps(build(exhibit))


def test_what_excel_would_cut_off_is_refused_in_words_and_exported_as_csv(small, admin_client):
    fact, source = models.Fact.objects.first(), small.sources.first()
    models.Citation.objects.bulk_create(
        models.Citation(exhibit=small, fact=fact, source=source, locator=f"{number}" * 30)
        for number in range(1000, 1300)
    )
    response = admin_client.get(page_of(models.Fact, small, "xlsx/"), follow=True)
    assert response.redirect_chain == [(page_of(models.Fact, small), 302)]
    assert "longer than a cell of Excel may be. Export CSV instead." in response.content.decode()
    assert len(exported(admin_client, models.Fact, small)) > tables.LONGEST_CELL


def test_what_is_exported_comes_back_unchanged(loaded, admin_client):
    before = working_copy(loaded)
    for model, extension in itertools.product(KINDS, ("csv", "xlsx")):
        data = exported(admin_client, model, loaded, extension)
        _address, html = looked_at(admin_client, model, loaded, data, f"table.{extension}")
        assert counts(html) == [0, 0, model.objects.count(), 0], (model, extension)
        assert "nothing would change" in html and 'name="seen"' not in html
    assert working_copy(loaded) == before and not models.Checkpoint.objects.exists()


def test_texts_have_a_column_for_each_language_and_links_are_keys(small, admin_client):
    (first, *_others) = rows_of(exported(admin_client, models.TimelineEntry, small))
    assert first["title [en]"] == "First day" and first["title [ru]"] == ""
    assert (first["date"], first["place"], first["people"]) == ("1937-01-23", "house", "radek, pyatakov")
    assert first["citations"] == "record, p. 1"
    people = {row["key"]: row for row in rows_of(exported(admin_client, models.Person, small))}
    assert people["pyatakov"]["names"] == "Пятаков Георгий | original | ru"
    (fact,) = rows_of(exported(admin_client, models.Fact, small))
    assert (fact["id"], fact["person"]) == (str(models.Fact.objects.get().pk), "pyatakov")


def test_a_row_changes_its_record_and_only_that_after_it_was_looked_at(small, admin_client):
    rows = rows_of(exported(admin_client, models.TimelineEntry, small))
    rows[0].update({"title [ru]": "Первый день", "date": "about October 1936", "people": "ulrikh"})
    rows[0]["citations"] = "record, p. 2\ncontradicts: memoir"
    before = working_copy(small)
    address, html = looked_at(admin_client, models.TimelineEntry, small, as_csv(rows))
    assert counts(html) == [0, 1, 1, 0] and "Первый день" in html and "1936-10~" in html
    assert working_copy(small) == before

    citation, other = (
        models.Citation.objects.get(entry__key="first-day"),
        models.TimelineEntry.objects.get(key="flight"),
    )
    assert "1 record is written." in confirm(admin_client, address, html)
    entry = models.TimelineEntry.objects.get(key="first-day")
    assert entry.title.words() == {"en": "First day", "ru": "Первый день"}
    assert (entry.date, entry.version, [person.key for person in entry.people.all()]) == ("1936-10~", 2, ["ulrikh"])
    assert [(row.source.key, row.locator, row.contradicts) for row in entry.citations.all()] == [
        ("record", "p. 2", False),
        ("memoir", "", True),
    ]
    assert (
        entry.citations.first() == citation and models.TimelineEntry.objects.get(key="flight").version == other.version
    )
    assert admin_client.get(address).status_code == 404 and not models.Spreadsheet.objects.exists()


def test_what_was_before_is_kept_and_each_record_has_it_in_its_history(small, admin_client):
    before = working_copy(small)
    rows = rows_of(exported(admin_client, models.Person, small))
    rows[0]["summary [en]"], rows[1]["summary [en]"] = "One.", "Two."
    rows.append(
        {
            **rows[2],
            "key": "vyshinsky",
            "order": "",
            "names": "Вышинский | original | ru",
            "name [en]": "Andrei Vyshinsky",
        }
    )
    assert "3 records are written." in imported(admin_client, models.Person, small, rows)
    assert bytes(models.Checkpoint.objects.get().content) == before
    new = models.Person.objects.get(key="vyshinsky")
    assert new.names.get().spelling == "Вышинский" and new.order == models.Person.objects.exclude(pk=new.pk).count() + 1
    revision = Revision.objects.exclude(user=None).get()
    assert "table.csv" in revision.comment
    kept = Version.objects.get_for_model(models.Person).filter(revision=revision)
    assert {int(version.object_id) for version in kept} == {
        new.pk,
        *models.Person.objects.exclude(summary={}).values_list("pk", flat=True),
    }
    assert Version.objects.get_for_object(models.Person.objects.get(key=rows[0]["key"])).count() == 2
    assert sorted(LogEntry.objects.values_list("action_flag", flat=True)) == [1, 2, 2]


def test_one_bad_row_and_nothing_changes(small, admin_client):
    before = working_copy(small)
    rows = rows_of(exported(admin_client, models.TimelineEntry, small))
    rows[0]["title [en]"] = "Changed"
    rows[1].update({"date": "31 February 1937", "place": "nowhere", "phase": "later", "words [en]": ""})
    rows.append(
        {**rows[1], "key": "Bad Key", "date": "1937", "place": "", "phase": "trial", "words [en]": "[x](person:y)"}
    )
    rows.append(rows[0])
    address, html = looked_at(admin_client, models.TimelineEntry, small, as_csv(rows))
    assert counts(html) == [0, 1, 0, 3] and 'name="seen"' not in html
    for row, column in (
        (3, "date"),
        (3, "place"),
        (3, "phase"),
        (3, "words [en]"),
        (4, "key"),
        (4, "words [en]"),
        (5, "key"),
    ):
        assert re.search(rf'<th scope="row">{row}</th><td><code>{re.escape(column)}</code></td><td>.+</td>', html), (
            column
        )
    assert "no place with the key “nowhere”" in html and "stands in row 2 already" in html
    confirmed = admin_client.post(address, {"seen": "0" * 64}).getvalue().decode()
    assert "nothing was written" in confirmed and working_copy(small) == before


def test_what_somebody_changed_in_between_refuses_all_of_it_and_is_shown(small, admin_client):
    rows = rows_of(exported(admin_client, models.TimelineEntry, small))
    rows[0]["title [en]"] = "Changed"
    address, html = looked_at(admin_client, models.TimelineEntry, small, as_csv(rows))
    other = models.TimelineEntry.objects.get(key="flight")
    other.title = {"en": "Changed by a colleague"}
    other.save()
    before = working_copy(small)
    html = confirm(admin_client, address, html)
    assert "changed since you looked" in html and "Changed by a colleague" in html
    assert working_copy(small) == before
    assert "2 records are written." in confirm(admin_client, address, html)


def test_columns_that_are_missing_stay_and_unknown_ones_are_refused(small, admin_client):
    before = working_copy(small)
    address, html = looked_at(admin_client, models.Source, small, b"key;url\nrecord;https://example.org/\n")
    assert counts(html) == [0, 1, 0, 0]
    confirm(admin_client, address, html)
    source = models.Source.objects.get(key="record")
    assert source.url == "https://example.org/" and str(source.label) == "Court report 1937"
    _address, html = looked_at(admin_client, models.Source, small, b"key,adress\nrecord,x\n")
    assert "There is no such column" in html and "adress" in html and 'name="seen"' not in html
    _address, html = looked_at(admin_client, models.Fact, small, b"person,kind\nradek,death\n")
    assert "This column is missing" in html and models.Fact.objects.count() == 1
    address, html = looked_at(admin_client, models.Source, small, b"key,url\nrecord,\n")
    confirm(admin_client, address, html)
    assert working_copy(small) == before


def test_two_defendants_may_change_places_but_not_share_one(small, admin_client):
    rows = rows_of(exported(admin_client, models.Defendant, small))
    rows[0]["number"], rows[1]["number"] = "2", "2"
    _address, html = looked_at(admin_client, models.Defendant, small, as_csv(rows))
    assert counts(html)[3] == 1 and "stands in row 2 already" in html
    rows[1]["number"] = "1"
    imported(admin_client, models.Defendant, small, rows)
    assert list(models.Defendant.objects.order_by("number").values_list("person__key", flat=True)) == [
        "radek",
        "pyatakov",
    ]
    _address, html = looked_at(admin_client, models.Defendant, small, b"person,number\nradek,2\n")
    assert "has this number already" in html


def test_a_note_of_a_citation_stays_with_its_line(loaded, admin_client):
    before = models.Citation.objects.exclude(note={}).count()
    rows = rows_of(exported(admin_client, models.Fact, loaded))
    for row in rows:
        row["citations"] = "\n".join(reversed(row["citations"].split("\n")))
        row["words [en]"] += " "
    imported(admin_client, models.Fact, loaded, rows)
    assert before and models.Citation.objects.exclude(note={}).count() == before


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "''-1", "a\n=1", "a;=1", "－1", "- one\n- two", "'plain'"]


def test_nothing_in_a_cell_is_run_and_it_comes_back_unchanged(small, admin_client):
    text = dict(zip(("life", "not_to_confuse"), ("\n\n".join(FORMULAS), "=cmd|' /C calc'!A0"), strict=True))
    person = models.Person.objects.get(key="radek")
    for name, words in text.items():
        setattr(person, name, {"en": words})
    person.sort_name = "@SUM(1+9)"
    person.save()
    for row in rows_of(exported(admin_client, models.Person, small)):
        for cell in row.values():
            assert not re.search(r"\A[=+\-@\t\r＝＋－＠]|[;\t\n][=+\-@＝＋－＠]", cell), cell
    sheet = load_workbook(io.BytesIO(exported(admin_client, models.Person, small, "xlsx"))).active
    cells = [cell for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} and "=cmd|' /C calc'!A0" in [cell.value for cell in cells]
    assert all(cell.quotePrefix and cell.number_format == "@" for cell in cells)
    for extension in ("csv", "xlsx"):
        data = exported(admin_client, models.Person, small, extension)
        assert counts(looked_at(admin_client, models.Person, small, data)[1])[:2] == [0, 0]


@given(st.text(st.sampled_from("=+-@'\t\n;, a＝－"), max_size=12))
def test_a_guarded_text_starts_no_formula_and_is_found_again(text):
    guarded = tables.guard(text)
    assert tables.unguard(guarded) == text
    assert not re.search(r"\A[=+\-@＝＋－＠\t\n]|[;\t\n][=+\-@＝＋－＠]", guarded)


@pytest.mark.parametrize(
    ("encoding", "options"),
    [
        ("utf-8", {}),
        ("utf-8-sig", {"delimiter": ";"}),
        ("utf-16", {"delimiter": "\t"}),
        ("cp1251", {"delimiter": ";", "lineterminator": "\n"}),
    ],
)
def test_files_as_spreadsheet_programs_save_them_are_read(small, admin_client, encoding, options):
    rows = [{"key": "record", "reliability [ru]": "Отчёт составлен по стенограмме — не целиком; «см.» № 5"}]
    data = as_csv(rows, **options).decode().encode(encoding)
    address, html = looked_at(admin_client, models.Source, small, data)
    assert ("Windows-1251" in html) == (encoding == "cp1251")
    confirm(admin_client, address, html)
    assert models.Source.objects.get(key="record").reliability["ru"] == rows[0]["reliability [ru]"]


def zipped(*members) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist() if info.filename != name]
    return zipped(*members, (name, content))


TABLE = as_xlsx(["key", "url"], ["record", ""])
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
BILLION = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    + SHEET % b"<row><c t='str'><v>&b;</v></c></row>"
)
SHEET_NAME = "xl/worksheets/sheet1.xml"
FAR = b'<row r="1"><c r="A1" t="str"><v>key</v></c></row><row r="99999999999"><c t="str"><v>x</v></c></row>'

REFUSED = {
    "a JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "neither CSV nor XLSX"),
    "nothing": (b"", "empty"),
    "blank lines": (b"\n,,\n", "empty"),
    "a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "password"),
    "too large": (b"key\n" + b"x" * tables.LARGEST_FILE, "larger than 10 MB"),
    "another encoding": ("key,label [en]\nrecord,Häuser\n".encode("latin-1"), "encoding"),
    "another Cyrillic": ("key,label [en]\nrecord,Отчёт суда\n".encode("koi8-r"), "encoding"),
    "half of UTF-16": ("key\nrecord\n".encode("utf-16")[:-1], "encoding"),
    "an open quote": (b'key,url\nrecord,"open\n', "cannot be read"),
    "too many cells": (b"key,url\nrecord,x,y\n", "more cells than"),
    "a column twice": (b"key,url,url\nrecord,x,y\n", "there twice"),
    "a nameless column": (b"key,,url\nrecord,x,y\n", "no name"),
    "too many columns": (",".join(f"c{n}" for n in range(300)).encode(), "more than 200 columns"),
    "too many rows": (b"key\n" + b"".join(b"r%d\n" % n for n in range(5_001)), "more than 5000 rows"),
    "a ZIP of something else": (zipped(("readme.txt", b"x")), "neither CSV nor XLSX"),
    "half of an XLSX": (TABLE[: len(TABLE) // 2], "damaged"),
    "a damaged sheet": (with_member(TABLE, SHEET_NAME, b"<worksheet><"), "damaged"),
    "entities": (with_member(TABLE, SHEET_NAME, BILLION), "damaged"),
    "a bomb": (with_member(TABLE, SHEET_NAME, SHEET % (b" " * tables.LARGEST_UNPACKED)), "unpacks to more than"),
    "many members": (zipped(*((f"xl/{n}.xml", b"") for n in range(300)), ("xl/workbook.xml", b"")), "unpacks to more"),
    "a row far away": (with_member(TABLE, SHEET_NAME, SHEET % FAR), "below row"),
    "macros": (with_member(TABLE, "xl/vbaProject.bin", b"x"), "macros"),
    "links to other files": (with_member(TABLE, "xl/externalLinks/externalLink1.xml", b"x"), "links to other files"),
    "a formula": (as_xlsx(["key", "url"], ["record", "=1+1"]), "Row 2, column 2: There is a formula"),
    "an error": (as_xlsx(["key", "url"], ["record", "#REF!"]), "error of the spreadsheet"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_file_is_refused_in_a_sentence(name):
    data, sentence = REFUSED[name]
    with pytest.raises(tables.TableError, match=sentence):
        tables.read(data)


def test_the_form_says_why_a_file_is_refused(small, admin_client):
    for name in ("a JPEG", "nothing", "a password", "too large", "a bomb", "a formula"):
        data, sentence = REFUSED[name]
        response = upload(admin_client, models.Source, small, data)
        assert response.status_code == 200 and sentence in refusal(response), name
    assert not models.Spreadsheet.objects.exists()


def test_a_day_that_a_program_made_up_is_refused_and_one_that_was_typed_is_read(small, admin_client):
    book, target = Workbook(), io.BytesIO()
    book.active.append(["key", "date", "time"])
    for key, shown_as in (("first-day", "mmm-yy"), ("flight", "dd.mm.yyyy")):
        book.active.append([key, datetime.date(1937, 1, 1), datetime.time(12, 5)])
        book.active.cell(book.active.max_row, 2).number_format = shown_as
    book.save(target)
    response = upload(admin_client, models.TimelineEntry, small, target.getvalue(), "table.xlsx")
    assert "Row 2, column 2: The spreadsheet has made a day" in refusal(response)
    book.active.delete_rows(2)
    book.save(target := io.BytesIO())
    address, html = looked_at(admin_client, models.TimelineEntry, small, target.getvalue(), "table.xlsx")
    confirm(admin_client, address, html)
    flight = models.TimelineEntry.objects.get(key="flight")
    assert (flight.date, flight.time) == ("1937-01-01", "12:05")


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_whatever_the_bytes_are_a_file_is_read_or_refused(data):
    content = bytearray(data.draw(st.sampled_from([TABLE, b"key,url\nrecord,x\n", b"\xff\xfek\0e\0y\0"])))
    for _change in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(tables.read(bytes(content)), tables.Table)
    except tables.TableError as error:
        assert all(error.sentences)


def member(client, *codenames):
    """Sign in somebody with these permissions."""
    user = User.objects.create_user(f"member-{len(codenames)}-{User.objects.count()}", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return user


def test_looking_exports_and_adding_and_changing_imports(small, client, admin_client):
    rows = rows_of(exported(admin_client, models.Person, small))
    rows[0]["names"] = ""
    address, html = looked_at(admin_client, models.Person, small, as_csv(rows))
    assert "Export (CSV, XLSX)" not in admin_client.get("/admin/trials/person/").content.decode()

    member(client, "view_person")
    assert "names" not in rows_of(exported(client, models.Person, small))[0]
    assert "Export (CSV, XLSX)" in client.get("/admin/trials/person/").content.decode()
    assert 'type="file"' not in client.get(page_of(models.Person, small)).content.decode()
    for response in (upload(client, models.Person, small, as_csv(rows)), client.get(address), client.post(address)):
        assert response.status_code == 403
    assert client.get(page_of(models.Source, small, "csv/")).status_code == 403

    member(client, "view_person", "change_person", "view_name")
    assert upload(client, models.Person, small, as_csv(rows)).status_code == 403
    member(client, "view_person", "change_person", "add_person", "view_name")
    assert client.get(address).status_code == 404  # somebody else's
    _address, html = looked_at(client, models.Person, small, as_csv(rows))
    assert "permission “delete spelling of the name”" in html and 'name="seen"' not in html

    contributor = User.objects.create_user("contributor", is_staff=True)
    contributor.groups.add(Group.objects.get(name="contributor"))
    client.force_login(contributor)
    assert "1 record is written." in imported(client, models.Person, small, rows)
    assert not models.Name.objects.exists()


def test_records_of_another_exhibit_are_neither_changed_nor_linked_to(small, admin_client):
    other = cases.load(cases.small_content(slug="other"))
    models.Place.objects.filter(exhibit=other).update(key="elsewhere")
    fact = models.Fact.objects.of(other).get()
    _address, html = looked_at(admin_client, models.Fact, small, f"id,kind\n{fact.pk},birth\n".encode())
    assert "This exhibit has no such record" in html
    _address, html = looked_at(admin_client, models.TimelineEntry, small, b"key,place\nflight,elsewhere\n")
    assert "no place with the key" in html
    address, html = looked_at(admin_client, models.Source, small, b"key,url\nrecord,https://example.org/\n")
    assert admin_client.get(address.replace(f"/{small.pk}/", f"/{other.pk}/")).status_code == 404
    confirm(admin_client, address, html)
    assert models.Source.objects.get(exhibit=other, key="record").url == ""


def test_five_thousand_rows_are_looked_at_and_written_in_a_while_and_read_in_few_queries(small, admin_client):
    words = {"phase": "trial", "title [en]": "A day", "words [en]": "What happened is told.", "place": "house"}
    rows = [{"key": f"day-{n}", "date": f"{1500 + n % 500}", **words, "people": "radek, ulrikh"} for n in range(5_000)]
    began = time.process_time()
    address, html = looked_at(admin_client, models.TimelineEntry, small, as_csv(rows))
    assert counts(html) == [5_000, 0, 0, 0] and html.count("Rows checked") == 20
    assert "5000 records are written." in confirm(admin_client, address, html)
    assert time.process_time() - began < 20
    first, last = models.TimelineEntry.objects.get(key="day-0"), models.TimelineEntry.objects.get(key="day-4999")
    assert last.order == first.order + 4_999 and [person.key for person in last.people.all()] == ["radek", "ulrikh"]

    queries, curator = {}, User.objects.get(username="admin")
    table = tables.Table(["key"], [(2, {"key": "flight"})])
    for exhibit in (small, cases.load(cases.small_content(slug="other"))):
        with CaptureQueriesContext(connection) as captured:
            make_plan(KINDS_BY_MODEL[models.TimelineEntry], exhibit, table, curator)
        queries[exhibit] = len(captured)
    assert len(set(queries.values())) == 1


@pytest.fixture
def curator(browser, live_server, admin_client):
    """A signed-in curator’s page into which axe may be put; what it complains of is kept."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    cookie = {"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    yield context.new_page()
    context.close()


def look(page, where) -> list[str]:
    """What axe finds on the page as it is now, light and dark, and whether a tablet scrolls it sideways."""
    page.add_style_tag(content="* { transition: none !important }")
    page.evaluate(AXE.read_text())
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        results = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        found += [
            f"{where} {scheme}: {rule['id']}: {node['html'][:160]}"
            for rule in results["violations"]
            for node in rule["nodes"]
        ]
    page.set_viewport_size({"width": 820, "height": 1180})
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append(f"{where}: scrolls sideways at 820")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.browser
def test_a_curator_exports_mends_looks_and_imports(small, live_server, curator, tmp_path):
    curator.goto(f"{live_server.url}/admin/trials/person/?exhibit__id__exact={small.pk}")
    curator.click("text=Export and import")
    found = look(curator, "the page")
    with curator.expect_download() as download:
        curator.click("text=Export XLSX")
    assert download.value.suggested_filename == "small-person.xlsx"
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    column = next(cell.column for cell in book.active[1] if cell.value == "summary [en]")
    book.active.cell(2, column, "x" * 400)
    book.save(wrong := tmp_path / "people.xlsx")
    curator.set_input_files("[name=file]", wrong)
    curator.click("text=Look at what would change")
    curator.get_by_text("at most 300 fit here").wait_for()
    found += look(curator, "a fault")
    book.active.cell(2, column, "An engineer")
    book.save(wrong)
    curator.click("text=Choose the file again")
    curator.set_input_files("[name=file]", wrong)
    curator.click("text=Look at what would change")
    curator.get_by_text("An engineer").wait_for()
    found += look(curator, "a difference")
    curator.click("text=Import all of it")
    curator.get_by_text("1 record is written.").wait_for()
    found += look(curator, "written")
    assert models.Person.objects.get(key="pyatakov").summary == {"en": "An engineer"}
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_the_pages_keep_to_the_policy(small, live_server, admin_client, tab):
    cookie = {"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}
    tab.context.add_cookies([cookie])
    rows = b"key,sort_name\nradek,Radek\n"
    for address in (page_of(models.Person, small), upload(admin_client, models.Person, small, rows)["Location"]):
        tab.goto(live_server.url + address)
        assert tab.locator("h1").count() and tab.complaints == []
