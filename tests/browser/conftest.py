"""A built site, served and from disk, and pages that fail their test on any error on the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from sitegen import serve, site
from tests.browser.steps import LESSON, wake
from tools import chromium


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "console_errors(why): the page may log errors, for the reason given")


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "dist"
    site.build(dist=folder)
    return folder


@pytest.fixture(scope="session")
def http(dist: Path) -> Iterator[str]:
    with serve.serving(dist) as address:
        yield address


@pytest.fixture(scope="session")
def disk(dist: Path) -> str:
    return dist.as_uri() + "/"


@pytest.fixture(scope="session", params=["http", "disk"])
def base(request: pytest.FixtureRequest) -> str:
    """The site's address, once served and once by double click."""
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.launched() as browser:
        yield browser


class Opener:
    """Opens addresses, each in a fresh profile, and notes what their consoles report as errors."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
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


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Opener]:
    """Open an address in a fresh profile; errors on its console fail the test."""
    opener = Opener(browser)
    yield opener
    opener.close()
    if request.node.get_closest_marker("console_errors") is None:
        assert opener.errors == []


@pytest.fixture(scope="module")
def awake(request: pytest.FixtureRequest, browser: Browser, base: str) -> Iterator[tuple[Page, Opener]]:
    """Open the lesson once for a module, with the figure that the module names in FIGURE live."""
    opener = Opener(browser)
    page = opener(base + LESSON)
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
