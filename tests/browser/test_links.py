"""Links as they come: wrapped, encoded, cut, hostile; and code, a stranger's or the reader's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import LESSON, answer_with, calls, press, take_over
from tests.sitegen.small_course import SmallCourse

Open = Callable[..., Page]
STATE = {"word": "mouse", "row": 7}
WHOLE = json.dumps(STATE, separators=(",", ":"))
CODE = "def twice(x):\n" + "\n".join(f"    x{i} = {i}" for i in range(40)) + "\n    return x * 2\u202e"
BOX = "#twice [data-control=code]"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    course = SmallCourse.write(tmp_path_factory.mktemp("course"), LESSON)
    course.build()
    return f"{course.dist.as_uri()}/lesson.html"


@pytest.mark.parametrize(
    ("fragment", "state", "told"),
    [
        (f"fig-2~{WHOLE}", STATE, None),
        (f"fig-2~{quote(WHOLE, safe='')}", STATE, None),
        (f"fig-2%7E{quote(WHOLE, safe='')}", STATE, None),
        (f"fig-2%257E{quote(quote(WHOLE, safe=''), safe='')}", STATE, None),
        *((f"fig-2~{quote(WHOLE)}{mark}", STATE, None) for mark in (".", ")", ">", '"', "’,", "%3E", ")*")),
        (f"fig-2~{quote(WHOLE)[:-3]}", {"word": "mouse"}, "cut short"),  # 7 may have been 71
        (f"fig-2~{quote(WHOLE)[:-12]}", {"word": "mouse"}, "cut short"),
        ('fig-2~{"word":"mouse"', {"word": "mouse"}, "cut short"),
        ("fig-2~%7B%22word%22%3A%22mouse%22%2C%22x%22%3A%22%E2%8", {"word": "mouse"}, "cut short"),
        ("fig-2~%7B%22wo", None, "cannot be read"),
        ("fig-2~" + "[" * 3000, None, "cannot be read"),
        ('fig-2~{"row":' + "[" * 3000 + "]" * 3000 + "}", None, "cannot be read"),
        (
            'fig-2~{"word":"' + "x" * 1_000_000 + '"}',
            None,
            "too long to be read: it has 1,000,0",
        ),
        ("fig-2.", None, None),
        ("fig-2)>", None, None),
        ("fig-2%7E", None, "cannot be read"),
    ],
)
def test_a_link_is_read_as_far_as_it_can_be(
    open_page: Open, small: str, fragment: str, state: object, told: str | None
) -> None:
    page = open_page(small, viewport={"width": 800, "height": 300})
    take_over(page)
    page.evaluate("(fragment) => void (location.hash = fragment)", fragment)
    expect(page.locator("#fig-2")).to_be_in_viewport()
    press(page, "fig-2")
    mounted = [request["state"] for request in calls(page, "mount") if request["id"] == "fig-2"]
    assert mounted == [state or {}]
    message = page.locator("#fig-2 [data-message]")
    page.evaluate("(fragment) => { location.hash = ''; location.hash = fragment; }", fragment)
    if told:
        expect(message).to_contain_text(told)
        assert len(message.inner_text()) < 200
    else:
        expect(message).to_be_hidden()


def test_a_link_that_the_figure_refuses_takes_nothing_away(open_page: Open, small: str) -> None:
    page = open_page(small)
    take_over(page)
    answer_with(page, "(method) => method === 'send' ? { state: { row: 3 } } : {}")
    press(page)
    answer_with(
        page,
        "(method, { state }) => state?.word ? { refused: 'no such word', state: {} } : { state }",
    )
    page.evaluate('() => void (location.hash = \'#fig-1~{"word":"qq"}\')')
    expect(page.locator("#fig-1 [data-message]")).to_contain_text("no such word")
    page.wait_for_function("document.querySelector('#fig-1').quiet")
    assert page.evaluate("document.querySelector('#fig-1').left.state") == {"row": 3}


def test_code_that_came_with_a_link_waits_until_it_was_read(open_page: Open, small: str) -> None:
    state = {"code": CODE, "edited": True}
    page = open_page(f"{small}#twice~{quote(json.dumps(state), safe='')}")
    take_over(page)
    notice = page.locator("#twice [data-came]")
    expect(notice).to_contain_text("This code came with the link. Read it before you run it.")
    shown = notice.locator("code")
    assert shown.text_content() == CODE.replace("\u202e", "\\u202e")
    assert shown.evaluate("(e) => e.scrollHeight <= e.parentElement.clientHeight + 1")  # whole
    starter = page.locator(BOX).input_value()
    press(page, "twice", "run")  # what is in the box, which is not the stranger's
    assert CODE.splitlines()[5] not in json.dumps(page.evaluate("window.calls"))
    expect(page.locator(BOX)).to_have_value(starter)
    notice.locator("[data-control=came-take]").click()
    page.wait_for_function("document.querySelector('#twice').quiet")
    assert calls(page, "mount")[-1]["state"] == state
    expect(notice).to_have_count(0)


def test_code_of_a_link_can_be_left(open_page: Open, small: str) -> None:
    page = open_page(small + '#twice~{"code":"1","edited":true}')
    take_over(page)
    page.locator("[data-control=came-leave]").click()
    assert page.url.endswith("#twice")
    press(page, "twice", "run")
    assert calls(page, "mount")[0]["state"] == {}


def test_what_a_reader_wrote_comes_back_until_it_is_reset(open_page: Open, small: str) -> None:
    page = open_page(small)
    starter = page.locator(BOX).input_value()
    page.locator(BOX).fill("mine = 1")
    page.reload()
    expect(page.locator(BOX)).to_have_value("mine = 1")
    expect(page.locator("#twice [data-message]")).to_contain_text("Reset throws it away")
    take_over(page)
    press(page, "twice", "run")
    assert [(c["event"], c["args"]) for c in calls(page)] == [("edit", ["mine = 1"]), ("run", [])]
    press(page, "twice", "reset")
    page.reload()
    expect(page.locator(BOX)).to_have_value(starter)
    expect(page.locator("#twice [data-message]")).to_be_hidden()


def test_a_link_that_was_shared_survives_a_mail(open_page: Open, small: str) -> None:
    page = open_page(small)
    take_over(page)
    answer_with(page, """(method) => method === "send" ? { state: { word: "(it’s ~ *!)" } } : {}""")
    press(page)
    page.locator("#fig-1 [data-share]").click()
    page.wait_for_function("location.hash.includes('~')")
    fragment = page.evaluate("location.hash")
    assert not set(fragment[7:]) & set("()'!*~<>\"")
    other = open_page(page.url)
    take_over(other)
    press(other)
    assert calls(other, "mount")[0]["state"] == {"word": "(it’s ~ *!)"}
