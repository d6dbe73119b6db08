"""pycore in the browser's Python: the example in every docstring runs there too, with the same answers."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

import pycore
from tests.browser.conftest import Opener
from tests.browser.steps import LESSON, START
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
def page(browser: Browser, http: str) -> Iterator[Page]:
    opener = Opener(browser)
    page = opener(http + LESSON)
    page.locator("#fig-01").scroll_into_view_if_needed()
    page.wait_for_function("document.documentElement.dataset.python === 'ready'", timeout=START)
    yield page
    opener.close()
    assert opener.errors == []


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run_in_pyodide(page: Page, module: str) -> None:
    assert "Right: every test passes." in in_page.run(page, CODE.format(module=module))
