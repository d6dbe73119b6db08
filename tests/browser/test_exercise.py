"""The exercise in the browser: write, run, be told what is wrong, and get it right."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.steps import SMALL, height, press, settle, wake

PAGE, FIGURE = SMALL, "write-cosine"


def run(page: Page, code: str) -> None:
    page.locator(f"#{FIGURE} [data-control=code]").fill(code)
    page.locator(f"#{FIGURE} [data-control=run]").click()


def expect_outcome(page: Page, text: str) -> None:
    expect(page.locator(f"#{FIGURE} [data-out=outcome]")).to_contain_text(text)


def test_the_tests_tell_what_is_wrong(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=run]").click()
    expect_outcome(page, "Not yet: a vector with itself: expected +1.000, found +0.000")
    run(page, "def cosine(a, b):\n    return a @ b")
    expect_outcome(page, "Not yet: a vector with itself")
    run(page, "def cosine(a, b):\n    return a @ b / length(a)")
    expect_outcome(page, "Line 2: NameError")
    run(page, "def cosine(a, b)\n    return 1")
    expect_outcome(page, "Line 1: Python cannot read this")


def test_a_right_answer_passes_and_the_code_stays(page: Page) -> None:
    code = "def cosine(a, b):\n    return a @ b / np.sqrt((a @ a) * (b @ b))  # <b>mine</b>"
    run(page, code)
    expect_outcome(page, "Right: every test passes.")
    expect(page.locator(f"#{FIGURE} [data-control=code]")).to_have_value(code)
    page.locator(f"#{FIGURE} [data-control=reset]").click()
    expect(page.locator(f"#{FIGURE} [data-control=code]")).to_have_value(
        "def cosine(a, b):\n    return 0.0\n"
    )
    expect_outcome(page, "No verdict yet.")


def test_a_run_moves_nothing_and_help_opens_below_the_buttons(page: Page) -> None:
    wake(page, FIGURE)
    first = height(page, FIGURE)
    for code in ("print('a line')", "def cosine(a, b)\n    return 1"):
        run(page, code)
        expect(page.locator(f"#{FIGURE} [data-out=outcome]")).not_to_contain_text("Not run yet")
        settle(page, FIGURE)
        assert height(page, FIGURE) == first
    before = page.locator(f"#{FIGURE} [data-control=hint]").bounding_box()
    press(page, FIGURE, "hint")
    assert page.locator(f"#{FIGURE} [data-control=hint]").bounding_box() == before


def test_hint_and_solution(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=hint]").click()
    expect(page.locator(f"#{FIGURE} [data-part=help]")).to_contain_text("np.linalg.norm(a)")
    page.locator(f"#{FIGURE} [data-control=solution]").click()
    solution = page.locator(f"#{FIGURE} [data-part=help] pre").inner_text()
    run(page, solution)
    expect_outcome(page, "Right: every test passes.")
