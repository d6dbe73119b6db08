"""The page of readers who ask for what is not there: it finds the course, and keeps what they asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route

from sitegen import serve
from tests.sitegen.small_course import SmallCourse

COLD = True
pytestmark = pytest.mark.console_errors("the browser itself logs a page that was not found")


@pytest.fixture(scope="module", params=["", "/learn"])
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A course at the top of a host, and in a folder; the host answers what is missing with 404.html."""
    small = SmallCourse.write(tmp_path_factory.mktemp("course"))
    small.build()
    lost = Path(small.dist / "404.html")

    async def missing(*_: object) -> FileResponse:
        return FileResponse(lost, status_code=404)

    routes = [
        Mount(request.param, serve.static(small.dist))
        if request.param
        else Mount("/", serve.static(small.dist)),
        Route("/{path:path}", missing),
    ]
    with serve.serving(small.dist, application=Starlette(routes=routes)) as address:
        yield address.rstrip("/") + request.param + "/"


@pytest.mark.parametrize("asked", ["Lesson.htm", "old/lesson/", "lesson"])
def test_the_lesson_that_was_meant_is_named(open_page: Callable[..., Page], course: str, asked: str) -> None:
    page = open_page(f"{course}{asked}?a=1#fig-2~%7B%7D")
    near = page.locator("[data-nearest] a")
    expect(near).to_have_attribute("href", f"{course}lesson.html?a=1#fig-2~%7B%7D")
    near.click()
    expect(page.locator("h1")).to_have_text("A small lesson")


def test_else_the_course_is(open_page: Callable[..., Page], course: str) -> None:
    page = open_page(f"{course}some/deep/place/{'x' * 300}?<b>", viewport={"width": 320, "height": 640})
    expect(page.locator("li a").first).to_have_js_property("href", course)
    expect(page.locator("[data-nearest]")).to_be_hidden()
    expect(page.locator("[data-asked]")).to_contain_text("/some/deep/place/xxx")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator("li a").first.click()
    expect(page.locator("h1")).to_have_text("Small course")
