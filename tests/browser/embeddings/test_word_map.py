"""FIG.02 in the browser: what its caption says happens, with every number worked out again from the table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, expect

from pycore.data.embeddings import word_vectors
from tests.browser import steps
from tests.browser.steps import height, on_phone, out, press, settle, unfold

FIGURE = "fig-02"
ORIGIN, SCALE = (228.0, 224.0), 300.0  # how the map is drawn: the only thing taken from the figure
GROUP, K = 40, 8

UNIT = word_vectors().matrix.astype(float)
UNIT /= np.linalg.norm(UNIT, axis=1, keepdims=True)


def axes() -> np.ndarray:
    """Work out the slice: along finance − pet, then along what river − pet adds at a right angle."""
    mean = {
        word: UNIT[np.argsort(-(UNIT @ UNIT[word_vectors().id(word)]))[:GROUP]].mean(axis=0)
        for word in ("pet", "finance", "river")
    }
    right, up = mean["finance"] - mean["pet"], mean["river"] - mean["pet"]
    right /= np.linalg.norm(right)
    up -= right * (right @ up)
    return np.stack([right, up / np.linalg.norm(up)])


AXES = axes()
FLAT = UNIT @ AXES.T


def words_by(score: np.ndarray, word: str) -> list[str]:
    words = word_vectors().words
    return [words[i] for i in np.argsort(-score, kind="stable") if words[i] != word][:K]


def pin(page: Page, word: str) -> tuple[float, float]:
    """Where a pin stands in the picture."""
    knob = page.locator(f"#{FIGURE} [data-drag={word}] .knob")
    return float(knob.get_attribute("cx") or 0), float(knob.get_attribute("cy") or 0)


def expect_pin(page: Page, word: str, x: float, y: float) -> None:
    page.wait_for_function(
        f"""([word, x, y]) => {{
            const knob = document.querySelector(`#{FIGURE} [data-drag=${{word}}] .knob`);
            return Math.hypot(knob.getAttribute("cx") - x, knob.getAttribute("cy") - y) < 1;
        }}""",
        arg=[word, x, y],
    )
    page.wait_for_function("(figure) => figure.quiet", arg=page.locator(f"#{FIGURE}").element_handle())


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the picture is in the window."""
    return steps.on_screen(page, f"#{FIGURE} .part-stage svg", x, y)


def drag(page: Page, word: str, x: float, y: float) -> None:
    page.locator(f"#{FIGURE} .part-stage svg").scroll_into_view_if_needed()
    page.mouse.move(*on_screen(page, *pin(page, word)))
    page.mouse.down()
    page.mouse.move(*on_screen(page, x, y), steps=4)
    page.mouse.up()
    expect_pin(page, word, x, y)


def shown(page: Page) -> list[str]:
    return [out(page, FIGURE, f"nearest-{rank}") for rank in range(1, K + 1)]


def expect_neighbours(page: Page, word: str, *, moved: bool, flat: bool = False) -> None:
    """All that is read off must follow from the table and from where the pin is drawn."""
    unfold(page, FIGURE)
    i = word_vectors().id(word)
    expect(page.locator(f"#{FIGURE} [data-out=who]")).to_have_text(
        f"Nearest to {word}{', as moved' if moved else ''}"
    )
    vector = UNIT[i]
    if moved:
        x, y = pin(page, word)
        place = np.array([(x - ORIGIN[0]) / SCALE, (ORIGIN[1] - y) / SCALE])
        vector = vector + (place - FLAT[i]) @ AXES
    inside = np.sum((AXES @ vector) ** 2) / (vector @ vector)
    distance = np.linalg.norm(FLAT - AXES @ vector, axis=1)
    cosines = UNIT @ vector / np.linalg.norm(vector)
    by_cosine, by_map = words_by(cosines, word), words_by(-distance, word)
    assert shown(page) == (by_map if flat else by_cosine)
    for rank, name in enumerate(shown(page), 1):
        printed = float(out(page, FIGURE, f"cosine-{rank}").replace("−", "-"))
        assert abs(printed - cosines[word_vectors().id(name)]) <= 0.0051
    kept = len(set(by_cosine) & set(words_by(UNIT @ UNIT[i], word)))
    assert out(page, FIGURE, "kept") == f"{kept} of {K}"
    assert out(page, FIGURE, "shared") == f"{len(set(by_cosine) & set(by_map))} of {K}"
    assert abs(float(out(page, FIGURE, "own")) - cosines[i]) <= 0.0051
    assert abs(float(out(page, FIGURE, "inside").removesuffix(" %")) - 100 * inside) <= 0.6
    label = page.locator(f"#{FIGURE} .part-stage svg").get_attribute("aria-label") or ""
    assert label.endswith(", ".join(shown(page)) + ".")


def test_the_first_picture(page: Page) -> None:
    expect_neighbours(page, "pet", moved=False)
    dots = page.locator(f"#{FIGURE} .dots").get_attribute("d") or ""
    assert dots.count("h0") == int(out(page, FIGURE, "drawn")) >= 300
    assert out(page, FIGURE, "searched") == f"{len(UNIT):,}"
    held = FLAT.var(axis=0).sum() / UNIT.var(axis=0).sum()
    assert out(page, FIGURE, "variance") == f"{100 * held:.1f} %"


def test_pet_dragged_to_finance_changes_all_its_neighbours(page: Page) -> None:
    drag(page, "pet", *pin(page, "finance"))
    expect_neighbours(page, "pet", moved=True)
    assert shown(page)[:3] == ["finance", "investment", "financial"]
    assert out(page, FIGURE, "kept") == "0 of 8"


def test_halfway_the_neighbours_are_those_that_the_lesson_names(page: Page) -> None:
    (x, y), (u, v) = pin(page, "pet"), pin(page, "finance")
    drag(page, "pet", (x + u) / 2, (y + v) / 2)
    expect_neighbours(page, "pet", moved=True)
    assert {"health", "care", "insurance"} < set(shown(page))
    drag(page, "pet", u, v)  # and a pin that lies on another can be taken up again
    drag(page, "pet", x, y)
    assert out(page, FIGURE, "kept") == "8 of 8"


# Names by their letters: left and right end, where their line stands, and their size, in pixels.
NAMES = """() => Object.fromEntries(
    [...document.querySelectorAll("#fig-02 .part-stage :is(.name, .marks text)")]
    .filter((text) => text.checkVisibility())
    .map((text) => {
        const { a, e, d, f } = text.getScreenCTM();
        const start = text.getStartPositionOfChar(0);
        const end = text.getEndPositionOfChar(text.getNumberOfChars() - 1);
        const [left, right, line] = [a * start.x + e, a * end.x + e, d * start.y + f];
        const size = parseFloat(getComputedStyle(text).fontSize) * d;
        return [text.textContent, { left, right, line, size }];
    }))"""
TALL = 0.93  # of a font's size: from the top of a letter such as d to the foot of one such as g


def test_names_where_pins_meet(page: Page) -> None:
    """At finance, where pins and words crowd, all neighbours are named, and no two names touch."""
    for word in ("finance", "pet"):
        press(page, FIGURE, f"pin-{word}")
        if word == "pet":
            press(page, FIGURE, "put-finance")
        names = page.evaluate(NAMES)
        assert set(shown(page)) | {"finance", word, "bank", "money"} <= set(names)
        for i, (name, a) in enumerate(names.items()):
            for other, b in list(names.items())[:i]:
                apart = max(a["left"], b["left"]) - min(a["right"], b["right"])
                lines = abs(a["line"] - b["line"]) / (TALL * max(a["size"], b["size"]))
                assert apart >= 0 or lines >= 1, f"{name} touches {other}"


def test_music_dragged_to_finance_stays_music(page: Page) -> None:
    """The map says finance, the other 98 dimensions say music: that is what flattening loses."""
    drag(page, "music", *pin(page, "finance"))
    expect_neighbours(page, "music", moved=True)
    assert shown(page)[:2] == ["recording", "musical"]
    page.locator(f"#{FIGURE} [data-control=flat]").click()
    expect(page.locator(f"#{FIGURE} [data-out=how]")).to_contain_text("by distance on the flat map")
    expect_neighbours(page, "music", moved=True, flat=True)
    assert shown(page)[0] == "finance"
    assert out(page, FIGURE, "shared") == "0 of 8"


def test_the_map_itself_is_not_touched_by_a_drag(page: Page) -> None:
    page.evaluate(
        f"""() => {{
            window.touched = 0;
            for (const part of ["map", "controls", "note"])
                new MutationObserver((found) => (window.touched += found.length)).observe(
                    document.querySelector(`#{FIGURE} [data-part=${{part}}]`),
                    {{ attributes: true, childList: true, characterData: true, subtree: true }});
        }}"""
    )
    drag(page, "pet", 300, 200)
    drag(page, "pet", 200, 100)
    assert page.evaluate("window.touched") == 0


def test_without_dragging(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=pin-bank]").click()
    page.locator(f"#{FIGURE} [data-control=put-river]").click()
    expect_pin(page, "bank", *pin(page, "river"))
    expect_neighbours(page, "bank", moved=True)
    assert shown(page)[0] == "river"
    page.locator(f"#{FIGURE} [data-control=put-back]").click()
    expect_neighbours(page, "bank", moved=False)
    page.mouse.click(*on_screen(page, 330, 90))
    expect_pin(page, "bank", 330, 90)
    expect_neighbours(page, "bank", moved=True)


def test_arrow_keys_move_any_pin(page: Page) -> None:
    x, y = pin(page, "horse")
    handle = page.locator(f"#{FIGURE} [data-drag=horse]")
    handle.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect_pin(page, "horse", x + 28, y - 8)
    expect(handle).to_be_focused()
    expect_neighbours(page, "horse", moved=True)
    assert f"nearest {shown(page)[0]}" in (handle.get_attribute("aria-valuetext") or "")


def test_a_pin_stops_at_the_edge(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-drag=river]").focus()
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    expect_pin(page, "river", 464, pin(page, "river")[1])
    expect_neighbours(page, "river", moved=True)


def test_any_word_gets_a_pin(page: Page) -> None:
    box = page.locator(f"#{FIGURE} [data-control=word]")
    box.fill("kittne")
    expect(page.locator(f"#{FIGURE} .hint")).to_contain_text("not among these 10,019 words")
    page.locator(f"#{FIGURE} [data-control=word-kitten]").click()
    expect_neighbours(page, "kitten", moved=False)
    drag(page, "kitten", 400, 300)
    expect_neighbours(page, "kitten", moved=True)
    page.locator(f"#{FIGURE} [data-control=pin-pet]").click()
    expect_neighbours(page, "pet", moved=False)
    expect(page.locator(f"#{FIGURE} [data-drag]")).to_have_count(11)
    page.locator(f"#{FIGURE} [data-control=reset]").click()
    expect(page.locator(f"#{FIGURE} [data-drag]")).to_have_count(10)


def test_touch(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    first = height(page, FIGURE)
    box = page.locator(f"#{FIGURE} [data-control=word]")
    box.fill("kitten")  # a pin more
    settle(page, FIGURE)
    assert height(page, FIGURE) == first
    press(page, FIGURE, "reset")
    page.locator(f"#{FIGURE} .part-stage svg").scroll_into_view_if_needed()
    grip = page.locator(f"#{FIGURE} [data-drag=pet] .grip").bounding_box()
    assert grip
    assert min(grip["width"], grip["height"]) >= 44
    cdp = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        cdp.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    scrolled = page.evaluate("scrollY")
    touch("touchStart", on_screen(page, *pin(page, "pet")))
    for x, y in ((150, 330), (250, 330), (410, 320)):
        touch("touchMove", on_screen(page, x, y))
    touch("touchEnd")
    expect_pin(page, "pet", 410, 320)
    assert page.evaluate("scrollY") == scrolled
    expect_neighbours(page, "pet", moved=True)
    page.touchscreen.tap(*on_screen(page, 120, 100))
    expect_pin(page, "pet", 120, 100)
    expect_neighbours(page, "pet", moved=True)
