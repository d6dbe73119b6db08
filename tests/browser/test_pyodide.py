"""pycore in the browser's Python: the example in every docstring runs there too, with the same answers."""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

import pycore
from tests.browser.conftest import Opener
from tests.browser.steps import LESSON, START
from tests.browser.test_parity import OTHERS
from tools import in_page

MODULES = [m.name for m in pkgutil.walk_packages(pycore.__path__, "pycore.") if not m.ispkg]
# An exercise runs any code, so it also runs doctest.
CODE = """
import contextlib, doctest, importlib, io
flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
said = io.StringIO()
with contextlib.redirect_stdout(said):
    results = doctest.testmod(importlib.import_module("{module}"), optionflags=flags)
assert results.failed == 0, said.getvalue()
"""


@pytest.fixture(scope="module")
def pages(opener: Opener, http: str) -> Iterator[Callable[[str], Page]]:
    """Give the page of a lesson, with Python running in it."""

    @functools.cache
    def give(lesson: str) -> Page:
        page = opener(http + lesson)
        page.locator("#fig-01").scroll_into_view_if_needed()
        page.wait_for_function("document.documentElement.dataset.python === 'ready'", timeout=START)
        return page

    yield give
    assert opener.errors == []


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run_in_pyodide(pages: Callable[[str], Page], module: str) -> None:
    lesson = next((OTHERS[part] for part in module.split(".") if part in OTHERS), LESSON)  # it has the data
    assert "Right: every test passes." in in_page.run(pages(lesson), CODE.format(module=module))
