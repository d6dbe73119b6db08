"""Notes beside the text: which, where, and how many rows they have."""

from __future__ import annotations

import re

from sitegen import beside, content, markdown, site
from tests.sitegen.small_course import SmallCourse

TEXT = """\
## One

First[^a] and more[^b].

Second.

Third[^c], again[^a].

- in a list[^d]

| a |
|---|
| in a table[^e] |

::: figure counter {number=01 title="Rows"}
A caption[^f].
:::

After[^g].

:::: closer A fold
Alone[^h] in it.
::::

Long[^i].

[^a]: Note a, [there](https://example.org/).
[^b]: Note b.
[^c]: Note c.
[^d]: Note d.
[^e]: Note e.
[^f]: Note f.
[^g]: Note *g*.

    Its second paragraph.
[^h]: Note h.
[^i]: Note i. {long}
"""
ASIDE = re.compile(r'<aside class="([^"]*)"[^>]* style="--rows: (\d+)">(.*?)</aside>', re.DOTALL)


def notes(course: SmallCourse, text: str) -> tuple[str, list[tuple[str, str, str]]]:
    course.write_lesson(text)
    page = markdown.render(content.load_lesson(course.lesson), site.environment())
    html = beside.put(page.html, page.outline.notes)
    return html, ASIDE.findall(html)


def test_notes_have_the_rows_up_to_the_next_or_to_what_is_wide(course: SmallCourse) -> None:
    html, found = notes(course, TEXT.replace("{long}", "x " * 100))
    assert [(kind, rows) for kind, rows, _ in found] == [
        ("beside", "2"),  # First, Second
        ("beside", "3"),  # Third, list, table; then comes a figure
        ("beside last", "1"),  # After; then comes a fold
        ("beside last", "1"),  # in the fold
    ]
    assert [re.findall(r"Note <em>g|Note [a-z]", text) for _, _, text in found] == [
        ["Note a", "Note b"],
        ["Note c"],  # a stands beside the paragraph that came first
        ["Note <em>g"],
        ["Note h"],  # i has no room
    ]
    assert '<p>[1] Note a, <a tabindex="-1" href="https://example.org/" rel="noopener">there</a>.</p>' in html
    assert "Its second paragraph." in found[2][2]
    assert "footnote-backref" not in "".join(text for _, _, text in found)
    assert re.search(r"again.*?</p>\n<aside", html)
    assert re.search(r"Alone.*?</p>\n<aside.*?</aside>\n*</div>", html, re.DOTALL)
    without = re.sub(r"\n<aside.*?</aside>", "", html, flags=re.DOTALL)
    assert without == markdown.render(content.load_lesson(course.lesson), site.environment()).html


def test_where_nothing_follows_a_note_has_the_rows_above(course: SmallCourse) -> None:
    text = "## One\n\nOne.\n\nTwo[^a].\n\nThree.\n\nFour.\n\nFive[^b].\n\n[^a]: A.\n[^b]: B.\n"
    _, found = notes(course, text)
    assert [(kind, rows) for kind, rows, _ in found] == [("beside", "2"), ("beside last", "2")]
    html, found = notes(course, "One.\n\nTwo[^a].\n\n[^a]: A.\n")
    assert [(kind, rows) for kind, rows, _ in found] == [("beside last", "2")]
    assert html.index("One.") < html.index("<aside") < html.index("Two")


def test_what_can_be_pressed_or_led_to_is_there_once(course: SmallCourse) -> None:
    html, found = notes(course, "One[^a], two[^b].\n\n[^a]: It is [here]{#here}.\n[^b]: B.\n")
    assert [text for _, _, text in found] == ["<p>[2] B.</p>"]
    assert html.count('id="here"') == 1


def test_a_lesson_without_notes_is_as_it_was(course: SmallCourse) -> None:
    course.write_lesson("One.\n\nTwo.\n")
    page = markdown.render(content.load_lesson(course.lesson), site.environment())
    assert beside.put(page.html, page.outline.notes) == page.html
