"""Where sources differ: the question, what each source says, and what this exhibit says."""

from tests import cases
from tests.html import Page
from trials.editions import publish

DISPUTES = f"/exhibits/{cases.SHIPPED_SLUG}/disputes/"


def part_of(html, key):
    """The page of one question."""
    begins = html.index(f'<li id="dispute-{key}"')
    return Page(html[begins : html.index('<li id="dispute-', begins + 4)])


def test_a_question_says_which_sources_support_the_answer_and_which_say_otherwise(shipped, client):
    words = part_of(client.get(DISPUTES).content.decode(), "october-hall").words
    supporting, otherwise = words.split("In support of it")[1].split("Says otherwise")
    assert "Kotkin 2017" in supporting and "Zhukov 2003" not in supporting
    assert "Zhukov 2003 (Scholarship) It names the Hall of Columns." in otherwise


def test_every_question_is_answered_and_names_who_and_what_it_concerns(shipped, client):
    html = client.get(DISPUTES).content.decode()
    disputes = cases.shipped_document().disputes
    page = Page(html)
    assert page.words.count("What this exhibit says") == len(disputes)
    for dispute in disputes:
        assert f"#dispute-{dispute.key}" in page.links and f"dispute-{dispute.key}" in page.ids
    part = part_of(html, "radek-arrest")
    assert {"../people/radek/", "../people/yagoda/", "../timeline/#entry-arrest-of-radek"} <= set(part.links)


def test_a_question_without_sources_has_no_empty_sides(small, client):
    publish.publish(small, "First.")
    words = Page(client.get("/exhibits/small/disputes/").content.decode()).words
    assert "Probably on 1 February." in words
    assert "In support of it" not in words and "Says otherwise" not in words
