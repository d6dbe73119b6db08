"""How long a lesson takes: the main line, and folds apart from it."""

from __future__ import annotations

import pytest

from sitegen import content, markdown, site
from sitegen.reading import SECONDS, WORDS_PER_MINUTE, Reading
from tests.sitegen.small_course import SmallCourse, add_dial
from tests.sitegen.test_markdown import EXERCISE

FIGURE = "::: figure dial {number=NN title=Dial}\nTwo words.\n:::\n"
QUESTION = "::: question {answer=1}\nWhich one?\n\n- This\n- That\n\n---\n\nSo it is.\n:::\n"


@pytest.fixture(autouse=True)
def _dial(monkeypatch: pytest.MonkeyPatch) -> None:
    add_dial(monkeypatch)


def render(course: SmallCourse, text: str) -> markdown.Page:
    course.write_lesson(text)
    return markdown.render(content.load_lesson(course.lesson), site.environment())


def test_a_fold_is_counted_apart(course: SmallCourse) -> None:
    page = render(
        course,
        f"One two three.\n\n{FIGURE.replace('NN', '1')}\n"
        f"::::: closer Deeper\nFour *five* six.\n\n{FIGURE.replace('NN', '2')}\n{QUESTION}\n{EXERCISE}\n"
        ":::: closer Deepest\nSeven.\n::::\n:::::\n\nEight.\n",
    )
    assert page.main == Reading(3 + 3 + 2 + 1, SECONDS["figure"])  # the lede, text, and the caption
    task = 2  # "Write" and the full stop behind the code
    seconds = sum(SECONDS[name] for name in ("figure", "question", "exercise"))
    assert page.folds == Reading(3 + 2 + (2 + 2 + 3) + task + 1, seconds)
    assert page.html.count(f'<span class="label">{page.folds.minutes} min</span>') == 1


@pytest.mark.parametrize(
    ("words", "seconds", "minutes"),
    [(0, 0, 0), (1, 0, 1), (WORDS_PER_MINUTE, 0, 1), (WORDS_PER_MINUTE, 1, 2), (0, 180, 3)],
)
def test_minutes_are_rounded_up(words: int, seconds: int, minutes: int) -> None:
    assert Reading(words, seconds).minutes == minutes


def test_the_masthead_names_the_folds_after_the_main_line(course: SmallCourse) -> None:
    words = "word " * (3 * WORDS_PER_MINUTE - 3)  # the lede has three
    course.write_lesson(f"{words}\n")
    course.build()
    assert "<dd>about 3 min</dd>" in (course.dist / "lesson.html").read_text("utf-8")
    course.write_lesson(f"{words}\n\n:::: closer More\n{words}\n::::\n")
    course.build()
    page = (course.dist / "lesson.html").read_text("utf-8")
    assert "<dd>about 3 min, and 3 more if you look closer</dd>" in page
