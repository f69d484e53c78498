"""No English word is left on a Russian page: not in its text, its head, its labels, its feed or its errors."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from tests import cases, walk
from tests.html import VOID
from trials import prose
from trials.editions.document import texts_in
from trials.pages import links

# What is read out, shown, or shared, beside the text itself.
SPOKEN = {
    "alt",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "title",
    "placeholder",
    "label",
    "data-words",
}
# What the head says to people, and not to machines.
HEAD = {"description", "og:title", "og:description", "og:image:alt", "og:site_name", "author"}
# Where no language can be marked: what stands in for a translation that is missing may stand there.
UNMARKED = re.compile(r"<(?:title|\w+ [\w-]+)>")
WORD = re.compile(r"[A-Za-zÀ-ž][\w’'.-]*")
ROMAN = re.compile(r"[IVXL]+\.?")
# What may stand in Latin letters, and why.
# What may stand in Latin letters, and why.
ALLOWED = {
    "an address, a file, a hole to be filled": r"https?://\S+|\S+@\S+\.\w+|\bdocument\.json\b|\{\w+\}",
    "a licence": r"CC BY 4\.0|CC0",
    "a standard, a technique, the makers of a map": r"\bWCAG\b|\bAA\b|\bJavaScript\b|\bcookie\b|\bNatural Earth\b",
    "who publishes, under a name in Latin letters": r"\bEBSCO\b|\bswbkka\b|\bRFE/RL\b",
    "an article of the code, as it was printed": r"\b58-1a\b",
    "a book’s title, and words that are themselves spoken of": r"\bNot Guilty\b|«?\bTrotskyite\b|«?\bTrotskyist\b",
    "a form of a name that is itself spoken of": r"«(?:Kynazev|Ratanchak|Nushin E\. E\.|Y\. D\.|I\. Y\.|Hraše)»"
    r"|\b(?:Hrasche|Grashe)\b",
    "what was looked for, the initials of a name that is not translated": r"\bzzz\b|\bGP\b",
    "the ways in which a name can be looked for": r"\bPyatakov, Piatakov, Pjatakow\b",
    "the museum of the tests, its notes and pictures": r"The Museum of the Tests|First edition\.|First\.|Corrected\."
    r"|The place is told\.|It is being repaired\.|A court forbade it\.|The tests|a walk",
}
ALLOWED = re.compile("|".join(f"(?:{pattern})" for pattern in ALLOWED.values()))


class Spoken(HTMLParser):
    """What a page says in ``language``: pieces of text and attributes, each with where it stands."""

    def __init__(self, html, language="ru"):
        super().__init__()
        self.pieces, self.language, self._open = [], language, [("", "")]
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        language = attributes.get("lang", self._open[-1][1])
        if tag not in VOID:
            self._open.append((tag, language))
        if language == self.language:
            said = {name: attributes[name] for name in SPOKEN & set(attributes)}
            if tag == "meta" and HEAD & {attributes.get("name"), attributes.get("property")}:
                said["content"] = attributes["content"]
            if tag == "input" and attributes.get("type") in ("submit", "button", "reset"):
                said["value"] = attributes.get("value", "")
            self.pieces += [(f"<{tag} {name}>", value) for name, value in said.items()]

    def handle_endtag(self, tag):
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tag, language = self._open[-1]
        if language == self.language and tag not in ("script", "style"):
            self.pieces.append((f"<{tag}>", data))


def foreign(pieces, names=(), stand_ins=()) -> list[str]:
    """The words in Latin letters that have no reason to stand there, each with its place and what is around it.

    ``names`` are spellings of names, which stand alone; ``stand_ins`` what may stand where no language is marked.
    """
    found = []
    for place, text in pieces:
        text = " ".join(text.split())
        if text in names:
            continue
        rest = text
        for words in stand_ins if UNMARKED.fullmatch(place) else ():
            rest = rest.replace(words, " ")
        words = [word for word in WORD.findall(ALLOWED.sub(" ", rest)) if not ROMAN.fullmatch(word)]
        if words:
            found.append(f"{place} {' '.join(words)}: {text[:160]}")
    return found


def small_exhibit() -> list[str]:
    """What the small exhibits say, which is not translated, the longest first."""
    small = cases.document(cases.small_content(title={"en": "An exhibit of cards"}))
    said = {prose.to_plain(text["en"]) for text in texts_in(small) if text} | {"The card.", "The covered."}
    return sorted(said, key=len, reverse=True)


def test_no_english_word_is_left_on_a_russian_page(museum, client):
    stops = [(stop.path, stop.status) for stop in walk.stops() if stop.language == "ru"]
    shipped = links.exhibit_path(cases.SHIPPED_SLUG, "ru")
    document = cases.shipped_document()
    stops += [(f"{shipped}people/{person.key}/", 200) for person in document.people]
    stops += [(f"/ru/search/?q={asked}", 200) for asked in ("1937", "Правда", "обвинительное", "Приттт", "ы", "“”")]
    stops += [("/ru/?q=%00", 400), ("/ru/exhibits/forbidden/", 451), (f"{shipped}people/nobody/", 404)]
    names = {name.spelling for person in document.people for name in person.names}
    stand_ins, left = small_exhibit(), {}
    for path, status in dict.fromkeys(stops):
        response = client.get(path)
        assert response.status_code == status, path
        html = response.content.decode()
        assert '<html lang="ru"' in html, path
        for line in foreign(Spoken(html).pieces, names, stand_ins):
            left.setdefault(line, path)
    assert [f"{path} {line}" for line, path in left.items()] == []


@pytest.mark.parametrize("path", ["/ru/feed.xml", f"/ru/exhibits/{cases.SHIPPED_SLUG}/editions/feed.xml"])
def test_no_english_word_is_left_in_a_russian_feed(museum, client, path):
    feed = ElementTree.fromstring(client.get(path).content)  # noqa: S314 (our own)
    said = [(f"<{entry.tag.partition('}')[2]}>", re.sub("<[^>]+>", " ", entry.text or "")) for entry in feed.iter()]
    said = [(tag, text) for tag, text in said if tag in ("<title>", "<summary>", "<name>")]
    assert len(said) > 3
    assert foreign(said, stand_ins=small_exhibit()) == []


def test_a_word_that_is_left_is_found_wherever_it_stands():
    html = (
        '<html lang="ru"><title>Где sources</title><meta name="description" content="The page"><p>Слово <b>word</b>'
        '<i lang="en">no</i></p><img alt="A face"><svg><text aria-label="Map">Moscow</text></svg>'
        '<input type="submit" value="Go"><script>var x</script><p>XX съезд, CC BY 4.0, https://example.org/x</p>'
    )
    found = [line.partition(":")[0] for line in foreign(Spoken(html).pieces)]
    assert found == [
        "<title> sources",
        "<meta content> The page",
        "<b> word",
        "<img alt> A face",
        "<text aria-label> Map",
        "<text> Moscow",
        "<input value> Go",
    ]
