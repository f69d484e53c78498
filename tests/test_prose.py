"""Prose: citations, links to records, and HTML that is clean whatever was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.html import Page
from trials import prose


def html(source):
    """``source`` as HTML with plain links and marks."""
    return prose.to_html(
        source,
        link=lambda kind, key: f"/{kind}/{key}",
        cite=lambda key, locator: f'<sup><a href="#{key}">{locator or key}</a></sup>',
    )


def test_a_citation_becomes_a_mark_right_after_its_word():
    assert html("He was shot. [@record, p. 46] [@memoir] Later") == (
        '<p>He was shot.<sup><a href="#record">p. 46</a></sup>\u202f<sup><a href="#memoir">memoir</a></sup> Later</p>\n'
    )


def test_a_link_to_a_record_becomes_its_address():
    assert '<a href="/person/radek">Radek</a>' in html("[Radek](person:radek)")


def test_what_prose_points_at_is_listed_in_order():
    assert list(prose.references("[@a, p. 1] [R](person:radek) [out](https://example.org) [@b]")) == [
        prose.Reference("source", "a", "p. 1", cited=True),
        prose.Reference("person", "radek"),
        prose.Reference("outside", "https://example.org"),
        prose.Reference("source", "b", "", cited=True),
    ]


@pytest.mark.parametrize("link", ["../admin/", "/", "ftp://x.org", "person:", "https://user@x.org/", "#anchor"])
def test_a_link_that_is_neither_a_record_nor_an_address_is_a_fault(link):
    assert "is neither a record of this exhibit" in prose.faults(f"[x]({link})", lambda kind, key: True)[0]


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://example.org/x.png)",
        '[x](https://example.org "onmouseover=alert(1)")',
        "<svg/onload=alert(1)>",
        "[@record, <script>]",
        "```\n<script>\n```",
    ],
)
def test_nothing_that_runs_gets_through(evil):
    page = Page(html(evil))
    assert not page.all("script", "img", "svg", "iframe")
    assert all(not name.startswith("on") for _tag, attributes in page.elements for name in attributes)
    assert all(not link.startswith(("javascript", "data")) for link in page.links)


@given(st.text(max_size=300))
def test_whatever_is_written_the_html_is_well_formed_and_harmless(source):
    page = Page(html(source))
    assert page.faults == []
    assert {tag for tag, _attributes in page.elements} <= prose.TAGS
    assert all(link.split(":")[0] in ("http", "https", "mailto") or link[:1] in "/#" for link in page.links)
    prose.to_plain(source)
    prose.references(source)


def test_the_plain_words_have_no_marks():
    assert prose.to_plain("# Head\n\nHe was *shot*. [@record]\nIn [Moscow](place:moscow).") == (
        "Head He was shot. In Moscow."
    )


def test_one_paragraph_can_stand_inside_another_element():
    functions = {"link": lambda kind, key: "", "cite": lambda key, locator: ""}
    assert prose.to_inline_html("One *line*.", **functions) == "One <em>line</em>."
    assert prose.to_inline_html("Two.\n\n- Items\n- here.", **functions) == "Two.<br>Items<br>here."


@given(st.text("ab 1.)-+#*_[]<>&~|=\\`\n\t\xa0–", max_size=30))
def test_words_without_marks_are_plain_as_they_are(source):
    parsed = (token for block in prose._parser().parse(source) for token in [*(block.children or ()), None])
    words = [" " if token is None else token.content or " " * (token.type != "citation") for token in parsed]
    if not prose.MARKED.search(source):
        assert prose.to_plain(source) == " ".join("".join(words).split()).replace(" .", ".").strip()
