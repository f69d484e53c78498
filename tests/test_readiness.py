"""What is missing or doubtful before publication: each rule on an exhibit that breaks it."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from tests import cases
from tests.test_compare import PICTURE, person
from trials.editions import readiness
from trials.editions.document import loads
from trials.editions.readiness import ADVISES, BLOCKS
from trials.languages import digest_of
from trials.models import KeyPoint


def clean():
    """The small exhibit, in which nothing is missing."""
    content = cases.small_content()
    for record in (*content["people"][1:2], *content["charges"], *content["disputes"]):
        record["citations"] = [{"source": "record"}]
    person(content, "radek").pop("citations")
    person(content, "ulrikh")["connections"][0]["citations"] = [{"source": "record"}]
    content["timeline"][1]["citations"] = [{"source": "record"}]
    content["images"] = [{**PICTURE, "credit": "A museum"}]
    return content


def found(change=lambda content: None):
    """The findings about the clean exhibit after ``change``."""
    content = clean()
    change(content)
    return readiness.readiness(cases.document(content))


def one(change):
    """The one finding."""
    (finding,) = found(change)
    return finding


def facts(*facts):
    """A change that gives Pyatakov other facts: pairs of kind and date, or triples with more about it."""

    def change(content):
        person(content, "pyatakov")["facts"] = [
            {
                "kind": kind,
                "date": date,
                "words": {"en": f"{kind}."},
                "citations": [{"source": "record"}, {"source": "memoir"}],
                **dict(*more),
            }
            for kind, date, *more in facts
        ]

    return change


def test_a_clean_exhibit_has_no_findings():
    assert found() == []


def test_the_shipped_exhibit_is_ready_and_its_five_doubts_are_known():
    findings = readiness.readiness(loads(cases.SHIPPED.read_bytes()))
    assert Counter((finding.severity, finding.rule) for finding in findings) == {
        (ADVISES, "statement_without_source"): 5,
        (ADVISES, "translation_not_reviewed"): 1,
    }


def translated(content, made_from):
    """Give the exhibit a title in Russian, made from the text with this digest."""
    content.update(languages=["en", "ru"])
    content["title"].update({"ru": "Маленькая выставка", "ru.of": made_from})


RULES = {
    "practice_exhibit": lambda c: c.update(practice=True),
    "image_without_alternative_text": lambda c: c["images"][0].pop("alt"),
    "impossible_order": facts(("death", "1937-02-01"), ("arrest", "1938")),
    "doubtful_order": facts(("death", "1937-02-01?"), ("arrest", "1938")),
    "image_without_credit": lambda c: c["images"][0].pop("credit"),
    "statement_without_source": lambda c: c["key_points"][0].pop("citations"),
    "text_not_translated": lambda c: c.update(languages=["en", "ru"]),
    "translation_out_of_date": lambda c: translated(c, "0123abcd"),
    "translation_not_reviewed": lambda c: translated(c, digest_of("A small exhibit")),
    "text_over_its_budget": lambda c: c["key_points"][0].update(words={"en": "word " * 26}),
    "heading_out_of_order": lambda c: c["charges"][0].update(known={"en": "## Known\n\nNothing."}),
    "nothing_to_tell": lambda c: c.update(sections=[], terms=[]),
    "title_twice": lambda c: c["places"].append({"key": "again", "name": {"en": "House of the Unions"}}),
    "source_never_cited": lambda c: c["sources"].append(
        {"key": "new", "kind": "press", "label": {"en": "A newspaper"}, "reference": {"en": "A newspaper."}}
    ),
    "person_without_content": lambda c: c["people"].append(
        {"key": "nobody", "name": {"en": "Nobody"}, "sort_name": "Nobody"}
    ),
}
BLOCKING = {"practice_exhibit", "image_without_alternative_text", "impossible_order"}


def test_every_rule_is_tried_here():
    assert [rule.__name__ for _severity, rule in readiness.RULES if rule.__name__ not in RULES] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_what_breaks_it(rule):
    findings = [finding for finding in found(RULES[rule]) if finding.rule == rule]
    assert findings
    assert {finding.severity for finding in findings} == {BLOCKS if rule in BLOCKING else ADVISES}
    assert all(finding.sentence and finding.place and finding.title for finding in findings)


def test_a_finding_names_its_place():
    finding = one(facts(("birth", "1890"), ("death", "1937-02-01"), ("arrest", "1938-05")))
    assert (finding.part, finding.key, finding.field) == ("people", "pyatakov", "facts[2].date")
    assert finding.place == "people, Georgy Pyatakov, facts, 3: date"
    assert str(finding) == f"{finding.place}: “Arrest” is after “Death”. One of the dates is wrong."


def test_what_blocks_comes_first():
    def change(content):
        content["key_points"][0].pop("citations")
        content["images"][0].pop("credit")
        content["practice"] = True

    assert [finding.severity for finding in found(change)] == [BLOCKS, ADVISES, ADVISES]


def test_a_decorative_image_needs_no_words():
    assert found(lambda content: content["images"][0].update(alt={}, decorative=True)) == []


def test_alternative_text_in_another_language_is_none():
    finding = found(lambda content: content["images"][0].update(alt={"ru": "Зал"}))[0]
    assert (finding.severity, finding.field, finding.language) == (BLOCKS, "alt", "en")


@pytest.mark.parametrize(
    "dates",
    [
        [("birth", "1890"), ("death", "1889")],
        [("birth", "1890"), ("arrest", "1880")],
        [("death", "1937-02-01"), ("confession", "1937-02-02")],
        [("death", "1937-02-01"), ("burial", "1937-01")],
        [("sentence", "1936-08-24"), ("sentence", "1936")],
        [("plea", "[..1937-01-22]"), ("death", "1937-02-01")],
    ],
)
def test_an_order_that_cannot_be_blocks(dates):
    assert BLOCKS in {finding.severity for finding in found(facts(*dates))}


@pytest.mark.parametrize(
    "dates",
    [
        [("birth", "1890?"), ("death", "1889")],
        [("death", "1937-02-01"), ("arrest", "1938", {"standing": "disputed"}.items())],
        [("death", "1937-02-01"), ("arrest", "1938", {"standing": "unverified"}.items())],
        [("death", "1937-02-01~"), ("arrest", "1938")],
        [("death", "1937"), ("arrest", "1937-06")],
        [("burial", "1937"), ("death", "1937-02-01")],
        [("death", "1937-02-01"), ("sentence", "1938")],
        [("rehabilitation", "1936"), ("sentence", "1937-01-30")],
        [("sentence", "[1936-12-01..1937-02]")],
    ],
)
def test_an_order_that_may_be_wrong_advises(dates):
    assert {(f.rule, f.severity) for f in found(facts(*dates))} == {("doubtful_order", ADVISES)}


@pytest.mark.parametrize(
    "dates",
    [
        [("birth", "1890"), ("arrest", "1936"), ("sentence", "1937-01-30"), ("death", "1937-01-30")],
        [("death", "1937-02-01"), ("arrest", "1938", {"standing": "alleged"}.items())],
        [("death", "1930", {"standing": "refuted"}.items()), ("arrest", "1936")],
        [("death", ""), ("arrest", "1936")],
        [("death", "[..1938]"), ("arrest", "1936")],
        [("death", "1936"), ("death", "1938"), ("arrest", "1937")],
        [("sentence", "1928"), ("sentence", "1937-01-30"), ("rehabilitation", "1929")],
        [("other", "1880"), ("birth", "1890"), ("family", "1889")],
    ],
)
def test_an_order_that_can_be_is_no_finding(dates):
    assert found(facts(*dates)) == []


def test_a_sentence_of_somebody_who_is_not_accused_here_may_be_older_than_the_trial():
    def change(content):
        words = {"en": "Sentenced."}
        fact = {"kind": "sentence", "date": "1936", "words": words, "citations": [{"source": "record"}]}
        person(content, "ulrikh")["facts"] = [fact]

    assert found(change) == []


def test_a_source_in_the_words_is_a_source():
    def change(content):
        content["key_points"][0].pop("citations")
        content["key_points"][0]["words"] = {"en": "Two were accused [@record, p. 4]."}

    assert found(change) == []


def test_what_is_marked_as_not_verified_needs_no_source():
    assert found(facts(("birth", "1890", {"standing": "unverified"}.items()))) == []
    findings = found(facts(("birth", "1890", {"citations": []}.items())))
    assert "statement_without_source" in {finding.rule for finding in findings}


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("lede", "One word. " * 31, "has 62 words; 60 are enough"),
        ("lede", "word " * 26 + "[@record, p. 4]", "is a sentence of 26 words; 25 are enough"),
        ("lede", "word " * 20 + "of K. B. Radek on p. 4 of it", "is a sentence of 29 words; 25 are enough"),
        ("credits", "Two words. " * 51, "is a paragraph of 102 words; 100 are enough"),
    ],
)
def test_a_text_over_its_budget_is_quoted_and_counted(field, words, said):
    finding = one(lambda content: content.update({field: {"en": words.strip()}}))
    assert said in finding.sentence and (finding.field, finding.language) == (field, "en")


@pytest.mark.parametrize(
    "words",
    [
        "One word. " * 30,
        "G. L. Pyatakov and K. B. Radek stood before the court on p. 4 of its own report.",
        "word " * 24 + "[@record, p. 4] .",
        "First.\n\n" + "Two words. " * 20,
    ],
)
def test_a_text_within_its_budget_is_no_finding(words):
    assert found(lambda content: content.update(lede={"en": words.strip()})) == []


def test_a_language_that_is_not_listed_is_not_measured():
    assert found(lambda content: content["lede"].update(ru="слово " * 80)) == []


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("### One\n\nWords.\n\n#### Below\n\nWords.\n\n### Two\n\nWords.", 0),
        ("#### Below\n\nWords.", 1),
        ("# Whole\n\nWords.\n\n### One", 1),
        ("##### Deep", 1),
        ("A #hash and 1937 ###", 0),
    ],
)
def test_headings_in_prose_have_an_order(words, count):
    findings = found(lambda content: content["charges"][0].update(known={"en": words}))
    assert [finding.rule for finding in findings] == ["heading_out_of_order"] * count


def test_each_missing_translation_is_a_finding_of_its_own():
    findings = found(lambda content: content.update(languages=["en", "ru"]))
    findings = [finding for finding in findings if finding.rule != "translation_not_reviewed"]
    assert {(finding.rule, finding.language) for finding in findings} == {("text_not_translated", "ru")}
    places = {(finding.part, finding.field) for finding in findings}
    assert ("sections", "heading") in places and ("sections", "body") not in places
    assert ("people", "facts[0].words") in places and ("exhibit", "lede") in places


def test_the_command_prints_the_findings_and_fails_where_something_blocks(db, capsys):
    content = clean()
    content["key_points"][0].pop("citations")
    exhibit = cases.load(content)
    call_command("check_exhibit", "small")
    printed = capsys.readouterr().out
    assert "Advises: key points, Two were accused., citations: This names no source." in printed
    assert "can be published. Findings that advise: 1." in printed
    exhibit.practice = True
    exhibit.save()
    with pytest.raises(CommandError, match="cannot be published: 1 of 2 findings block it"):
        call_command("check_exhibit", "small")
    assert "Blocks: exhibit, A small exhibit, practice exhibit" in capsys.readouterr().out


def test_a_working_copy_that_is_not_whole_has_its_faults_for_findings(db):
    exhibit = cases.load(clean())
    KeyPoint.objects.filter(exhibit=exhibit).update(words={"en": "See [@nothing] and [nobody](person:nobody)."})
    findings = readiness.check(exhibit)
    assert {(finding.severity, finding.part) for finding in findings} == {(BLOCKS, "key_points")}
    assert any("source “nothing”" in finding.sentence for finding in findings)
    assert "key_points[0].words.en" in str(findings[0])


def test_a_former_key_that_stands_for_two_people_blocks(db):
    exhibit = cases.load(clean())
    exhibit.people.filter(key="ulrikh").update(former_keys=["sobelsohn"])
    (finding,) = readiness.check(exhibit)
    assert finding.severity == BLOCKS and "“sobelsohn” stands for two records" in finding.sentence
