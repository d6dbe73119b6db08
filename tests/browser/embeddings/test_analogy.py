"""FIG.03 in the browser: walk, switch, pick and type, checked against pycore and numpy in CPython."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data.embeddings import word_vectors
from pycore.embeddings.similarity import analogy, cosine
from pycore.figures.embeddings.analogy import EXPECTED
from pycore.live.markup import signed
from tests.browser.steps import LESSON, height, on_phone, out, press, settle, unfold, wake

FIGURE = "fig-03"
KING = ("king", "man", "woman")


def answers(words: tuple[str, str, str], inputs: bool = False) -> list[str]:
    start, minus, plus = map(word_vectors().id, words)
    found = analogy(word_vectors().unit, minus, plus, start, 5, exclude_inputs=not inputs)
    return [word_vectors().words[i] for i in found.ids]


def expect_answers(page: Page, words: tuple[str, str, str], inputs: bool = False) -> None:
    """Answer, neighbours, cosines and distances must be those of the full space, worked out anew."""
    settle(page, FIGURE)
    names = answers(words, inputs)
    expect(page.locator(f"#{FIGURE} [data-out=answer]")).to_have_text(names[0])
    assert [out(page, FIGURE, f"nearest-{i}") for i in range(1, 6)] == names
    vectors = word_vectors()
    unit = {w: vectors[w].astype(float) / np.linalg.norm(vectors[w].astype(float)) for w in (*words, *names)}
    result = unit[words[0]] - unit[words[1]] + unit[words[2]]
    for i, name in enumerate(names, start=1):
        assert out(page, FIGURE, f"cosine-{i}") == signed(cosine(unit[name], result))
    other = next(name for name in names if name not in words)
    distance = np.linalg.norm(result - unit[other])
    assert out(page, FIGURE, "distance") == f"{distance:.2f}"
    assert out(page, FIGURE, "back") == f"{min(np.linalg.norm(result - unit[w]) for w in words):.2f}"
    drawn, height = (float(out(page, FIGURE, name)) for name in ("drawn", "height"))
    assert drawn**2 + height**2 == pytest.approx(distance**2, abs=0.02)
    parallel = cosine(unit[words[2]] - unit[words[1]], unit[other] - unit[words[0]])
    assert out(page, FIGURE, "parallel") == signed(parallel)


def place(page: Page, kind: str, number: int = 0) -> tuple[float, float]:
    """Where a mark of the picture stands, in viewBox units."""
    style = page.locator(f"#{FIGURE} svg > .{kind}").nth(number).get_attribute("style") or ""
    x, y = map(float, re.findall(r"-?[\d.]+(?=px)", style)[:2])
    return x, y


def seen(page: Page) -> list[str]:
    """Names in the picture that are not faded out."""
    texts = page.locator(f"#{FIGURE} svg > g:has(text)")
    names: list[str] = texts.evaluate_all(
        "(all) => all.filter((g) => getComputedStyle(g).opacity > 0).map((g) => g.textContent)"
    )
    return names


def test_the_first_step_tells_no_answer(page: Page) -> None:
    assert seen(page) == ["king"]
    assert out(page, FIGURE, "answer") == "?"
    body = page.locator(f"#{FIGURE} .body").inner_text()
    assert "12 of 16" not in body  # folded away
    assert "throne" not in body


def test_the_numbers_of_the_lesson(page: Page) -> None:
    press(page, FIGURE, "step-4")
    expect_answers(page, KING)
    assert (out(page, FIGURE, "answer"), out(page, FIGURE, "cosine-1")) == ("queen", "+0.77")
    assert out(page, FIGURE, "parallel") == "+0.44"
    assert out(page, FIGURE, "verdict") == "the expected word"


def test_leaving_the_inputs_in_brings_king_back(page: Page) -> None:
    press(page, FIGURE, "inputs")
    expect_answers(page, KING, inputs=True)
    assert (out(page, FIGURE, "answer"), out(page, FIGURE, "cosine-1")) == ("king", "+0.84")
    assert (out(page, FIGURE, "nearest-2"), out(page, FIGURE, "cosine-2")) == ("queen", "+0.77")
    assert out(page, FIGURE, "verdict") == "a word that went in comes out again"
    expect(page.locator(f"#{FIGURE} [data-control=inputs]")).to_have_attribute("aria-pressed", "true")
    press(page, FIGURE, "inputs")
    expect_answers(page, KING)


def test_the_scores_are_those_of_the_list(page: Page) -> None:
    unfold(page, FIGURE)
    for name, inputs in (("score-out", False), ("score-in", True)):
        hits = sum(answers(words, inputs)[0] == answer for words, answer in EXPECTED.items())
        assert out(page, FIGURE, name) == f"{hits} of {len(EXPECTED)}"
    assert (out(page, FIGURE, "score-out"), out(page, FIGURE, "score-in")) == ("12 of 16", "3 of 16")


def test_every_listed_analogy_can_be_picked(page: Page) -> None:
    unfold(page, FIGURE)
    press(page, FIGURE, "step-4")
    for words, answer in EXPECTED.items():
        press(page, FIGURE, "pick-" + "-".join(words))
        expect_answers(page, words)
        works = answers(words)[0] == answer
        assert (out(page, FIGURE, "verdict") == "the expected word") == works
        row = page.locator(f"#{FIGURE} tr[aria-current=true]")
        assert row.locator("th").inner_text() == f"{words[0]} − {words[1]} + {words[2]}"
        assert row.locator("td").all_inner_texts() == [
            ("= " if found == answer else "≠ ") + found
            for found in (answers(words)[0], answers(words, inputs=True)[0])
        ]


def test_the_steps_are_walked_and_the_arrow_is_carried(page: Page) -> None:
    for _ in range(5):
        press(page, FIGURE, "next")
    assert seen(page) == ["man", "king"]
    press(page, FIGURE, "step-1")
    assert seen(page) == ["king"]
    assert out(page, FIGURE, "answer") == "?"
    press(page, FIGURE, "step-2")
    assert place(page, "carried") == place(page, "word", 0)
    press(page, FIGURE, "step-3")
    assert seen(page) == ["man", "woman", "king", "result"]
    man, woman, king = (place(page, "word", i) for i in range(3))
    result = place(page, "result")
    assert place(page, "carried") == woman
    assert np.subtract(result, king) == pytest.approx(np.subtract(woman, man), abs=0.02)
    press(page, FIGURE, "next")
    assert seen(page) == ["man", "woman", "king", "queen", "result"]
    label = page.locator(f"#{FIGURE} svg").get_attribute("aria-label") or ""
    assert "nearest word, queen" in label
    assert "king lies inside it" in label


def test_the_circle_has_the_true_distance_as_its_radius(page: Page) -> None:
    press(page, FIGURE, "step-4")
    radius = float(page.locator(f"#{FIGURE} .ring").get_attribute("r") or 0)
    man, woman = place(page, "word", 0), place(page, "word", 1)
    vectors = word_vectors()
    a, b = (vectors.unit[vectors.id(w)].astype(float) for w in ("man", "woman"))
    scale = np.hypot(*np.subtract(woman, man)) / np.linalg.norm(b - a)
    assert radius / scale == pytest.approx(float(out(page, FIGURE, "distance")), abs=0.006)


def test_any_words_can_be_typed(page: Page) -> None:
    press(page, FIGURE, "step-4")
    page.locator(f"#{FIGURE} [data-control=start]").fill("doctor")
    expect_answers(page, ("doctor", "man", "woman"))
    assert out(page, FIGURE, "answer") == "nurse"
    press(page, FIGURE, "inputs")
    expect_answers(page, ("doctor", "man", "woman"), inputs=True)
    assert out(page, FIGURE, "answer") == "doctor"


def test_unknown_and_repeated_words_are_answered_kindly(page: Page) -> None:
    press(page, FIGURE, "step-4")
    page.locator(f"#{FIGURE} [data-control=start]").fill("pricne")
    settle(page, FIGURE)
    hint = page.locator(f"#{FIGURE} [data-hint=start-hint]")
    expect(hint).to_contain_text("is not among these 10,019 words")
    hint.locator("[data-control=start-prince]").click()
    expect_answers(page, ("prince", "man", "woman"))
    page.locator(f"#{FIGURE} [data-control=plus]").fill("man")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-hint=plus-hint]")).to_contain_text("different words")
    expect_answers(page, ("prince", "man", "woman"))


def test_the_keyboard_alone_is_enough_and_reset_goes_back(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=pick-paris-france-italy]").focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    page.locator(f"#{FIGURE} [data-control=inputs]").focus()
    page.keyboard.press("Space")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-control=inputs]")).to_have_attribute("aria-pressed", "true")
    expect_answers(page, ("paris", "france", "italy"), inputs=True)
    assert out(page, FIGURE, "answer") == "rome"
    press(page, FIGURE, "reset")
    assert out(page, FIGURE, "answer") == "?"
    assert out(page, FIGURE, "says") == "Start at king."


def test_motion_only_for_those_who_want_it(open_page: Callable[..., Page], http: str) -> None:
    durations = {
        motion: open_page(http + LESSON, reduced_motion=motion)
        .locator(f"#{FIGURE} .carried")
        .evaluate("(g) => getComputedStyle(g).transitionDuration")
        for motion in ("reduce", "no-preference")
    }
    assert durations["reduce"] == "0s"
    assert durations["no-preference"].startswith("0.7s")


def test_touch_on_a_shared_state(open_page: Callable[..., Page], http: str) -> None:
    state = '{"start":"dog","minus":"cat","plus":"kitten","inputs":true,"step":4}'
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = open_page(f"{http}{LESSON}#{FIGURE}~{state}", **phone)
    wake(page, FIGURE)
    expect_answers(page, ("dog", "cat", "kitten"), inputs=True)
    page.locator(f"#{FIGURE} [data-control=inputs]").tap()
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-out=answer]")).to_have_text("puppy")
    page.locator(f"#{FIGURE} [data-control=pick-actor-prince-princess]").tap()
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-out=answer]")).to_have_text("actress")
    page.locator(f"#{FIGURE} [data-control=step-2]").tap()
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-out=says]")).to_contain_text("actor − prince is the arrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_answer_is_in_sight(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    page.locator(f"#{FIGURE} [data-control=step-4]").tap()
    settle(page, FIGURE)
    first = height(page, FIGURE)
    for words in list(EXPECTED)[:6]:
        chip = page.locator(f"#{FIGURE} [data-control=pick-{'-'.join(words)}]")
        chip.tap()
        settle(page, FIGURE)
        assert height(page, FIGURE) == first
        answer, pressed = page.locator(f"#{FIGURE} [data-out=answer]").bounding_box(), chip.bounding_box()
        assert answer
        assert pressed
        assert answer["y"] + answer["height"] - pressed["y"] < 600
    unfold(page, FIGURE)
    first = height(page, FIGURE)
    for control in ("pick-cold-hot-good", "pick-tokyo-japan-germany", "inputs", "step-1", "next", "next"):
        page.locator(f"#{FIGURE} [data-control={control}]").tap()
        settle(page, FIGURE)
        assert height(page, FIGURE) == first
