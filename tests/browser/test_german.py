"""A page in another language, as the command builds it: page, scripts and figures say nothing in English."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sitegen import language, serve, spoken
from sitegen.errors import ROOT
from sitegen.places import read_texts
from tests.browser.steps import START, assert_accessible, wake
from tests.shared import made_once

PAGE = "03-einbettungen.html"


@pytest.fixture(scope="session")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        command = [sys.executable, "build.py", "--content", "examples/german", "--out", str(folder)]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    return made_once(tmp_path_factory, "german", make)


@pytest.fixture(scope="session", params=["http", "disk"])
def address(request: pytest.FixtureRequest, german: Path) -> Iterator[str]:
    if request.param == "disk":
        yield german.as_uri() + "/" + PAGE
    else:
        with serve.serving(german) as base:
            yield base + PAGE


def english(shown: str) -> list[str]:
    """Find what pages and figures say in English and in German otherwise."""
    tables = [file for folder in spoken.PACKAGES for file in folder.rglob("*.de.toml")]
    words: dict[str, str] = {}
    for table in (*tables, language.TEMPLATES / "words.de.toml"):
        words |= read_texts(table)
    whole = [phrase for phrase, said in words.items() if said != phrase and not re.search(r"[{}]", phrase)]
    return [phrase for phrase in whole if re.search(rf"(?<!\w){re.escape(phrase.strip())}(?!\w)", shown)]


def test_nothing_is_said_in_english(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(address)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    wake(page, "fig-05")
    expect(page.locator("#fig-05 [data-lamp]")).to_have_text("lebt")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tasten")).to_be_visible()
    page.keyboard.press("Escape")
    names = "body => [...body.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel).join('\\n')"
    body = page.locator("body")
    shown = f"{body.inner_text()}\n{body.evaluate(names)}"
    assert english("Show the code") == ["code", "Show the code"]
    assert english(shown) == []
    if address.startswith("http"):
        assert_accessible(page)


def test_what_python_draws_in_the_page_is_german(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(address)
    wake(page, "fig-05")
    figure = page.locator("#fig-05")
    figure.locator("[data-control=a]").fill("katze")
    expect(figure).to_contain_text("„katze“ ist nicht unter diesen 10,019 Wörtern. Meinten Sie")
    page.keyboard.press("Escape")
    figure.locator("[data-control=pair-good-bad]").click()
    expect(figure.locator("[data-out=cosine]")).to_have_text("+0.77")
    expect(figure).to_contain_text("andere Wörter sind näher an good")
    handle = figure.get_by_role("slider", name="Spitze von Pfeil b")
    handle.focus()
    page.keyboard.press("ArrowUp")
    expect(handle).to_have_attribute(
        "aria-valuetext", re.compile(r"Kosinus \+0\.\d\d, \d+ Grad über a, Länge")
    )
    assert english(figure.inner_text()) == []


def test_a_claim_is_computed_in_german(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(address)
    page.get_by_role("button", name="10.019").click()
    expect(page.locator(".claim-panel .said")).to_contain_text("wie es hier steht", timeout=START)
