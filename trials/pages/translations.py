"""The same page in the other languages: for the switch, and for search engines."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language_info

from . import links


@dataclass(frozen=True)
class Translation:
    """A page in a language: its code, its own name for itself, and the path of the page in it."""

    code: str
    path: str
    current: bool

    @property
    def name(self) -> str:
        """The language's own name: “русский”; as the settings have it where Django knows none."""
        try:
            return get_language_info(self.code)["name_local"].capitalize()
        except KeyError:
            return dict(settings.LANGUAGES)[self.code]

    @property
    def address(self) -> str:
        """The whole address of the page."""
        return links.absolute(self.path)


def translations(languages, current: str, path_in: Callable[[str], str]) -> list[Translation]:
    """The page in each of these languages that the museum offers, in the museum's order; empty where there is one."""
    found = [
        Translation(code, path_in(code), code == current) for code, _name in settings.LANGUAGES if code in languages
    ]
    return found if len(found) > 1 else []
