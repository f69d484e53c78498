"""Sources from BibTeX and RIS: read by their fields, looked at first, then all added or none."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import cases
from tests.html import Page
from tests.test_admin import staff
from trials import bibliography
from trials.models import Source

PATH = "/admin/trials/source/from-bibliography/"
BIBTEX = r"""@string{press = "A Press"}
@book{one, author = {First, Ann and {The Office}}, title = {A {Long} Title of a Book}, year = 1990, publisher = press,
  address = {Oxford}, language = {english}, url = {https://example.org/a_b}}
@article{two, author = "M{\"u}ller, J. and {\v C}apek, K. and Third, C.", title = "On \emph{something} -- and more",
  journal = {A Review}, volume = 3, number = 2, pages = {12--34}, date = {1999-05-01}, doi = {10.1000/xyz}}
"""
RIS = """TY  - BOOK
AU  - Иванов, Иван
TI  - Название книги
PY  - 1997///
CY  - Москва
PB  - Издатель
LA  - ru
ER  -\x20

TY - NEWS
T1  - A headline of that day
JO  - A Paper
SP  - 12
EP  - 34
Y1  - 1937/02/01
ER  -\x20
"""


def test_bibtex_is_read_with_its_accents_names_and_abbreviations():
    one, two = bibliography.read(BIBTEX)
    assert one.label == "First, The Office 1990" and (one.language, one.url) == ("en", "https://example.org/a_b")
    assert one.reference == "First, Ann; The Office. A Long Title of a Book. Oxford: A Press, 1990."
    assert two.label == "Müller, Čapek et al. 1999" and two.url == "https://doi.org/10.1000/xyz"
    assert two.reference == "Müller, J.; Čapek, K.; Third, C. On something – and more. A Review 3 (2): 12–34. 1999."
    assert not one.faults + two.faults


def test_ris_is_read_in_any_script_and_with_a_space_too_few():
    one, two = bibliography.read(RIS.replace("\n", "\r\n"))
    assert (one.label, one.language) == ("Иванов 1997", "ru")
    assert one.reference == "Иванов, Иван. Название книги. Москва: Издатель, 1997."
    assert (two.kind, two.label) == ("press", "A headline of that day 1937")
    assert two.reference == "A headline of that day. A Paper: 12–34. 1937."


@pytest.mark.parametrize(
    "label, key",
    [("Conquest 1990", "conquest-1990"), ("Роговин 1997", "rogovin-1997-2"), ("…", "source"), ("_a__b", "a-b")],
)
def test_a_key_is_made_of_the_label_and_never_taken(label, key):
    assert bibliography.key_of(label, {"rogovin-1997"}) == key


@pytest.mark.parametrize(
    "text",
    [
        *("", "nothing", "TY  - BOOK\n", "TY  - " * 50_000, "ER  - \n" * 1000, "@book{" * 100_000, "@" * 999_999),
        *("@book{a, title={\x00}}", "x" * 1_000_001, "TY  - BOOK\nTY  - BOOK\nER  - \n"),
    ],
    ids=range(10),
)
def test_what_is_no_bibliography_is_refused_in_a_sentence(text):
    began = time.monotonic()
    with pytest.raises(ValueError, match=r"\.$"):
        bibliography.read(text)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "text",
    [
        *("@book{a, title={" + "{" * 500_000, "@book{a,title={" + "{" * 3000 + "}" * 3000 + "}}", "@book(a, b"),
        *(
            "@book{a,title={" + r"\emph{" * 600 + "x" + "}" * 600 + "}}",
            "@book{a,title={" + "$^{" * 900 + "}" * 901 + "}}",
        ),
        *("@book{x, title={a}}\n@book{x, title={b}}", "@book{a,title={}}", "@book{a," + "title={x}," * 20_000 + "}"),
    ],
    ids=range(8),
)
def test_what_is_wrong_with_an_entry_is_said_of_it(text):
    began = time.monotonic()
    assert any(entry.faults for entry in bibliography.read(text))
    assert time.monotonic() - began < 3


PIECES = [
    "@book{",
    "a",
    ",",
    "title",
    "=",
    "{",
    "}",
    '"',
    "#",
    "\\",
    "$",
    "%",
    "é",
    "\n",
    " and ",
    "TY  - ",
    "ER  - ",
    "AU  - ",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=80))
def test_no_text_is_too_odd(text):
    try:
        entries = bibliography.read(text)
    except ValueError:
        return
    assert all(entry.faults or entry.title for entry in entries)


# The page


@pytest.fixture
def page(small, admin_client):
    def post(text="", **data):
        sent = {"exhibit": small.pk, "text": text, "consulted": "exists", **data}
        return admin_client.post(f"{PATH}?exhibit={small.pk}", sent, follow=True)

    return post


def test_a_bibliography_is_looked_at_and_then_added_with_its_history(small, admin_client, page):
    looked = Page(page(BIBTEX).content.decode())
    assert "2 sources to add" in looked.words and "Add 2 sources" in looked.words and small.sources.count() == 2
    added = page(BIBTEX, add="1")
    assert "2 sources were added." in Page(added.content.decode()).words
    source = small.sources.get(key="muller-capek-et-al-1999")
    assert str(source.label) == "Müller, Čapek et al. 1999" and (source.consulted, source.order) == ("exists", 4)
    history = Page(admin_client.get(f"/admin/trials/source/{source.pk}/history/").content.decode())
    assert "Added" in history.words and "admin" in history.words


def test_what_is_there_already_is_told_and_not_added_twice(small, page):
    page(BIBTEX, add="1")
    more = BIBTEX.replace("10.1000/xyz", "10.1000/other") + "@misc{new, title={Something new entirely}, year=2001}"
    seen = Page(page(more).content.decode())
    assert "1 source to add" in seen.words and "2 there already" in seen.words
    page(more, add="1")
    assert small.sources.count() == 5
    later = page(BIBTEX.replace("1990", "2008").replace("https://example.org/a_b", ""))
    assert "1 source to add" in Page(later.content.decode()).words, "another edition is another source"
    said_otherwise = page(BIBTEX.replace("A Press", "Another").replace("https://example.org/a_b", ""))
    assert "2 there already" in Page(said_otherwise.content.decode()).words, "the same title of the same year"
    twice = "@misc{a, title={One and the same title}, year=2001}\n@misc{b, title={One and the same title}, year=2001}"
    assert "1 source to add · 1 there already" in Page(page(twice).content.decode()).words


def test_one_fault_and_nothing_is_added_nor_lost(small, page):
    text = BIBTEX + "@book{torn, title={a\n"
    response = page(text, add="1")
    seen = Page(response.content.decode())
    assert "the entry in line 6" in seen.words and "a bracket, a quotation mark or a comma is missing" in seen.words
    assert small.sources.count() == 2 and response.context["form"]["text"].value().strip() == text.strip()
    response = page(BIBTEX.replace("https://example.org/a_b", "javascript:alert(1)"), add="1")
    assert small.sources.count() == 2 and "Nothing can be added while 1 entry has a fault" in response.content.decode()


def test_a_file_is_read_and_shown_as_text(page):
    response = page(file=SimpleUploadedFile("a.ris", RIS.encode("utf-8-sig")))
    assert "Иванов 1997" in response.content.decode() and response.context["form"]["text"].value().startswith("TY")
    response = page(file=SimpleUploadedFile("a.ris", RIS.encode("utf-16")))
    assert "not encoded in UTF-8" in response.content.decode()


def test_looking_asks_the_same_number_of_questions_however_many_entries_there_are(page):
    counts = []
    for number in (2, 40):
        with CaptureQueriesContext(connection) as captured:
            page("\n".join(f"@misc{{k{n}, title={{Title of number {n}}}, year={1900 + n}}}" for n in range(number)))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_only_whoever_may_add_sources_may_do_so(small):
    assert staff("view_source", "change_source", "view_exhibit").get(PATH).status_code == 403


def test_a_source_without_a_key_is_named_by_its_label(small, admin_client):
    data = {
        "exhibit": small.pk,
        "label_en": "Rogovin, 1937",
        "reference_en": "R.",
        "kind": "press",
        "consulted": "exists",
    }
    for key in ("rogovin-1937", "rogovin-1937-2"):
        assert admin_client.post("/admin/trials/source/add/", {**data, "_popup": "1"}).status_code == 200
        assert Source.objects.filter(exhibit=small, key=key).exists()
    source = Source.objects.get(key="rogovin-1937")
    form = {**data, "key": "", "seen": source.version, "order": 1}
    admin_client.post(f"/admin/trials/source/{source.pk}/change/", form)
    source.refresh_from_db()
    assert (source.key, source.order) == ("rogovin-1937", 1)


def test_two_exhibits_keep_their_sources_apart(small, page):
    cases.load(cases.small_content(slug="other"))
    page(BIBTEX, add="1")
    assert Source.objects.exclude(exhibit=small).count() == 2
