"""A built site, served and from disk, and pages that fail their test on any error on the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from sitegen import serve
from sitegen.site import build
from tests.browser import warm
from tests.browser.published import Site, published
from tests.browser.steps import LESSON, SMALL, wake
from tests.shared import made_once, shared_folder
from tools import chromium

COURSE = Path(__file__).parent / "course"
# The fixtures of an address and of the site there, a lesson with an exercise, the folder of Python's memory.
WARM = (
    ("http", "dist", LESSON, "memory"),
    ("course_http", "course_dist", SMALL, "course-memory"),
)
# Python lives for seconds in a test: to compile for speed what it does often takes longer than it saves.
SHORT_LIVED = "--js-flags=--wasm-tiering-budget=130000000"  # ten times V8's own
HERE = Path(__file__).parent


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Open pages once served and once from disk, unless a test is of a figure alone.

    What a page loads, keeps and may do depends on where it lies; what a figure makes of an event does not.
    That every figure lives from disk too, and answers all its recorded events there, is what test_parity
    and test_engines hold.
    """
    path = metafunc.definition.path
    if path.parent == HERE / "engines":
        return  # which other engine, matters too
    of_python = path.parent != HERE or path.name == "test_guest.py"
    for name in ("base", "awake"):
        if name in metafunc.fixturenames:
            places = ["http"] if of_python else ["http", "disk"]
            metafunc.parametrize(name, places, indirect=True, scope="module")


# What is expected comes at once on a quiet machine; on a busy one later, and is right all the same.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test of a page that failed once more, and say so: a browser may starve where much else runs."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "console_errors(why): the page may log errors, for the reason given")


@pytest.fixture(scope="session")
def http(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    memory = shared_folder(tmp_path_factory, "memory")
    with serve.serving(dist, application=warm.serving(dist, memory)) as address:
        yield address


@pytest.fixture
def site(dist: Path, tmp_path: Path) -> Iterator[Site]:
    """A copy of the site that the test may change."""
    with published(dist, tmp_path / "site") as site:
        yield site


@pytest.fixture(scope="session")
def disk(dist: Path) -> str:
    return dist.as_uri() + "/"


@pytest.fixture(scope="session")
def base(request: pytest.FixtureRequest) -> str:
    """The site's address, once served and once by double click."""
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture(scope="session")
def course_dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course of figures that belong to no lesson, built once for all workers; not to be changed."""
    return made_once(tmp_path_factory, "course", lambda folder: build(COURSE, folder))


@pytest.fixture(scope="session")
def course_http(course_dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    memory = shared_folder(tmp_path_factory, "course-memory")
    with serve.serving(course_dist, application=warm.serving(course_dist, memory)) as address:
        yield address


@pytest.fixture(scope="session")
def course_disk(course_dist: Path) -> str:
    return course_dist.as_uri() + "/"


@pytest.fixture(scope="session", params=["http", "disk"])
def course(request: pytest.FixtureRequest) -> str:
    """The small course's address, once served and once by double click."""
    address: str = request.getfixturevalue(f"course_{request.param}")
    return address


@pytest.fixture(scope="module", params=["http", "disk"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The lesson of the course that a module builds as its `small`, once served and once from disk."""
    small: Path = request.getfixturevalue("small")
    if request.param == "disk":
        yield small.as_uri() + "/lesson.html"
        return
    with serve.serving(small) as base:
        yield base + "lesson.html"


@pytest.fixture
def course_site(course_dist: Path, tmp_path: Path) -> Iterator[Site]:
    """A copy of the small course that the test may change."""
    with published(course_dist, tmp_path / "site") as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.launched(SHORT_LIVED) as browser:
        yield browser


class Warmth:
    """Makes a fresh profile one that has been at an address before, where there is a memory for it."""

    def __init__(self, request: pytest.FixtureRequest, browser: Browser) -> None:
        self.request = request
        self.browser = browser
        self.made: dict[str, Callable[[Page], None]] = {}

    def put(self, page: Page, address: str) -> None:
        get = self.request.getfixturevalue
        for site, built, lesson, name in WARM:
            if not address.startswith("http") or not address.startswith(home := get(site)):
                continue
            # Another course, in a checkout of its own, need not have that lesson.
            if site not in self.made and (get(built) / lesson).exists():
                memory = shared_folder(get("tmp_path_factory"), name)
                self.made[site] = warm.memory_of(self.browser, home, lesson, memory)
            if site in self.made:
                self.made[site](page)


@pytest.fixture(scope="session")
def warmth(request: pytest.FixtureRequest, browser: Browser) -> Warmth:
    return Warmth(request, browser)


class Opener:
    """Opens addresses, each in a fresh profile, and notes what their consoles report as errors."""

    def __init__(self, browser: Browser, warmth: Warmth | None) -> None:
        self.browser = browser
        self.warmth = warmth
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(
        self, address: str, *, before: Callable[[Page], object] | None = None, **options: Any
    ) -> Page:
        settings = {"viewport": {"width": 1280, "height": 1000}, "reduced_motion": "reduce"} | options
        context = self.browser.new_context(**settings)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self.note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if self.warmth:
            self.warmth.put(page, address)
        if before:
            before(page)
        page.goto(address)
        return page

    def note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location})")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture(scope="module")
def opener(request: pytest.FixtureRequest, browser: Browser, warmth: Warmth) -> Iterator[Opener]:
    """Give what opens pages for a whole module; they are warm, unless the module says that it is COLD."""
    opener = Opener(browser, None if getattr(request.module, "COLD", False) else warmth)
    yield opener
    opener.close()


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, opener: Opener) -> Iterator[Opener]:
    """Open an address in a fresh profile; errors on its console fail the test."""
    for name in {"site", "course_site"} & set(request.fixturenames):
        request.getfixturevalue(name)  # first, so that pages are closed before their server ends
    yield from opening(request, Opener(browser, opener.warmth))


@pytest.fixture
def open_warm(request: pytest.FixtureRequest, browser: Browser, warmth: Warmth) -> Iterator[Opener]:
    """Open an address in a warm profile, also in a module that is COLD."""
    yield from opening(request, Opener(browser, warmth))


def opening(request: pytest.FixtureRequest, opener: Opener) -> Iterator[Opener]:
    yield opener
    opener.close()
    if request.node.get_closest_marker("console_errors") is None:
        assert opener.errors == []


@pytest.fixture(scope="module")
def awake(request: pytest.FixtureRequest, browser: Browser, opener: Opener) -> Iterator[tuple[Page, Opener]]:
    """Open a page once for a module, with the figure that the module names in FIGURE live.

    It is lesson 03, the one that the module names in LESSON, or the page of the small course in PAGE.
    """
    small = getattr(request.module, "PAGE", None)
    address = request.getfixturevalue(f"course_{request.param}" if small else request.param)
    opener = Opener(browser, opener.warmth)
    page = opener(address + (small or getattr(request.module, "LESSON", LESSON)))
    wake(page, request.module.FIGURE)
    yield page, opener
    opener.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, awake: tuple[Page, Opener]) -> Iterator[Page]:
    """Give the module's page, with its figure reset; errors on its console fail the test."""
    page, opener = awake
    figure = page.locator(f"#{request.module.FIGURE}")
    figure.locator("[data-control=reset]").click()
    page.wait_for_function("(figure) => figure.quiet", arg=figure.element_handle())
    yield page
    assert opener.errors == []
