"""Whose styles apply where, and what is seen in browsers that do not know the youngest features of CSS."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from sitegen import styles
from sitegen.errors import ROOT
from tests.browser.conftest import Opener
from tests.browser.steps import LESSON

TOKENS = ROOT / "site_templates" / "css" / "1-tokens.css"

# Younger than the oldest browsers that the README names.
YOUNG = re.compile(
    r"\b(content-visibility|text-wrap|hanging-punctuation|overflow-clip-margin|contain-intrinsic-size"
    r"|text-size-adjust|light-dark)\b"
)
NO_POPOVERS = """
for (const name of ["popover", "showPopover", "hidePopover"]) delete HTMLElement.prototype[name];
const matches = Element.prototype.matches;
Element.prototype.matches = function (selector) {
  if (selector.includes(":popover-open")) throw new SyntaxError("unknown pseudo-class");
  return matches.call(this, selector);
};
"""

# Which classes change what is seen of an element in a figure's picture?
SEEN = """(names) => {
  const stage = document.createElement("div");
  document.querySelector("#fig-01 .body > div").append(stage);
  const written = (element) => ["", "::before"].map((which) => {
    const style = getComputedStyle(element, which);
    return Array.from(style, (name) => name + style.getPropertyValue(name)).join();
  }).join();
  const changed = new Set();
  for (const tag of ["div", "button"]) {
    const element = stage.appendChild(document.createElement(tag));
    const plain = written(element);
    for (const name of names) {
      element.className = name;
      if (written(element) !== plain) changed.add(name);
    }
    element.remove();
  }
  stage.remove();
  return [...changed];
}"""


def helpers() -> set[str]:
    """Classes that the author guide names as those with a look of their own."""
    guide = (ROOT / "docs" / "author-guide.md").read_text("utf-8")
    (listed,) = re.findall(r"have a look of their own there;[^:]*:\n(.*?)\n\n", guide, re.DOTALL)
    return set(re.findall(r"`([\w-]+)`", listed))


def test_the_pages_classes_mean_nothing_in_a_picture(open_page: Opener, http: str, dist: Path) -> None:
    (sheet,) = (dist / "assets").glob("site.*.css")
    names = set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", sheet.read_text("utf-8")))
    assert {"bar", "card", "lamp", "message", "question"} <= names
    changed = set(open_page(http + LESSON).evaluate(SEEN, sorted(names)))
    assert changed - helpers() == set()
    assert changed > {"chip", "big", "label"}  # the test sees what is there


def test_a_figures_classes_leave_the_frame_alone(open_page: Opener, http: str) -> None:
    """FIG.05A has bars of its own, and every frame one."""
    page = open_page(http + LESSON)
    page.evaluate("for (const fold of document.querySelectorAll('details.closer')) fold.open = true")
    heights = page.locator("py-figure > figure > .bar").evaluate_all(
        "(bars) => bars.map((bar) => getComputedStyle(bar).borderBottomStyle + getComputedStyle(bar).display)"
    )
    assert len(heights) > 10
    assert set(heights) == {"solidflex"}
    own = page.locator(".figure-shortcut li .bar").first
    assert own.evaluate("(bar) => getComputedStyle(bar).borderBottomStyle") == "none"


def old(page: Page) -> None:
    """Let the page be one that an old browser shows."""

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=YOUNG.sub(r"unknown-\1", response.text()))

    page.route("**/*.css", answer)
    page.add_init_script(NO_POPOVERS)


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_colours_in_an_old_browser(open_page: Opener, http: str, system: str, theme: str) -> None:
    table = re.findall(r"(--[\w-]+): light-dark\((#\w+), (#\w+)\)", TOKENS.read_text("utf-8"))
    page = open_page(http + LESSON, before=old, color_scheme=system)
    page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
    shown = system if theme == "auto" else theme
    read = "(name) => getComputedStyle(document.documentElement).getPropertyValue(name)"
    for name, light, dark in table:
        assert page.evaluate(read, name) == (dark if shown == "dark" else light), name
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") in (shown, "light dark")
    page.emulate_media(media="print")
    assert [page.evaluate(read, name) for name, _, _ in table] == [light for _, light, _ in table]


def test_forced_colours_are_the_systems(open_page: Opener, http: str) -> None:
    page = open_page(http + LESSON, color_scheme="dark", forced_colors="active")
    read = "(name) => getComputedStyle(document.documentElement).getPropertyValue(name)"
    assert page.evaluate(read, "--ink") == "CanvasText"


def test_figures_in_an_old_browser(open_page: Opener, http: str) -> None:
    page = open_page(http + LESSON, before=old)
    table = page.locator("#fig-00 svg :is(.table, .lit, .word)")
    fills = table.evaluate_all("(shapes) => shapes.map((shape) => getComputedStyle(shape).fill)")
    assert len(fills) > 5
    assert "rgb(0, 0, 0)" not in fills  # what is painted when a colour is unknown
    for figure in page.locator("py-figure:visible > figure").all():
        box = figure.bounding_box()
        assert box is not None
        assert box["height"] > 150


def test_a_number_is_explained_without_popovers(open_page: Opener, http: str) -> None:
    page = open_page(http + LESSON, before=old)
    claim = page.locator(".claim[role=button]:visible").first
    claim.click()
    panel = page.locator(".claim-panel")
    panel.locator("pre").wait_for()
    number, box = claim.bounding_box(), panel.bounding_box()
    assert number is not None
    assert box is not None
    assert abs(box["y"] - number["y"]) < 500
    claim.click()
    panel.wait_for(state="detached")


def test_the_table_is_what_pages_carry(dist: Path) -> None:
    (sheet,) = (dist / "assets").glob("site.*.css")
    assert styles.of_site(TOKENS) in sheet.read_text("utf-8")
    assert "light-dark" not in "".join(file.read_text("utf-8") for file in (dist / "assets").glob("*.css"))


SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
ADOPT = "(css) => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }"
# What of a figure's text lies over what stands beside it, or is cut off.
SQUEEZED = """(figure) => [...figure.querySelectorAll(".body :is(b, dt, dd, th, td, .p)")]
.filter((element) => {
  const shown = element.getBoundingClientRect();
  const right = element.parentElement.closest("div, dl, tr").getBoundingClientRect().right;
  const cut = element.matches("dt, dd") && element.scrollWidth > element.clientWidth + 1;
  return shown.width && (shown.right > right + 1 || cut);
}).map((element) => element.textContent)"""


@pytest.mark.parametrize("spaced", [False, True], ids=["plain", "spaced"])
@pytest.mark.parametrize(("width", "figure"), [(320, "fig-01"), (320, "fig-04"), (1280, "fig-07b")])
def test_room_for_the_words(open_page: Opener, http: str, width: int, figure: str, spaced: bool) -> None:
    """As WCAG 1.4.10 and 1.4.12 ask for: 320 px wide, and with more room between letters, words and lines."""
    page = open_page(http + LESSON, viewport={"width": width, "height": 900})
    if spaced:
        page.evaluate(ADOPT, SPACED)
    page.evaluate("for (const fold of document.querySelectorAll('details.closer')) fold.open = true")
    page.locator(f"#{figure}").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(f"#{figure} table").evaluate_all(
        "(tables) => tables.every((t) => t.getBoundingClientRect().right <= innerWidth - 16)"
    )
    assert page.locator(f"#{figure}").evaluate(SQUEEZED) == []


def test_a_handout(open_page: Opener, http: str) -> None:
    page = open_page(http + LESSON)
    paper = page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) <= 24
    page.set_viewport_size({"width": 695, "height": 1028})  # what lies between the margins of A4
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    avoid = "(elements) => elements.map((e) => getComputedStyle(e).breakInside)"
    assert set(page.locator("py-figure").evaluate_all(avoid)) == {"avoid"}
    room = 297 - 25  # mm between the margins of a page
    heights = page.locator("py-figure").evaluate_all("(all) => all.map((e) => e.offsetHeight)")
    assert max(heights) * 25.4 / 96 < room
    dead = ":is(.body :is(button.chip, .slider, textarea, .fold:not([open])), .demand)"
    assert not page.locator(dead).locator("visible=true").count()
    links = page.locator("main p > a[href^=http]:not(.footnotes a)").all()
    assert links
    listed = page.locator(".addresses li")
    for link in links:
        number = int(link.get_attribute("data-address") or 0)
        assert listed.nth(number - 1).inner_text() == link.evaluate("(a) => a.href")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator(".addresses, [data-address]").count()
