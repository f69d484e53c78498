"""The document: round trip, refusals with their places, older shapes."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import models as db_models

from tests import cases
from trials import models
from trials.editions import document as documents
from trials.editions import upgrade
from trials.editions.build import RECORDS, build
from trials.editions.restore import restore


def dumped(slug):
    """What dump_exhibit prints, as bytes."""
    out = StringIO()
    call_command("dump_exhibit", slug, stdout=out)
    return out.getvalue().encode()


def faults(content):
    """The faults of a document as lines."""
    with pytest.raises(documents.DocumentError) as refusal:
        documents.loads(content if isinstance(content, bytes) else cases.as_bytes(content))
    return [str(fault) for fault in refusal.value.faults]


def test_the_shipped_exhibit_is_dumped_byte_for_byte_as_it_was_loaded(loaded):
    assert dumped(cases.SHIPPED_SLUG) == cases.SHIPPED.read_bytes()


def test_every_field_survives_the_round_trip(small):
    first = documents.dumps(build(small))
    assert json.loads(first) == json.loads(documents.dumps(cases.document(cases.small_content())))
    small.delete()
    assert documents.dumps(build(restore(documents.loads(first)))) == first


def test_the_order_of_a_file_is_kept(db):
    content = cases.small_content()
    for part in ("people", "timeline", "sources"):
        content[part].reverse()
    content["timeline"][1]["people"].reverse()
    exhibit = cases.load(content)
    built = build(exhibit)
    assert [person.key for person in built.people] == ["ulrikh", "radek", "pyatakov"]
    assert built.timeline[1].people == ["pyatakov", "radek"]


def test_every_column_of_the_working_copy_is_in_the_document():
    left_out = {"id", "version", "order", "earliest", "latest", "exhibit"}
    for model in [models.Exhibit, *RECORDS]:
        shape = documents.Document if model is models.Exhibit else getattr(documents, model.__name__)
        owner = {getattr(model, "owner_field", "")} | (
            set(models.evidence.SUBJECTS) if model is models.Citation else set()
        )
        columns = {
            field.name for field in model._meta.get_fields() if isinstance(field, db_models.Field) and field.concrete
        }
        assert columns - left_out - owner == set(shape.model_fields) & columns, model


def test_loading_again_changes_no_version(small):
    before = {person.key: (person.pk, person.version) for person in models.Person.objects.all()}
    restore(build(small), small)
    assert {person.key: (person.pk, person.version) for person in models.Person.objects.all()} == before


def test_restoring_changes_only_what_differs(small):
    content = cases.small_content()
    content["people"][1]["life"]["en"] = "A journalist and a revolutionary."
    content["people"][0]["facts"][0]["date"] = "1937-02-01"
    del content["disputes"], content["terms"]
    before = {person.key: person.version for person in models.Person.objects.all()}
    restore(documents.loads(cases.as_bytes(content)), small)
    after = {person.key: person.version for person in models.Person.objects.all()}
    assert after == {**before, "radek": before["radek"] + 1}
    assert not models.Dispute.objects.exists() and not models.Term.objects.exists()
    assert models.Fact.objects.get().version == 2
    assert json.loads(documents.dumps(build(small))) == json.loads(documents.dumps(cases.document(content)))


def test_a_record_that_was_given_another_key_keeps_its_row(small):
    radek = models.Person.objects.get(key="radek")
    content = json.loads(
        json.dumps(cases.small_content()).replace('"radek"', '"karl-radek"').replace(":radek", ":karl-radek")
    )
    content["people"][1]["former_keys"].append("radek")
    restore(documents.loads(cases.as_bytes(content)), small)
    radek.refresh_from_db()
    assert radek.key == "karl-radek" and radek.former_keys == ["sobelsohn", "radek"]


def test_a_bad_file_is_refused_whole_with_every_fault_and_its_place(small, tmp_path):
    content = cases.small_content(title={"ru": "Без английского"})
    content["people"][0]["facts"][0]["date"] = "1937-02-30"
    content["people"][1]["defendant"]["sentence_years"] = None
    content["sources"][0]["kind"] = "gossip"
    content["surprise"] = True
    file = tmp_path / "bad.json"
    file.write_bytes(cases.as_bytes(content))
    before = documents.dumps(build(small))
    with pytest.raises(CommandError) as refusal:
        call_command("load_exhibit", file, replace=True)
    words = str(refusal.value)
    assert "nothing was changed" in words
    for place in (
        "title: The text is missing in the main language, “en”.",
        "people[0].facts[0].date (pyatakov): “1937-02-30” is not a date",
        "people[1].defendant (radek): Give the years of a prison sentence, and of no other.",
        "sources[0].kind (record): ",
        "surprise: This field is not known here.",
    ):
        assert place in words
    assert documents.dumps(build(small)) == before


def test_references_that_lead_nowhere_are_refused_with_their_place():
    content = cases.small_content()
    content["timeline"][0]["place"] = "nowhere"
    content["timeline"][0]["people"] = ["radek", "nobody"]
    content["disputes"][0]["entries"] = ["never"]
    content["people"][0]["facts"][0]["citations"][0]["source"] = "rumour"
    content["people"][1]["life"]["en"] = "See [@rumour, p. 1], [Nobody](person:nobody) and [out](../admin/)."
    assert faults(content) == [
        "people[0].facts[0].citations[0].source: There is no record “rumour” in “sources”.",
        "people[1].life.en: The text cites the source “rumour”, which this exhibit does not have.",
        "people[1].life.en: The text links to person “nobody”, which this exhibit does not have.",
        "people[1].life.en: The link to “../admin/” is neither a record of this exhibit (such as person:radek) "
        "nor an address that begins with https://.",
        "timeline[0].place: There is no record “nowhere” in “places”.",
        "timeline[0].people[1]: There is no record “nobody” in “people”.",
        "disputes[0].entries[0]: There is no record “never” in “timeline”.",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c["people"].append(c["people"][0]), "The key “pyatakov” stands for two records."),
        (lambda c: c["people"][1]["former_keys"].append("ulrikh"), "The key “ulrikh” stands for two records."),
        (lambda c: c["people"][1]["defendant"].update(number=1), "Two defendants have the number 1."),
        (lambda c: c["people"][2]["connections"][0].update(to="ulrikh"), "connected with himself or herself"),
        (lambda c: c["places"][0].pop("longitude"), "both latitude and longitude"),
        (lambda c: c["people"][0]["name"].update(en="Nul\x00"), "cannot be shown (U+0000)"),
        (lambda c: c["people"][0]["name"].update(en="Two\nlines"), "cannot be shown (U+000A)"),
        (lambda c: c["people"][0]["name"].update(en="x" * 301), "at most 300 fit here"),
        (lambda c: c["people"][0]["name"].update(en=" "), "Leave the language out instead"),
        (lambda c: c["people"][0].update(key="Not A Key"), "not written as it must be: “Not A Key”"),
        (lambda c: c.update(languages=["ru"]), "main language, “en”"),
        (lambda c: c.update(languages=["en", "en"]), "each once"),
        (lambda c: c["timeline"][0].update(date=""), "must not be empty"),
        (lambda c: c["sources"][0].update(url="javascript:alert(1)"), "not written as it must be"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_a_sentence(change, sentence):
    content = cases.small_content()
    change(content)
    assert sentence in "\n".join(faults(content))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not JSON"),
        (b"[]", "holds no document"),
        (b'{"shape": 1, "shape": 1}', "the field “shape” stands twice"),
        (b'{"shape": NaN}', "NaN is no number"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{}", "does not say which shape"),
        (b'{"shape": 99}', "reads shapes up to"),
        (b'{"shape": 0}', "cannot be read"),
        (b'{"shape": 1}', "slug: This field is missing."),
        (b"[" * 100_000, "recursion"),
        (b'{"title": "\\ud800"}', "shape"),
    ],
)
def test_what_is_no_document_is_refused_with_a_sentence(content, sentence):
    assert sentence in "\n".join(faults(content))


def test_a_lone_surrogate_is_refused():
    content = cases.as_bytes(cases.small_content()).replace(b"Karl Radek", b"\\ud800")
    assert "cannot be shown (U+D800)" in "\n".join(faults(content))


def test_a_lone_surrogate_in_the_name_of_a_language_is_refused():
    assert "lone surrogate" in faults(b'{"shape": 1, "title": {"\\ud800": "x"}}')[0]


def test_a_document_of_an_older_shape_is_upgraded(monkeypatch):
    def people_were_called_persons(content):
        return {"people": content.pop("persons"), **content}

    older = upgrade.SHAPE
    content = cases.small_content(shape=older)
    content["persons"] = content.pop("people")
    monkeypatch.setattr(upgrade, "SHAPE", older + 1)
    monkeypatch.setitem(upgrade.STEPS, older, people_were_called_persons)
    document = documents.loads(cases.as_bytes(content))
    assert document.shape == older + 1
    assert [person.key for person in document.people] == ["pyatakov", "radek", "ulrikh"]


def test_an_exhibit_that_is_here_and_differs_is_replaced_only_when_told(small, tmp_path):
    content = cases.small_content(where={"en": "Moscow, House of the Unions"})
    file = tmp_path / "document.json"
    file.write_bytes(cases.as_bytes(content))
    with pytest.raises(CommandError, match="differs from"):
        call_command("load_exhibit", file)
    call_command("load_exhibit", file, replace=True, stdout=StringIO())
    small.refresh_from_db()
    assert small.where["en"] == "Moscow, House of the Unions"


def test_a_missing_file_is_a_sentence():
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("load_exhibit", "/nowhere/document.json")


def test_an_unknown_exhibit_is_a_sentence_that_names_those_there_are(small):
    with pytest.raises(CommandError, match=r"no exhibit “big” in the working copy\. There is: small\."):
        call_command("dump_exhibit", "big")


def test_building_takes_the_same_number_of_queries_for_17_and_170_defendants(db, django_assert_num_queries):
    exhibit = cases.load(cases.large_content(17))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        build(exhibit)
    exhibit = cases.load(cases.large_content(170, 400) | {"slug": "larger"})
    with django_assert_num_queries(len(few)):
        document = build(exhibit)
    assert len(document.defendants) == 170


def test_people_who_point_to_each_other_can_go_together(small):
    content = cases.small_content()
    content["people"].append({"key": "braude", "name": {"en": "Braude"}, "sort_name": "Braude"})
    content["people"][0]["defendant"]["counsel"] = "braude"
    content["people"][0]["connections"] = [{"to": "braude", "words": {"en": "client of"}}]
    restore(documents.loads(cases.as_bytes(content)), small)
    content["people"] = [person for person in content["people"] if person["key"] in ("radek", "ulrikh")]
    content["timeline"][0]["people"] = ["radek"]
    content["disputes"][0]["people"] = []
    restore(documents.loads(cases.as_bytes(content)), small)
    assert [person.key for person in build(small).people] == ["radek", "ulrikh"]


def test_a_restore_that_changes_links_alone_counts_the_version_up(small):
    content = cases.small_content()
    content["timeline"][0]["people"] = ["radek"]
    restore(documents.loads(cases.as_bytes(content)), small)
    versions = dict(models.TimelineEntry.objects.values_list("key", "version"))
    assert versions == {"first-day": 2, "flight": 1}


def test_what_stands_twice_in_a_list_is_refused_with_its_place():
    content = cases.small_content()
    content["timeline"][0]["people"] = ["radek", "radek"]
    content["people"][0]["defendant"]["charges"] = ["treason", "treason"]
    assert faults(content) == [
        "people[0].defendant.charges[1]: “treason” stands twice in this list.",
        "timeline[0].people[1]: “radek” stands twice in this list.",
    ]


def test_a_zero_loses_its_sign_before_a_database_takes_it(small):
    content = cases.small_content()
    content["places"][0]["latitude"] = -0.0
    document = documents.loads(cases.as_bytes(content))
    assert b'"latitude": 0.0' in documents.dumps(document)
    assert documents.dumps(build(restore(document, small))) == documents.dumps(document)
