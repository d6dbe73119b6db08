"""The exercise in the browser: write, run, be told what is wrong, and get it right."""

from __future__ import annotations

from playwright.sync_api import Page, expect

FIGURE = "write-cosine"


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
    expect_outcome(page, "Not run yet.")


def test_hint_and_solution(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=hint]").click()
    expect(page.locator(f"#{FIGURE} [data-part=help]")).to_contain_text("np.linalg.norm(a)")
    page.locator(f"#{FIGURE} [data-control=solution]").click()
    solution = page.locator(f"#{FIGURE} [data-part=help] pre").inner_text()
    run(page, solution)
    expect_outcome(page, "Right: every test passes.")
