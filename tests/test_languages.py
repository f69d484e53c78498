"""A text in several languages in a form: one input for each, and nothing lost."""

import re

import pytest
from django import forms

from tests.html import Page
from trials.languages import LanguagesFormField, LanguagesWidget, Text
from trials.models import Source, Term

TWO = [("en", "English"), ("ru", "Russian")]


class TermForm(forms.ModelForm):
    class Meta:
        model = Term
        fields = ["term", "definition"]


@pytest.fixture
def two_languages(settings):
    settings.LANGUAGES = TWO


def rendered(form):
    return Page(form.as_p())


def test_a_single_language_is_one_input_that_the_label_of_the_field_points_at():
    page = rendered(TermForm())
    assert [label["for"] for label in page.all("label")] == ["id_term_en", "id_definition_en"]
    assert [field["id"] for field in page.all("input", "textarea")] == ["id_term_en", "id_definition_en"]
    assert page.faults == []


def test_each_of_several_languages_has_an_input_with_a_label_and_its_language(two_languages):
    page = rendered(TermForm())
    labels = [label["for"] for label in page.all("label")]
    fields = page.all("input", "textarea")
    assert [field["lang"] for field in fields] == ["en", "ru", "en", "ru"]
    assert all(field["id"] in labels for field in fields)
    assert "English" in page.words and "Russian" in page.words
    assert page.faults == []


def test_several_languages_are_a_group_with_the_name_of_the_field(two_languages):
    groups = [attributes for attributes in rendered(TermForm()).all("div") if attributes.get("role") == "group"]
    assert [group["aria-label"] for group in groups] == ["Term", "Explanation"]


def test_only_the_main_language_is_required_in_the_browser(two_languages):
    fields = rendered(TermForm()).all("input", "textarea")
    assert [field["name"] for field in fields if "required" in field] == ["term_en", "definition_en"]


def test_prose_is_a_textarea_and_a_line_is_an_input():
    page = rendered(TermForm())
    assert [field["name"] for field in page.all("input")] == ["term_en"]
    assert [field["name"] for field in page.all("textarea")] == ["definition_en"]


def test_what_is_written_is_escaped_and_a_first_line_break_is_kept():
    html = str(TermForm(initial={"definition": {"en": "\n<b>&"}})["definition"])
    # The first line break after the tag is the parser's; the second is the text's.
    assert re.search(r">\n\n&lt;b&gt;&amp;</textarea>", html)


def test_the_help_text_that_the_admin_shows_describes_the_input():
    class SourceForm(forms.ModelForm):
        class Meta:
            model = Source
            fields = ["reliability"]

    [field] = rendered(SourceForm()).all("textarea")
    assert field["aria-describedby"] == "id_reliability_en_helptext"


def test_a_field_with_an_error_says_so_to_screen_readers():
    fields = rendered(TermForm({"term_en": "", "definition_en": "Words."})).all("input", "textarea")
    assert [field.get("aria-invalid") for field in fields] == ["true", None]


def test_the_inputs_of_an_empty_form_carry_the_prefix_that_the_admin_replaces(two_languages):
    formset = forms.formset_factory(TermForm, extra=0)(prefix="terms")
    page = Page(formset.empty_form.as_p())
    fields = page.all("input", "textarea")
    assert [field["id"] for field in fields][:2] == [
        "id_terms-__prefix__-term_en",
        "id_terms-__prefix__-term_ru",
    ]
    assert [field["name"] for field in fields][:2] == ["terms-__prefix__-term_en", "terms-__prefix__-term_ru"]
    assert all(field["id"] in [label["for"] for label in page.all("label")] for field in fields)


def test_languages_that_are_stored_but_not_offered_are_kept():
    term = Term(term=Text(en="Old", fr="Vieux"), definition=Text(en="Words."))
    form = TermForm({"term_en": "New", "definition_en": "Words."}, instance=term)
    form.is_valid()
    assert form.instance.term == {"en": "New", "fr": "Vieux"}
    assert form.changed_data == ["term"]


def test_an_offered_language_that_is_emptied_goes(two_languages):
    term = Term(term=Text(en="Term", ru="Слово", fr="Mot"))
    form = TermForm({"term_en": "Term", "term_ru": " "}, instance=term)
    form.is_valid()
    assert form.instance.term == {"en": "Term", "fr": "Mot"}


def test_the_main_language_is_asked_for_where_another_is_written(two_languages):
    form = TermForm({"term_en": "", "term_ru": "Слово", "definition_en": "Words."})
    assert form.errors["term"] == ["Write this text in the main language first."]


def test_a_line_does_not_hold_several_lines_and_prose_does():
    with pytest.raises(forms.ValidationError, match="cannot be shown"):
        LanguagesFormField().clean({"en": "one\ntwo"})
    assert LanguagesFormField(lines=True).clean({"en": "one\r\ntwo"}) == {"en": "one\ntwo"}


def test_the_widget_says_whether_any_of_its_inputs_was_sent(two_languages):
    widget = LanguagesWidget()
    assert not widget.value_omitted_from_data({"term_ru": ""}, {}, "term")
    assert widget.value_omitted_from_data({"term_fr": "Mot"}, {}, "term")


def test_a_text_given_in_an_address_is_one_in_the_main_language(two_languages):
    page = rendered(TermForm(initial={"term": "Show trial"}))
    assert {item["name"]: item.get("value") for item in page.all("input")} == {"term_en": "Show trial", "term_ru": ""}
