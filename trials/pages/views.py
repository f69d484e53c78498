"""The pages of an exhibit. Each is a pure function of an edition, a path and a language."""

import re
from collections import Counter, defaultdict
from itertools import pairwise

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.utils.translation import gettext_lazy as _

from .. import alphabet, dates
from ..editions.display import editions_shown
from ..editions.document import SHAPE, dumps
from ..models import Fact, Name, Participant, Source, TimelineEntry
from . import links, lives, maps
from .backlinks import backlinks
from .changes import changes
from .fates import Figure
from .page import Page, exhibit_page
from .reading import reading_minutes
from .scale import strip
from .whereabouts import whereabouts

# The roles of those who ran the trial, in the order in which the court page names them.
COURT_ROLES = (
    Participant.Role.PRESIDING_JUDGE,
    Participant.Role.JUDGE,
    Participant.Role.SECRETARY,
    Participant.Role.PROSECUTOR,
    Participant.Role.COUNSEL,
    Participant.Role.WITNESS,
    Participant.Role.EXPERT,
    Participant.Role.INVESTIGATOR,
)

# From so many entries on, browsers lay out only those in sight. It makes the scroll bar jump, so not for fewer.
LONG_TIMELINE = 100


@exhibit_page
def story(page):
    """What happened, and why it matters."""
    document, sections = page.document, _sections(page)
    texts = [
        *(document.title, document.lede),
        *(point.words for point in document.key_points),
        *(text for section in sections for text in (section.heading, section.body, section.pull_fact)),
    ]
    minutes = reading_minutes(texts, page.language)
    return HttpResponse(page.render(sections=sections, fates=Figure(document, page.language), minutes=minutes))


@exhibit_page
def defendants(page):
    """The accused together, and what visitors can pick them out by."""
    accused = [_accused(page, person) for person in page.document.defendants]
    return HttpResponse(page.render(sections=_sections(page), accused=accused, picks=_picks(accused, page.language)))


@exhibit_page
def people(page):
    """Everyone else, by their part: those who ran the trial have a page of their own."""
    roles = [role for role in Participant.Role if role not in COURT_ROLES]
    return HttpResponse(page.render(sections=_sections(page), groups=_by_role(page, roles)))


@exhibit_page
def person(page, key):
    """One person: life, charge as alleged, what is known, sentence, fate, and how we know."""
    document = page.document
    found = document.records["people"].get(key)
    if found is None:
        return _moved(page, key)
    facts = list(enumerate(found.facts, 1))
    return HttpResponse(
        page.render(
            person=found,
            years=lives.years(found, page.language),
            stations=lives.stations(found, page.language),
            plea=found.fact(Fact.Kind.PLEA),
            charges=[document.records["charges"][key] for key in found.defendant.charges] if found.defendant else [],
            counsel=found.defendant and document.records["people"].get(found.defendant.counsel),
            portrait=document.records["images"].get(found.portrait),
            facts=[(number, fact) for number, fact in facts if fact.kind != Fact.Kind.FAMILY],
            family=[(number, fact) for number, fact in facts if fact.kind == Fact.Kind.FAMILY],
            connections=_connections(document, found),
            charged_alike=_charged_alike(document, found),
            entries=[(entry, _others(document, entry, key)) for entry in document.events if key in entry.people],
            disputes=[dispute for dispute in document.disputes if key in dispute.people],
            names=_by_kind(found.names),
            neighbours=_neighbours(document, found),
        )
    )


@exhibit_page
def timeline(page):
    """What happened, in the order of time; what was alleged, marked as such."""
    document = page.document
    phases = [(phase, [entry for entry in document.events if entry.phase == phase]) for phase in TimelineEntry.Phase]
    strips = [strip(phase, entries, page.language) for phase, entries in phases]
    themes = Counter(entry.theme for entry in document.events)
    named = Counter(key for entry in document.events for key in entry.people)
    people = [document.records["people"][key] for key in named]
    people.sort(key=lambda person: alphabet.name_key(person.name, person.sort_name, page.language))
    return HttpResponse(
        page.render(
            sections=_sections(page),
            phases=[(phase, entries) for phase, entries in phases if entries],
            strips=[found for found in strips if found],
            long=len(document.events) > LONG_TIMELINE,
            themes=[(theme, themes[theme]) for theme in TimelineEntry.Theme if themes[theme]],
            people=[(person, named[person.key]) for person in people],
        )
    )


@exhibit_page
def court(page):
    """Who ran the trial."""
    return HttpResponse(page.render(sections=_sections(page), groups=_by_role(page, COURT_ROLES)))


@exhibit_page
def charges(page):
    """What was alleged, against what is known."""
    accused = defaultdict(list)
    for person in page.document.defendants:
        for key in person.defendant.charges:
            accused[key].append(person)
    charges = [(charge, accused[charge.key], _explaining(page, charge.article)) for charge in page.document.charges]
    return HttpResponse(page.render(sections=_sections(page), charges=charges))


@exhibit_page
def places(page):
    """Where it happened: maps, and a list of all places."""
    here = whereabouts(page.document)
    drawn, nowhere = maps.maps_of(page.document.places, {key for key, found in here.items() if found.is_alleged})
    listed = [(map, [(number, place, here[place.key]) for number, place in map.numbered]) for map in drawn]
    elsewhere = [(place, here[place.key]) for place in nowhere]
    return HttpResponse(page.render(sections=_sections(page), maps=listed, elsewhere=elsewhere))


@exhibit_page
def glossary(page):
    """Words that need explaining, in alphabetical order, and where they are used."""
    uses = backlinks(page)
    terms = sorted(page.document.terms, key=lambda term: alphabet.text_key(term.term, page.language))
    found = [(term, uses.get(("term", term.key))) for term in terms]
    return HttpResponse(page.render(sections=_sections(page), terms=found))


@exhibit_page
def disputes(page):
    """Where sources differ, and what this exhibit says."""
    found = [(dispute, *_sides(dispute.citations)) for dispute in page.document.disputes]
    return HttpResponse(page.render(sections=_sections(page), disputes=found))


@exhibit_page
def sources(page):
    """What the exhibit rests on, by kind, and what rests on each; then what nothing rests on."""
    uses = backlinks(page)
    found = sorted(page.document.sources, key=lambda source: alphabet.text_key(source.label, page.language))
    cited = [(source, uses[target]) for source in found if (target := ("source", source.key)) in uses]
    kinds = [(kind, [pair for pair in cited if pair[0].kind == kind]) for kind in Source.Kind]
    further = [(source, None) for source in found if ("source", source.key) not in uses]
    kinds = [(kind, group) for kind, group in kinds if group]
    return HttpResponse(page.render(sections=_sections(page), kinds=kinds, further=further))


@exhibit_page
def editions(page):
    """What was published when, and which records changed against the edition before."""
    shown = editions_shown(page.edition.exhibit)
    found = [(edition, changes(page, before, edition)) for edition, before in pairwise([*shown, None])]
    return HttpResponse(page.render(editions=found))


@exhibit_page
def document_json(page):
    """The exhibit's document, for machines."""
    response = HttpResponse(dumps(page.document), content_type="application/json; charset=utf-8")
    response["Link"] = f'<{links.absolute("/schema/document.json")}>; rel="describedby"'
    return response


@exhibit_page
def timeline_json(page):
    """The timeline, for machines."""
    document = page.document
    return JsonResponse(
        {
            "exhibit": document.title,
            "edition": page.edition.number,
            "shape": SHAPE,
            "licence": document.licence,
            "notice": document.notice,
            "entries": [_entry_json(page, entry) for entry in document.events],
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _entry_json(page, entry) -> dict:
    return {
        "key": entry.key,
        "date": entry.date,
        "earliest": entry.when.earliest,
        "latest": entry.when.latest,
        "time": entry.time,
        "date_in_words": dates.in_words(entry.when, page.language, entry.time),
        "title": entry.title,
        "words": entry.words,
        "standing": entry.standing,
        "alleged": entry.alleged,
        "people": entry.people,
        "address": page.present_address.removesuffix(page.path)
        + links.record_address(page.document, "entry", entry.key),
    }


def _sides(citations) -> tuple[list, list]:
    """Those that support, and those that contradict."""
    return [c for c in citations if not c.contradicts], [c for c in citations if c.contradicts]


def _explaining(page, article):
    """The term whose explanation names an article of the code; None if there is none."""
    named = re.compile(rf"(?<!\w){re.escape(article)}(?![\w-])")
    return next((term for term in page.document.terms if article and named.search(str(term.definition))), None)


def _sections(page: Page) -> list:
    """The texts that curators wrote for this page."""
    return [section for section in page.document.sections if section.page == page.name]


def _accused(page, person) -> dict:
    """One of the wall of the accused: ``picks`` are the words that visitors can pick the person out by."""
    part = person.defendant
    return {
        "person": person,
        "years": lives.years(person, page.language),
        "picks": {
            "fate": lives.outcome(person, page.language),
            "trade": part.trade.get(part.trade.language(page.language), ""),
            "office": part.office.get(part.office.language(page.language), ""),
        },
    }


def _picks(accused, language) -> list:
    """What the accused can be picked out by: triples of name, label, and words with their numbers, most first."""

    def by_number(found):
        return sorted(found.items(), key=lambda pair: (-pair[1], alphabet.sort_key(pair[0], language)))

    labels = {"fate": _("Fate"), "trade": _("Trade"), "office": _("Branch")}
    counts = {name: Counter(one["picks"][name] for one in accused if one["picks"][name]) for name in labels}
    return [(name, label, by_number(counts[name])) for name, label in labels.items() if len(counts[name]) > 1]


def _by_role(page, roles) -> list:
    """People by their part: pairs of role and list of (person, part, years), without empty ones."""
    groups = [
        (
            role,
            [
                (person, part, lives.years(person, page.language))
                for person in page.document.people
                for part in person.parts
                if part.role == role
            ],
        )
        for role in roles
    ]
    return [(role, found) for role, found in groups if found]


def _by_kind(names) -> list:
    """Spellings of a name by their kind: pairs of kind and list, without empty ones."""
    kinds = [(kind, [name for name in names if name.kind == kind]) for kind in Name.Kind]
    return [(kind, found) for kind, found in kinds if found]


def _connections(document, person) -> list:
    """Pairs of words and person: how ``person`` is tied to others, seen from here."""
    people = document.records["people"]
    own = [(connection.words, people[connection.to], connection) for connection in person.connections]
    others = [
        (connection.reverse, other, connection)
        for other in document.people
        for connection in other.connections
        if connection.to == person.key
    ]
    return own + others


def _charged_alike(document, person) -> list:
    """The accused who stood under the same charges as this one."""
    if not person.defendant or not person.defendant.charges:
        return []
    charges = set(person.defendant.charges)
    return [other for other in document.defendants if other is not person and set(other.defendant.charges) == charges]


def _others(document, entry, key) -> list:
    """The people whom an entry names beside the one with this key."""
    return [document.records["people"][other] for other in entry.people if other != key]


def _neighbours(document, person) -> dict:
    """The defendants before and after this one, in the order of the indictment, and the place among them all."""
    accused = document.defendants
    if person not in accused:
        return {}
    index = accused.index(person)
    return {
        "previous": accused[index - 1] if index else None,
        "next": accused[index + 1] if index + 1 < len(accused) else None,
        "place": index + 1,
        "all": len(accused),
    }


def _moved(page, key):
    """The way on from a key of former days. Raises Http404."""
    for person in page.document.people:
        if key in person.former_keys:
            return HttpResponsePermanentRedirect(page.link("person", key=person.key))
    raise Http404("There is no such person in this exhibit.")
