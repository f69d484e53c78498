"""What a page of HTML holds, as far as the tests ask: elements, ids, links, words."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """A parsed page. ``faults`` lists what is not well formed."""

    def __init__(self, html: str):
        super().__init__()
        self.elements, self.faults, self._open = [], [], []
        self._words = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag, attributes):
        names = [name for name, _value in attributes]
        self.faults += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self._open[-1] if self._open else 'nothing'}>")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self._open):
            self._words.append(data)

    @property
    def words(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self._words).split())

    def all(self, *tags):
        """The attributes of every element of these kinds, in order."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def ids(self) -> list[str]:
        """Every id, in order."""
        return [attributes["id"] for _tag, attributes in self.elements if "id" in attributes]

    @property
    def headings(self) -> list[int]:
        """The levels of the headings, in order."""
        return [int(tag[1]) for tag, _attributes in self.elements if tag in ("h1", "h2", "h3", "h4", "h5", "h6")]

    @property
    def links(self) -> list[str]:
        """Where every link leads."""
        return [attributes["href"] for attributes in self.all("a") if "href" in attributes]
