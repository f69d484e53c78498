"""What a page says of itself to browsers, search engines and whoever shares it: a title, a sentence, a picture."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, to_locale
from django.views.decorators.http import conditional_page

from .. import dates, prose, words
from ..editions.document import Document, Person
from ..languages import language_codes
from ..models import Standing
from . import links
from .page import Page, exhibit_page

# How long a description is: search engines show about so much of it, and pass over what says next to nothing.
SHORTEST, LONGEST = 50, 160
NO_BREAK_SPACE = "\u00a0"
# How large the picture of `cards` is.
PICTURE_SIZE = (1200, 630)
# The title of each page but the story's and a person's, and what is found on it.
PAGES = {
    "defendants": (
        gettext_noop("The accused"),
        gettext_noop("the accused together: who they were, what was alleged, what is known and what became of them."),
    ),
    "people": (
        gettext_noop("People"),
        gettext_noop("the people around the trial who were not accused at it, and the part that each of them had."),
    ),
    "timeline": (
        gettext_noop("Timeline"),
        gettext_noop("what happened, in the order of time. What was only alleged stands apart and is marked."),
    ),
    "court": (
        gettext_noop("The court"),
        gettext_noop("who ran the trial: the judges, the prosecution, the defence, the witnesses and experts."),
    ),
    "charges": (
        gettext_noop("Charges"),
        gettext_noop("what the prosecution alleged, charge by charge, beside what is known and how we know it."),
    ),
    "places": (
        gettext_noop("Places"),
        gettext_noop("where it happened: each place, its name then and now, and what happened there."),
    ),
    "glossary": (
        gettext_noop("Words"),
        gettext_noop("words of the time that need explaining, each with its original and its sources."),
    ),
    "disputes": (
        gettext_noop("Where sources differ"),
        gettext_noop("questions on which sources differ: what each says, and what this exhibit follows and why."),
    ),
    "sources": (
        gettext_noop("Sources"),
        gettext_noop("what the exhibit rests on: documents, books and articles, and how far each can be relied on."),
    ),
    "editions": (
        gettext_noop("Editions"),
        gettext_noop("every edition of this exhibit: when it was published, and what changed against the one before."),
    ),
}


@dataclass(frozen=True)
class Card:
    """The words of a picture: whose museum, of which exhibit, about whom or what, when, who it was, what became."""

    museum: str
    exhibit: str
    headline: str
    dates: str
    words: str
    fate: str
    notice: str


@dataclass(frozen=True)
class Shared:
    """What stands in the head of a page that may be shared."""

    title: str
    words: str
    kind: str
    address: str
    picture: str
    picture_words: str
    locale: str
    other_locales: list[str]
    picture_size: tuple[int, int] = PICTURE_SIZE


@conditional_page
@exhibit_page
def share(page):
    """The picture of the exhibit."""
    return _picture(page)


@conditional_page
@exhibit_page
def share_person(page, key):
    """The picture of a person."""
    person = page.document.records["people"].get(key)
    if person is None:
        raise Http404("There is no such person in this exhibit.")
    return _picture(page, person)


def _picture(page, person=None):
    # Imported here: few requests ever need Pillow.
    from . import cards

    told = _told(page.document, person)
    if person and not cards.can_write(told.headline):
        names = (*person.name.words().values(), *(name.spelling for name in person.names))
        told = replace(told, headline=next(filter(cards.can_write, names), ""))
    return HttpResponse(cards.draw(told), content_type="image/png")


def title(page: Page, person: Person | None = None) -> str:
    """What stands on a page's tab: the most particular first. In the active language."""
    name = exhibit_name(page.document)
    if person:
        fate = str(person.defendant.fate) if person.defendant else ""
        return " – ".join(filter(None, (str(person.name), fate, name)))
    if page.name not in PAGES:
        return str(page.document.title)
    return f"{_(PAGES[page.name][0])} – {name}"


def description(page: Page, person: Person | None = None) -> str:
    """What is found on a page, in one or two sentences. In the active language."""
    if person:
        return _description_of(person, page.document)
    if page.name not in PAGES:
        return within(prose.to_plain(str(page.document.lede)))
    parts = {"exhibit": exhibit_name(page.document), "words": _(PAGES[page.name][1])}
    return within(_("%(exhibit)s: %(words)s") % parts)


def shared(page: Page, person: Person | None = None) -> Shared:
    """What the head of a page holds for those who share it. In the active language."""
    document = page.document
    mount = page.present_address.removesuffix(page.path)
    told = _told(document, person)
    return Shared(
        title=title(page, person),
        words=description(page, person),
        kind="profile" if person else "article",
        address=page.present_address,
        picture=mount + (links.address("share_person", key=person.key) if person else links.address("share")),
        picture_words=_in_sentences(told.headline, told.dates, told.words, told.fate, told.notice),
        locale=to_locale(page.language),
        other_locales=[to_locale(code) for code in offered(document) if code != page.language],
    )


def offered(document: Document) -> list[str]:
    """The languages in which an exhibit is shown here."""
    return [code for code in document.languages if code in language_codes()]


def _told(document: Document, person: Person | None) -> Card:
    """What a picture tells: of a person, or of the exhibit with the names of the accused. In the active language."""
    if person:
        headline, dates_of_it, words_of_it = str(person.name), life_dates(person), str(person.summary)
    else:
        headline = str(document.title)
        dates_of_it = dates.in_words(document.when, translation.get_language()) if document.date else ""
        words_of_it = ", ".join(str(accused.name).replace(" ", NO_BREAK_SPACE) for accused in document.defendants)
    return Card(
        museum=settings.MUSEUM_NAME,
        exhibit=exhibit_name(document) if person else "",
        headline=headline,
        dates=dates_of_it,
        words=words_of_it,
        fate=str(person.defendant.fate) if person and person.defendant else "",
        notice=prose.to_plain(str(document.notice)),
    )


def exhibit_name(document: Document) -> str:
    """The short title of an exhibit where it has one. In the active language."""
    return str(document.short_title or document.title)


def life_dates(person: Person) -> str:
    """When somebody was born and died, as far as it is documented. In the active language."""
    birth, death = (_documented_date(person, kind) for kind in ("birth", "death"))
    if birth and death:
        return f"{birth} – {death}"
    if birth:
        return _("Born: %(date)s") % {"date": birth}
    return _("Died: %(date)s") % {"date": death} if death else ""


def _documented_date(person: Person, kind: str) -> str:
    fact = person.fact(kind)
    if fact is None or not fact.date or fact.standing != Standing.DOCUMENTED:
        return ""
    return dates.in_words(fact.when, translation.get_language())


def _description_of(person: Person, document: Document) -> str:
    name, summary = str(person.name), str(person.summary)
    who = _("%(name)s: %(words)s") % {"name": name, "words": summary} if summary else name
    said = _in_sentences(who, str(person.defendant.fate) if person.defendant else life_dates(person))
    exhibit = _("A person of the exhibit “%(exhibit)s”") % {"exhibit": exhibit_name(document)}
    for more in (*(part.role.label for part in person.parts), exhibit):
        if len(said) < SHORTEST:
            said = _in_sentences(said, more)
    return within(said)


def _in_sentences(*texts: str) -> str:
    return " ".join(f"{text.removesuffix('.')}." for text in texts if text)


def within(text: str, most: int = LONGEST) -> str:
    """As many whole sentences of ``text`` as fit; where not even the first does, as many words."""
    if len(text) <= most:
        return text
    sentences = [text[: end.end()].rstrip() for end in words.SENTENCE_END.finditer(text)]
    fitting = [sentence for sentence in sentences if len(sentence) <= most]
    return fitting[-1] if fitting else f"{text[: most - 2].rpartition(' ')[0]} …"
