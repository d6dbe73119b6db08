"""What the page does with Python's answers: parts, refusals, bugs, ticks; and with files and keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import LESSON, answer_with, calls, press, take_over
from tests.sitegen.small_course import SmallCourse

Open = Callable[..., Page]
PARTS = """() => [...document.querySelectorAll("#fig-1 [data-part]")].map((part) =>
    [part.dataset.part, part.textContent.trim() !== ""])"""
FRAMES = """async () => {
    for (let i = 0; i < 12; i++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    course = SmallCourse.write(tmp_path_factory.mktemp("course"), LESSON)
    course.build()
    return f"{course.dist.as_uri()}/lesson.html"


@pytest.fixture
def page(open_page: Open, small: str) -> Page:
    page = open_page(small)
    take_over(page)
    return page


def fill_part(page: Page, html: str, part: str = "made") -> None:
    """Let the next press put markup into a part of its own."""
    reply = json.dumps({"parts": {part: html}})
    answer_with(page, f"(method) => method === 'send' ? {reply} : {{}}")
    press(page)
    answer_with(page, "() => ({})")


def test_a_part_that_first_appears_later_appears_in_its_place(page: Page) -> None:
    first = [name for name, _ in page.evaluate(PARTS)]
    order = [first[0], "late", *first[1:]]
    reply = {"parts": {"late": "<p>late</p>"}, "order": order}
    answer_with(page, f"(method) => method === 'send' ? {json.dumps(reply)} : {{}}")
    press(page)
    assert [name for name, _ in page.evaluate(PARTS)] == order
    expect(page.locator("#fig-1 .part-late")).to_have_text("late")
    answer_with(page, f"(method) => ({json.dumps({'order': first})})")
    press(page)
    assert dict(page.evaluate(PARTS))["late"] is False  # it went, and its place is kept
    assert all(full for name, full in page.evaluate(PARTS) if name != "late")


def test_a_refusal_is_a_gentle_note(page: Page) -> None:
    message = page.locator("#fig-1 [data-message]")
    answer_with(page, "(method) => method === 'send' ? { refused: 'expected a number; found “1e”' } : {}")
    press(page)
    expect(page.locator("#fig-1")).to_have_attribute("state", "live")
    expect(message).to_contain_text("expected a number; found “1e”")
    answer_with(page, "() => ({})")
    press(page)
    expect(message).to_be_hidden()


def test_what_is_told_moves_nothing_and_is_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 420})
    press(page)
    page.evaluate("document.querySelector('#fig-1').scrollIntoView()")
    text = "The word “nothing” is not among those that this figure knows. " * 3
    answer_with(page, f"(method) => method === 'send' ? {{ refused: {json.dumps(text)} }} : {{}}")
    places = """() => {
        const its = "#fig-1 .bar, #fig-1 [data-control=row-down], #fig-1 [data-part]";
        return [...document.querySelectorAll(its)].map((element) => element.getBoundingClientRect().top);
    }"""
    before = page.evaluate(places)
    press(page)
    told = page.locator("#fig-1 [data-message]")
    expect(told).to_contain_text("nothing")
    assert page.evaluate(places) == before
    box = told.bounding_box()
    assert box is not None
    assert box["height"] > 60
    assert box["y"] + box["height"] <= 420


def test_a_bug_is_told_and_the_figure_is_set_up_anew_when_that_failed(page: Page) -> None:
    figure, message = page.locator("#fig-1"), page.locator("#fig-1 [data-message]")
    answer_with(page, "() => ({ error: 'ZeroDivisionError: division by zero', detail: 'on purpose' })")
    page.evaluate("document.querySelector('#fig-1').remake(true)")
    expect(figure).to_have_attribute("state", "failed")
    expect(message).to_have_text("This figure stopped: ZeroDivisionError: division by zero. Reset")
    mounts = len(calls(page, "mount"))
    answer_with(page, "() => ({})")
    press(page)
    assert len(calls(page, "mount")) == mounts + 1  # Python may hold no such figure
    expect(figure).to_have_attribute("state", "live")
    answer_with(page, "() => ({ error: 'ZeroDivisionError: again', detail: 'on purpose' })")
    press(page)
    expect(figure).to_have_attribute("state", "failed")
    answer_with(page, "() => ({})")
    message.get_by_role("button", name="Reset").click()
    expect(figure).to_have_attribute("state", "live")
    assert calls(page)[-1]["event"] == "reset"
    assert len(calls(page, "mount")) == mounts + 1


def test_what_code_printed_stands_under_it(page: Page) -> None:
    answer_with(page, "() => ({ printed: '<b>one</b>\\ntwo', isCut: true })")
    press(page)
    page.locator("#fig-1 [data-control=source]").click()
    printed = page.locator("#fig-1 [data-printed]")
    expect(printed).to_have_text("Printed:\n<b>one</b>\ntwo\n… and more")
    answer_with(page, "() => ({ printed: 'three' })")
    press(page)
    expect(printed).to_have_text("Printed:\nthree")


def test_long_words_of_an_error_are_cut(page: Page) -> None:
    answer_with(page, "() => ({ error: 'x'.repeat(1_000_000), detail: 'on purpose' })")
    press(page)
    assert len(page.locator("#fig-1 [data-message] span").inner_text()) == 300


def test_an_event_that_python_did_not_survive_is_not_made_again(page: Page) -> None:
    press(page)
    answer_with(page, "() => { throw new Error('It ended', { cause: 'in hand' }); }")
    page.evaluate("document.querySelector('#fig-1 [data-control=row-down]').click()")
    message = page.locator("#fig-1 [data-message]")
    expect(message).to_contain_text("It ended. Python was started anew, and the figure is as it was before.")


def test_a_shared_model_reaches_the_other_figure(page: Page) -> None:
    press(page, "fig-2")
    others = [{"id": "fig-2", "parts": {"made": "<b>shared</b>"}, "state": {"row": 5}}]
    answer_with(page, f"(method) => method === 'send' ? {json.dumps({'others': others})} : {{}}")
    press(page)
    expect(page.locator("#fig-2 .part-made")).to_have_text("shared")
    assert page.evaluate("document.querySelector('#fig-2').left.state") == {"row": 5}


@pytest.mark.console_errors("the page's policy tells what it would have stopped")
def test_markup_of_alien_code_runs_nothing(page: Page) -> None:
    fill_part(
        page,
        """<p onclick="window.hit=1" data-kept>kept</p><img src="x" onerror="window.hit=1">
        <svg/onload="window.hit=1"><a xlink:href="&#106;avascript:window.hit=1"><text>a</text></a>
        <animate attributeName="href" to="javascript:window.hit=1"/></svg><script>window.hit=1</script>
        <iframe srcdoc="<script>parent.hit=1</script>"></iframe><a href="jAvascript:window.hit=1">b</a>
        <a href="#fig-2">within</a>
        <form action="javascript:window.hit=1"><button formaction="javascript:1">c</button></form>
        <meta http-equiv="refresh" content="0;url=javascript:window.hit=1">""",
    )
    left = page.evaluate(
        """() => [...document.querySelectorAll("#fig-1 .part-made *")].map((e) =>
            [e.localName, ...[...e.attributes].map((a) => a.name)].join(" "))"""
    )
    assert left == ["p data-kept", "img", "svg", "a", "text", "a", "a href", "form", "button"]
    page.locator("#fig-1 .part-made p").click()
    assert page.evaluate("window.hit") is None


def test_ticks_carry_seconds_and_pause_out_of_sight(page: Page) -> None:
    page.locator("#fig-1").scroll_into_view_if_needed()
    fill_part(page, '<p data-tick="step" data-tick-seconds>going</p>')
    ticks = "window.calls.filter(([, { event }]) => event === 'step').map(([, { args }]) => args[0])"
    page.wait_for_function(f"{ticks}.length > 4")
    first, *later = page.evaluate(ticks)
    assert first == 0
    assert all(0 < seconds <= 0.25 for seconds in later)
    press(page, control="row-down")  # answered between two ticks, and they go on
    count = len(page.evaluate(ticks))
    page.wait_for_function(f"{ticks}.length > {count}")
    page.evaluate("document.querySelector('#fig-1').style.display = 'none'")  # as in a closed fold
    page.evaluate(FRAMES)
    paused = len(page.evaluate(ticks))
    page.evaluate(FRAMES)
    assert len(page.evaluate(ticks)) == paused
    page.evaluate("document.querySelector('#fig-1').style.display = ''")
    page.wait_for_function(f"{ticks}.length > {paused + 1}")
    assert page.evaluate(ticks)[paused] == 0  # the pause is no time that passed


def test_a_tick_that_is_refused_is_the_last(page: Page) -> None:
    page.locator("#fig-1").scroll_into_view_if_needed()
    fill_part(page, '<p data-tick="step">going</p>')
    answer_with(page, "() => ({ refused: 'it is over' })")
    message = page.locator("#fig-1 [data-message]")
    expect(message).to_contain_text("it is over")
    page.wait_for_function("document.querySelector('#fig-1').quiet")
    count = len(calls(page))
    page.evaluate(FRAMES)
    assert len(calls(page)) == count


def test_a_file_is_read_in_the_page(page: Page, tmp_path: Path) -> None:
    box = '<input type="file" data-control="file" data-on-file="open" data-arg="a" data-most-bytes="2000">'
    fill_part(page, box)
    field, message = page.locator("#fig-1 [data-control=file]"), page.locator("#fig-1 [data-message]")
    good, large, picture = tmp_path / "words.txt", tmp_path / "large.txt", tmp_path / "picture.png"
    good.write_text("grün\n", "utf-8")
    large.write_text("x" * 2001)
    picture.write_bytes(b"\x89PNG\r\n\xff")
    count = len(calls(page))
    field.set_input_files(large)
    expect(message).to_contain_text("“large.txt” has 3 kB, and at most 2 kB can be read here.")
    field.set_input_files(picture)
    expect(message).to_contain_text("“picture.png” is not a text file")
    assert len(calls(page)) == count
    expect(page.locator("#fig-1")).to_have_attribute("state", "live")
    field.set_input_files(good)
    expect(message).to_be_hidden()
    assert [(c["event"], c["args"]) for c in calls(page)[count:]] == [("open", ["a", "words.txt", "grün\n"])]


def test_enter_takes_a_completion_and_escape_goes_back(page: Page) -> None:
    box = '<input data-completes="h" data-control="w" data-on-input="type" value="ca" placeholder="dog">'
    fill_part(page, f'{box}<div data-hint="h"><button data-on-click="choose">cat</button></div>')
    field = page.locator("#fig-1 [data-control=w]")
    field.press("Enter")
    expect(field).to_have_value("cat")
    page.wait_for_function("document.querySelector('#fig-1').quiet")
    assert calls(page)[-1]["event"] == "choose"
    field.press("Escape")
    expect(field).to_have_value("dog")
    page.wait_for_function("document.querySelector('#fig-1').quiet")
    assert (calls(page)[-1]["event"], calls(page)[-1]["args"]) == ("type", ["dog"])


def test_a_group_is_one_stop_and_arrows_move_in_it(page: Page) -> None:
    chips = "".join(
        f'<button data-control="g{i}" aria-pressed="{str(i == 2).lower()}">{i}</button>' for i in range(6)
    )
    style = "display:grid;grid-template-columns:repeat(3,4rem)"
    group = f'<div data-group="both" style="{style}">{chips}</div><button data-control="after">after</button>'
    fill_part(page, f'<button data-control="before">before</button>{group}')
    own = "#fig-1 [data-group=both] > [tabindex='0']"
    stops = f'[...document.querySelectorAll("{own}")].map((e) => e.textContent)'
    assert page.evaluate(stops) == ["2"]  # what is chosen
    page.locator("#fig-1 [data-control=before]").focus()
    page.keyboard.press("Tab")
    for key, at in (
        ("ArrowLeft", 1),
        ("ArrowDown", 4),
        ("End", 5),
        ("ArrowRight", 0),
        ("ArrowUp", 0),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        expect(page.locator(f"#fig-1 [data-control=g{at}]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    fill_part(page, f'<button data-control="before">before</button>{group.replace(">1<", ">one<")}')
    assert page.evaluate(stops) == ["one"]  # kept when it is drawn again
    page.keyboard.press("Tab")
    expect(page.locator("#fig-1 [data-control=after]")).to_be_focused()
