"""What a page of an exhibit is made from: an edition, a path inside the exhibit, and a language."""

from dataclasses import dataclass, field
from functools import cached_property, wraps

from django.http import Http404, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from ..editions.display import EditionTakenDown, OnDisplay, editions_shown, on_display, present_slug, was_on_display
from ..editions.document import Document, EditionUnreadable, Image, Source, Term
from . import errors, links
from .keeping import kept, may_be_kept
from .pictures import Picture
from .translations import Translation, translations


@dataclass(frozen=True)
class Note:
    """A numbered note of a page: a source and the place in it."""

    number: int
    source: Source
    locator: str


class Notes:
    """The sources cited on one page, numbered in the order in which they are first cited."""

    def __init__(self, document: Document):
        self._sources = document.records["sources"]
        self._notes: dict[tuple[str, str], Note] = {}

    def __iter__(self):
        return iter(self._notes.values())

    def __len__(self):
        return len(self._notes)

    def cite(self, key: str, locator: str = "") -> tuple[Note, bool]:
        """The note for a citation, and whether it is new."""
        new = (key, locator) not in self._notes
        if new:
            self._notes[key, locator] = Note(len(self._notes) + 1, self._sources[key], locator)
        return self._notes[key, locator], new


@dataclass
class Page:
    """One page of an edition in a language; ``path`` is its path inside the exhibit.

    ``permanent`` says that it stands at the lasting address of its edition; ``present`` is the number of the
    edition that visitors see now.
    """

    edition: OnDisplay
    name: str
    path: str
    language: str
    permanent: bool = False
    present: int | None = None
    notes: Notes = field(init=False)
    pictures: list[Picture] = field(init=False, default_factory=list)
    # The words that a link on it leads to, by key: see templates/trials/_terms.html.
    terms: dict[str, Term] = field(init=False, default_factory=dict)

    # Whether it shows what is not published: see `preview`.
    preview = False

    def __post_init__(self):
        self.notes = Notes(self.document)

    @property
    def is_superseded(self) -> bool:
        """Whether visitors see another edition now."""
        return self.permanent and self.present != self.edition.number

    @cached_property
    def document(self) -> Document:
        """The exhibit as this edition has it."""
        return self.edition.document

    @cached_property
    def lasting_address(self) -> str:
        """Where this page of this edition can be found for good."""
        mount = links.exhibit_path(self.edition.slug, self.language, self.edition.number)
        return links.absolute(mount + self.path)

    @cached_property
    def present_address(self) -> str:
        """Where this page of the edition on display is found."""
        return links.absolute(links.exhibit_path(self.edition.slug, self.language) + self.path)

    @property
    def is_unreviewed(self) -> bool:
        """Whether a translation of this exhibit is read that nobody has reviewed in all its parts."""
        return bool(self.document.unreviewed.get(self.language))

    def path_in(self, language: str) -> str:
        """The path of this page in another language, under the same kind of address."""
        number = self.edition.number if self.permanent else None
        return links.exhibit_path(self.edition.slug, language, number) + self.path

    @cached_property
    def translations(self) -> list[Translation]:
        """This page in each of the exhibit's languages."""
        return translations(self.document.languages, self.language, self.path_in)

    def link(self, name: str, **where) -> str:
        """The relative link to another page of the exhibit."""
        return links.relative(self.path, links.address(name, **where))

    def record(self, kind: str, key: str) -> str:
        """The relative link to a record of the exhibit."""
        return links.relative(self.path, links.record_address(self.document, kind, key))

    def image(self, image: Image, rendition: str = "") -> str:
        """The address of an image's file, or of a rendition of it."""
        return links.image_path(image, rendition)

    @property
    def enlarges(self) -> bool:
        """Whether a picture shown so far can be seen large."""
        return any(picture.largest for picture in self.pictures)

    def render(self, **context) -> str:
        """The page's HTML, from the template of its name, in the active language: `exhibit_page` sees to that."""
        return render_to_string(f"trials/{self.name}.html", {"page": self, "exhibit": self.document, **context})


def _of_what_is_on_display(request, view, slug, language, number=None, **where):
    shown = on_display().get(slug)
    if shown is None:
        return _elsewhere(request, slug, language, number, view.__name__, where)
    present = shown.number
    if number is not None:
        shown = next((edition for edition in editions_shown(shown.exhibit) if edition.number == number), None)
    if shown is None or language not in shown.document.languages:
        raise Http404("There is no such edition, or not in this language.")
    path = links.address(view.__name__, **where)
    page = Page(shown, view.__name__, path, language, permanent=number is not None, present=present)
    response = view(page, **where)
    response.setdefault("Cache-Control", "no-cache")
    return kept(response, slug)


def exhibit_page(view):
    """Make a view of ``view(page, **where) -> HttpResponse``: it finds the edition and the page of its name.

    An address of former days leads to the present one. An exhibit that is off display says so. A prefix may be
    mounted with an ``answer`` of its own, as those of previews are: ``answer(request, view, **address)``.
    """

    @wraps(view)
    def in_its_language(page, **where):
        with translation.override(page.language):
            return view(page, **where)

    @may_be_kept
    @require_safe
    @wraps(view)
    def found(request, answer=_of_what_is_on_display, **address):
        try:
            return answer(request, in_its_language, **address)
        except EditionTakenDown as error:
            return errors.taken_down(request, error.notice)
        except EditionUnreadable:
            return errors.unavailable(request)

    return found


def _elsewhere(request, slug, language, number, name, where):
    present = present_slug(slug)
    if present:
        mount = links.exhibit_path(present, language, number)
        response = HttpResponsePermanentRedirect(mount + links.address(name, **where))
        # Asked anew each time: after a roll-back the exhibit may have its old slug again, and a browser that
        # remembered this would go in circles.
        response["Cache-Control"] = "no-cache"
        return response
    if was_on_display(slug):
        return errors.off_display(request)
    raise Http404("There is no such exhibit.")
