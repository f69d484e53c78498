"""axe-core finds nothing on any kind of page, in light, dark and forced colours, narrow and enlarged.

No rule is off and no element is left out. What axe cannot decide is decided in `DECIDED`, each with its reason.
"""

from itertools import product
from pathlib import Path

import pytest

from tests import cases

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
# WCAG 2.2 A and AA, the rules that axe has for AAA (contrast of 7 : 1 among them), and good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# How many rules this version has for them: another number means that one is off, or that axe is another.
RULES = 94
# How a page is looked at: colours, and width in CSS pixels. 640 is a window of 1280 at 200 %; 320 is WCAG's least.
LOOKS = {
    "light": ({"color_scheme": "light", "forced_colors": "none"}, 1280),
    "dark": ({"color_scheme": "dark", "forced_colors": "none"}, 1280),
    "light, narrow": ({"color_scheme": "light", "forced_colors": "none"}, 320),
    "forced colours, enlarged": ({"color_scheme": "light", "forced_colors": "active"}, 640),
}
# Colours are the same in every language; how wide its words are is not.
LOOKS_OF_TRANSLATIONS = ["light, narrow"]
DECIDED = {
    "identical-links-same-purpose": "Two results, or an edition and the list of editions, share a name; what they are "
    "stands beside each of them.",
}
# Where axe cannot see what is behind a text, as in a drawing, the text has one of our inks, or is paper on ink.
INKS, PAPERS = ["ink", "ink-soft", "red"], ["paper", "shade"]
OPEN = "document.querySelectorAll('details').forEach(details => details.open = true)"
RUN = """async ({tags, inks}) => {
    const results = await axe.run({runOnly: tags});
    const kinds = ["passes", "inapplicable", "violations", "incomplete"];
    const probe = document.body.appendChild(document.createElement("i"));
    const colour = (value) => (probe.style.color = value, getComputedStyle(probe).color);
    const known = new Set([...inks.map((ink) => colour(`var(--${ink})`)), colour("LinkText")]);
    probe.remove();
    const isInk = ({target}) => {
        const element = document.querySelector(target);
        return known.has(getComputedStyle(element)[element.ownerSVGElement ? "fill" : "color"]);
    };
    const told = ({id, nodes}) => nodes.map((node) => [id, `${node.target.join(" ")}: ${node.failureSummary}`]);
    const undecided = results.incomplete.map(({id, nodes}) =>
        ({id, nodes: id.startsWith("color-contrast") ? nodes.filter((node) => !isInk(node)) : nodes}));
    return {
        rules: new Set(kinds.flatMap((kind) => results[kind]).map((rule) => rule.id)).size,
        violations: results.violations.flatMap(told),
        undecided: undecided.flatMap(told),
    };
}"""


@pytest.fixture
def page(browser):
    """A page into which axe may be put: our policy lets no script in but our own."""
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


def faults(page, inks=(*INKS, "paper"), decided=DECIDED) -> set[tuple[str, str]]:
    """What axe finds on the page as it is now: pairs of a rule, and where and what."""
    results = page.evaluate(RUN, {"tags": TAGS, "inks": inks})
    assert results["rules"] == RULES
    undecided = [(rule, found) for rule, found in results["undecided"] if rule not in decided]
    return {(rule, found) for rule, found in results["violations"] + undecided}


def look(page, name):
    """See the page in one of `LOOKS`."""
    media, width = LOOKS[name]
    page.emulate_media(reduced_motion="reduce", **media)
    page.set_viewport_size({"width": width, "height": 800})


@pytest.mark.browser
def test_axe_finds_nothing_on_any_page(stops, live_server, page):
    found, axe = [], AXE.read_text()
    for stop in stops:
        assert page.goto(live_server.url + stop.path).status == stop.status
        page.evaluate(axe)
        page.evaluate(OPEN)
        for name in LOOKS if stop.language == "en" else LOOKS_OF_TRANSLATIONS:
            look(page, name)
            found += [f"{stop} ({name}): {rule}: {what}" for rule, what in faults(page)]
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.parametrize(
    "path, key, link, opened",
    [
        ("/exhibits/cards/", "Enter", "a.enlarge", "dialog[open]"),
        (f"/exhibits/{cases.SHIPPED_SLUG}/", "Shift", "a.term", ".explained:popover-open"),
        (f"/ru/exhibits/{cases.SHIPPED_SLUG}/", "Shift", "a.term", ".explained:popover-open"),
    ],
)
def test_axe_finds_nothing_in_what_opens(stops, live_server, page, path, key, link, opened):
    page.goto(live_server.url + path)
    page.evaluate(AXE.read_text())
    page.locator(link).first.press(key)
    for name in LOOKS:
        look(page, name)
        assert page.locator(opened).is_visible()
        assert faults(page) == set(), name


# WCAG 1.4.12: what readers may set, and what must not be lost by it.
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } "
SPACED += "p { margin-bottom: 2em !important }"
LOST = """[...document.querySelectorAll("body *")].filter((element) => {
    const style = getComputedStyle(element);
    const clips = ["hidden", "clip"].includes(style.overflowX) && style.clipPath === "none";
    const isLost = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    return clips && isLost && element.innerText?.trim();
}).map((element) => element.outerHTML.slice(0, 80))"""


@pytest.mark.browser
def test_nothing_is_lost_when_letters_words_and_lines_are_set_apart(stops, live_server, page):
    page.set_viewport_size({"width": 320, "height": 800})
    for stop in stops:
        page.goto(live_server.url + stop.path)
        page.add_style_tag(content=SPACED)
        page.evaluate(OPEN)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), stop
        assert page.evaluate(LOST) == [], stop


@pytest.mark.browser
@pytest.mark.parametrize("contrast", ["no-preference", "more"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_ink_is_read_on_every_paper(live_server, page, scheme, contrast):
    page.emulate_media(color_scheme=scheme, contrast=contrast)
    page.goto(live_server.url + "/about/")
    colours = {name: page.evaluate(COLOUR, name) for name in [*INKS, *PAPERS]}
    for ink, paper in product(INKS, PAPERS):
        assert contrast_of(colours[ink], colours[paper]) >= 7, f"{ink} on {paper}"


COLOUR = """name => {
    document.body.style.color = `var(--${name})`;
    return getComputedStyle(document.body).color.match(/\\d+/g).map(Number);
}"""


def contrast_of(one, other) -> float:
    """The contrast of two colours, each as red, green and blue (WCAG 2.2, relative luminance)."""

    def luminance(colour):
        parts = [part / 255 for part in colour]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


# What each does to the last paragraph of a page.
PLANTED = {
    "color-contrast": "p => p.style.color = 'light-dark(#999, #555)'",
    "color-contrast-enhanced": "p => p.style.color = 'light-dark(#666, #888)'",
    "label": "p => p.append(document.createElement('input'))",
    "region": "p => document.body.append(p)",
    "target-size": "p => p.replaceChildren(...'ab'.split('').map(name => {"
    "const button = document.createElement('button'); button.style.cssText = 'all: unset; font-size: 9px';"
    "button.tabIndex = 0; button.append(name); return button;}))",
}


@pytest.mark.browser
@pytest.mark.parametrize("rule", PLANTED)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_axe_sees_what_is_wrong(live_server, page, rule, name):
    page.goto(live_server.url + "/accessibility/")
    page.evaluate(AXE.read_text())
    look(page, name)
    assert faults(page) == set()
    page.locator("main p").last.evaluate(PLANTED[rule])
    assert rule in {found for found, _what in faults(page)}
