"""What happened at each place: entries of the timeline, and facts of lives."""

from collections import defaultdict
from dataclasses import dataclass, field

from ..editions.document import Document, Person, TimelineEntry
from ..models import Fact, Standing


@dataclass
class Here:
    """What happened at one place, in the order of time; what happened in lives, by the kind of fact."""

    entries: list[TimelineEntry] = field(default_factory=list)
    lives: dict[tuple[Fact.Kind, Standing], list[Person]] = field(default_factory=lambda: defaultdict(list))

    @property
    def facts(self) -> list[tuple[Fact.Kind, Standing, list[Person]]]:
        """Whose facts of which kind and standing belong here."""
        return [(kind, standing, people) for (kind, standing), people in self.lives.items()]

    @property
    def is_alleged(self) -> bool:
        """Whether something was alleged here that did not happen, and nothing of anybody's life did."""
        return not self.lives and any(entry.alleged for entry in self.entries)


def whereabouts(document: Document) -> dict[str, Here]:
    """What happened at each place of a document, by the place's key."""
    places = {place.key: Here() for place in document.places}
    for entry in document.events:
        if entry.place:
            places[entry.place].entries.append(entry)
    for person in [*document.defendants, *(person for person in document.people if not person.defendant)]:
        for place, kind, standing in dict.fromkeys((f.place, f.kind, f.standing) for f in person.facts if f.place):
            places[place].lives[kind, standing].append(person)
    return places
