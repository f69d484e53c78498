"""Quotation marks, dashes and spaces of each language, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials import prose
from trials.typography import LANGUAGES, mend

S = "\u00a0"


@pytest.mark.parametrize(
    "language, typed, set_",
    [
        ("en", 'He said "so".', "He said “so”."),
        ("en", "\"He said 'so',\" she wrote.", "“He said ‘so’,” she wrote."),
        ("en", "The accused's '30s, Stalin's orders", "The accused’s ’30s, Stalin’s orders"),
        ("en", 'Two marks *"at once"* and ["linked"](term:purge)', "Two marks *“at once”* and [“linked”](term:purge)"),
        ("en", "a 5'10\" man", "a 5'10\" man"),
        ("en", "He waited - long -- and spoke...", "He waited – long – and spoke…"),
        ("en", "1936-1937, pp. 12-14. But 1937-01-30", f"1936–1937, pp.{S}12–14. But 1937-01-30"),
        ("en", "N. I. Bukharin  and K. Radek", f"N.{S}I.{S}Bukharin and K.{S}Radek"),
        ("ru", 'Он сказал "так" - и ушёл.', f"Он сказал «так»{S}— и{S}ушёл."),
        ("ru", 'Газета "Орган "Правды""', "Газета «Орган „Правды“»"),
        ("ru", "30 января 1937 года в Москве, с. 46-47", f"30{S}января 1937{S}года в{S}Москве, с.{S}46–47"),
        ("ru", "так ли это", f"так{S}ли это"),
        ("de", 'Er sagte "so", S. 5', f"Er sagte „so“, S.{S}5"),
        ("uk", 'п\'ять - "так"', f"п’ять{S}— «так»"),
        ("hy", 'Он "так"...', 'Он "так"…'),
    ],
)
def test_what_a_typewriter_knows_becomes_what_a_printer_sets(language, typed, set_):
    assert mend(typed, language) == set_


@pytest.mark.parametrize(
    "kept",
    [
        '[@record, "p. 4-5" - so]',
        '[x](https://example.org/a--b?c="d")',
        "<https://example.org/1936-1937>",
        '`"code" - code`',
        "- an item\n- another\n  - below",
        "1. first\n2. second",
        "Heading\n---\n\n---",
        "> a quotation",
        r"\"escaped\"",
        "a line  \nbroken",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_citations_links_code_and_marks_stay(language, kept):
    assert mend(kept, language) == kept


PIECES = """" ' - -- – … ... « » „ “ ” ‘ ’ a Б 1937 * _ [ ] ( ) ` \\ [@k,p.4] ](person:k) p. с. А.""".split()
PIECES += [" ", "  ", "\n", "\n\n", "> ", "- ", "1. ", "\ue000"]
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60)


@given(texts, st.sampled_from([*LANGUAGES, "hy", ""]))
def test_mending_twice_is_mending_once_and_no_reference_changes(words, language):
    mended = mend(words, language)
    assert mend(mended, language) == mended
    assert prose.references(mended) == prose.references(words)
