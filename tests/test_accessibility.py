"""axe-core finds nothing on any kind of page, in light, dark and forced colours, narrow and enlarged.

No rule is off and no element is left out. What axe cannot decide is decided in `DECIDED`, each with its reason.
"""

from pathlib import Path

import pytest

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
DECIDED = {
    "identical-links-same-purpose": "Two results, or an edition and the list of editions, share a name; what they are "
    "stands beside each of them.",
}
OPEN = "document.querySelectorAll('details').forEach(details => details.open = true)"
RUN = """async tags => {
    const results = await axe.run({runOnly: tags});
    const kinds = ["passes", "inapplicable", "violations", "incomplete"];
    const told = rule => rule.nodes.map(node => [rule.id, `${node.target.join(" ")}: ${node.failureSummary}`]);
    return {
        rules: new Set(kinds.flatMap(kind => results[kind]).map(rule => rule.id)).size,
        violations: results.violations.flatMap(told),
        incomplete: results.incomplete.flatMap(told),
    };
}"""


@pytest.fixture
def page(browser):
    """A page into which axe may be put: our policy lets no script in but our own."""
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


def faults(page) -> set[tuple[str, str]]:
    """What axe finds on the page as it is now: pairs of a rule, and where and what."""
    results = page.evaluate(RUN, TAGS)
    assert results["rules"] == RULES
    undecided = [(rule, found) for rule, found in results["incomplete"] if rule not in DECIDED]
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
        for name in LOOKS:
            look(page, name)
            found += [f"{stop} ({name}): {rule}: {what}" for rule, what in faults(page)]
    assert not found, "\n".join(found)


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
