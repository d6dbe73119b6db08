"""Every engine that is there drives the figures, http and disk: they live, and answer as CPython does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.driver import (
    NOTE,
    Chromium,
    Driver,
    assert_nothing_was_uncaught,
    found,
    settle,
    wait,
    wake,
)
from tests.browser.mirror import Mirror, only_plays, recorded
from tests.browser.steps import LESSON
from tools.webdriver import FIREFOX, WEBKIT, WebDriver, find_firefox, find_webkit, firefox, webkit

LESSONS = ("01-neural-network.html", "02-tokenization.html", LESSON, "04-attention.html")
PRESSES = 2  # of each figure; Chromium alone makes all that is recorded, elsewhere
SHELF = "document.querySelector('[data-shelf]')"
# First signs of a formula or of what stands in a figure that are drawn outside of their place.
HANGING = """[...document.querySelectorAll("math *, py-figure .body *")].filter((element) => {
    const text = element.firstChild;
    if (text?.nodeType !== Node.TEXT_NODE || element.closest("svg")) return false;
    const sign = document.createRange();
    sign.setStart(text, text.data.search(/\\S|$/));
    sign.setEnd(text, Math.min(text.length, sign.startOffset + 1));
    const box = sign.getClientRects()[0];
    return box?.width && box.left < element.getBoundingClientRect().left - 1.5;
}).map((element) => element.textContent)"""
FIGURES = """[...document.querySelectorAll("py-figure:not([still])")]
    .map((figure) => [figure.id, figure.dataset.path])"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Chromium from disk alone: served, it makes all that is recorded in test_figures.

    What is seen does not depend on where a page lies, and Chromium's is looked at elsewhere.
    """
    pairs = [(name, base) for name in ("chromium", "firefox", "webkit") for base in ("http", "disk")]
    pairs.remove(("chromium", "http"))
    if "others" in metafunc.fixturenames:
        pairs = [("firefox", "http"), ("webkit", "http")]
    metafunc.parametrize(("driver", "base"), pairs, indirect=True, scope="module")


@pytest.fixture(scope="module")
def driver(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    if request.param == "chromium":
        browser: Browser = request.getfixturevalue("browser")
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        yield Chromium(context.new_page())
        context.close()
    elif request.param == "firefox":
        if not (program := find_firefox()):
            pytest.skip(f"no Firefox here; install one (Debian: firefox-esr), or name it in ${FIREFOX}")
        with firefox(program, tmp_path_factory.mktemp("firefox") / "profile") as driver:
            yield driver
    else:
        if not (programs := find_webkit()):
            pytest.skip(
                f"no WebKit here; install its driver and a screen (Debian: webkit2gtk-driver, xvfb), "
                f"or name the driver in ${WEBKIT}"
            )
        with webkit(*programs) as driver:
            yield driver


def begin(driver: Driver) -> None:
    """Start Python by going to a figure, and note from now on what the figures are asked."""
    driver.evaluate(NOTE)
    wake(driver, "fig-05")


def test_the_figures_of_a_lesson(driver: Driver, base: str) -> None:
    drive(driver, base + LESSON)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson != LESSON])
def test_the_figures_of_the_others(driver: Driver, base: str, lesson: str) -> None:
    drive(driver, base + lesson)


def drive(driver: Driver, address: str) -> None:
    driver.open(address)
    begin(driver)
    for figure, path in driver.evaluate(FIGURES):
        wake(driver, figure)
        mirror = Mirror(driver, figure)
        mirror.assert_same("at first")
        events = recorded(path)
        if path == "embeddings/cosine":  # a drag, an arrow key and a pair
            events = [events[0], ("nudge", ["b", 1, 0]), ("pair", ["good bad"])]
        done = 0
        for event, args in events:
            done += mirror.perform(event, args)
            if done == (3 if path == "embeddings/cosine" else PRESSES):
                break
        assert done or only_plays(path), path
    assert_nothing_was_uncaught(driver)


def test_a_later_visit(driver: Driver, base: str) -> None:
    driver.open(base + LESSON)
    begin(driver)
    driver.reload()
    begin(driver)
    settle(driver, "fig-05")
    assert Mirror(driver, "fig-05").perform("pair", ["good bad"])
    wait(driver, "document.documentElement.dataset.python === 'ready'")
    assert_nothing_was_uncaught(driver)


@pytest.fixture
def others(driver: Driver) -> Iterator[WebDriver]:
    """Give the browser, where it is another than Chromium."""
    assert isinstance(driver, WebDriver)
    yield driver
    driver.resize(1280, 1000)


def test_a_page_as_it_is_seen(others: WebDriver, base: str) -> None:
    """What Safari leaves out or shifts, and on a phone what is wider than the window."""
    others.resize(390, 844)
    for lesson in LESSONS:
        others.open(base + lesson)
        assert others.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, lesson
        others.evaluate(
            "void document.querySelectorAll('details.closer').forEach((fold) => (fold.open = true))"
        )
        assert others.evaluate(HANGING) == [], lesson
        for mark in (".claim[role=button]", ".term button"):
            line = f"getComputedStyle({found(mark)}).textDecorationStyle"
            assert others.evaluate(f"{found(mark)} ? {line} : 'dotted'") == "dotted", (lesson, mark)


def test_back_while_files_are_kept(others: WebDriver, base: str) -> None:
    """The page comes back as it was left, with its Python, and goes on keeping the course."""
    others.open(base + LESSON)
    begin(others)
    wait(others, "document.documentElement.dataset.offline === 'lesson'")
    others.evaluate(f"void {SHELF}.querySelector('[data-control=keep]').click()")
    wait(others, f"!{SHELF}.querySelector('progress').hidden")
    others.evaluate("void (window.left = true)")
    others.open(base)
    others.back()
    wait(others, "location.pathname.endsWith('.html')")
    assert others.evaluate("window.left ?? false")
    assert others.evaluate("document.documentElement.dataset.python") == "ready"
    wait(others, "document.documentElement.dataset.offline === 'course'")
