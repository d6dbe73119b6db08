"""Numbers in prose that the build computes: right ones become elements, wrong ones are told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pycore.data.embeddings import word_vectors
from sitegen import claims, content, limits, markdown, site
from sitegen.errors import AuthorError
from tests.sitegen.small_course import SmallCourse

CLAIMS = '''\
"""Claims of a small lesson."""

import numpy as np

from pycore.data.embeddings import word_vectors
from pycore.embeddings.similarity import cosine
from pycore.live import markup

_SIDES = [3.0, 4.0]
_OTHER = 1


def _unit(x):
    """Scale to length one.

    More of it.
    """
    return np.array(x) / np.linalg.norm(x)


def tilt():
    """Cosine of two directions."""
    return markup.signed(cosine(_unit(_SIDES), [1.0, 0.0]) - 1)


def rows() -> int:
    return len(word_vectors())


def again():
    return f"{len(word_vectors()) / 1000:.0f}  thousand"
'''
TEXT = "It is [−0.40]{is=tilt}, of [10,019]{is=rows}, or\n*[10\nthousand]{is=again}*.\n"


@pytest.fixture
def page(course: SmallCourse) -> markdown.Page:
    write(course, CLAIMS)
    return render(course, TEXT)


def write(course: SmallCourse, text: str) -> Path:
    file = course.content / "lesson.claims.py"
    file.write_text(text, "utf-8")
    return file


def render(course: SmallCourse, text: str) -> markdown.Page:
    course.write_lesson(text)
    return markdown.render(content.load_lesson(course.lesson), site.environment())


def told(course: SmallCourse, text: str) -> str:
    with pytest.raises(AuthorError) as caught:
        render(course, text)
    return str(caught.value).removeprefix(f"{course.content}/")


def brought(page: markdown.Page) -> dict:
    return json.loads(page.claims)


def test_a_claim_is_an_element_that_says_what_it_states(page: markdown.Page) -> None:
    assert page.html.strip() == (
        '<p>It is <data class="claim" data-claim="tilt" value="−0.40">−0.40</data>, '
        'of <data class="claim" data-claim="rows" value="10,019">10,019</data>, or\n'
        '<em><data class="claim" data-claim="again" value="10 thousand">10 thousand</data></em>.</p>'
    )


def test_a_hyphen_is_a_minus(course: SmallCourse) -> None:
    write(course, 'def a():\n    return "-0.40"\n\n\ndef b():\n    return "well-known 5-6"\n')
    html = render(course, "[-0.40]{is=a} and [well-known 5-6]{is=b}").html
    assert 'value="−0.40">−0.40<' in html
    assert 'value="well-known 5-6">well-known 5-6<' in html


def test_the_page_is_brought_the_lines_that_compute_and_what_they_read(page: markdown.Page) -> None:
    told = brought(page)
    assert (told["file"], told["source"]) == ("lesson.claims.py", CLAIMS)
    lines = re.sub(r"<[^>]*>", "", told["shown"]["tilt"]["html"])
    assert lines.startswith('_SIDES = [3.0, 4.0]\n\ndef _unit(x):\n    """Scale to length one."""\n')
    assert "def tilt():" in lines
    assert "_OTHER" not in lines
    assert "More of it" not in lines
    assert 'href="code/pycore.embeddings.similarity.html"' in told["shown"]["tilt"]["html"]
    assert "pycore.data" not in told["shown"]["tilt"]["html"]
    assert told["shown"]["tilt"]["needs"] == []
    assert page.data == {"embeddings/glove-100d.npz"}
    assert page.has_python


@pytest.mark.parametrize("name", ["rows", "again"])
def test_what_a_claim_reads_is_noted_also_when_another_has_read_it(page: markdown.Page, name: str) -> None:
    assert word_vectors() is word_vectors()  # it is kept in memory
    assert brought(page)["shown"][name]["needs"] == ["embeddings/glove-100d.npz"]


def test_a_wrong_number_is_refused_with_the_right_one(course: SmallCourse) -> None:
    write(course, CLAIMS)
    wrong = TEXT.replace("10,019", "10,018")
    assert told(course, wrong) == "lesson.md:8: [10,018]{is=rows}: computed 10,019"
    wrong = TEXT.replace("10\nthousand", "11\nthousand")
    assert told(course, wrong) == "lesson.md:9: [11 thousand]{is=again}: computed 10 thousand"


def test_an_unknown_claim_is_told_with_a_guess(course: SmallCourse) -> None:
    write(course, CLAIMS)
    assert told(course, "[1]{is=row}") == (
        'lesson.md:8: no such claim in lesson.claims.py: found "row"; '
        'allowed: again, rows, tilt; did you mean "rows"?'
    )
    assert "no such claim" in told(course, "[1]{is=_unit}")


def test_a_claim_that_no_prose_states_is_told(course: SmallCourse) -> None:
    write(course, CLAIMS)
    line = CLAIMS.splitlines().index("def again():") + 1
    assert told(course, TEXT[: TEXT.index(", or")]) == (
        f'lesson.claims.py:{line}: "again" is stated nowhere in lesson.md; helpers begin with "_"'
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1\n\n\ndef a():\n    return 1 / 0\n", '5: "a" raised ZeroDivisionError: division by zero'),
        ("import nosuch\n\n\ndef a():\n    return 1\n", '1: "a" raised ModuleNotFoundError: No module named'),
        ("def a():\n    return (1\n", "2: Python cannot read this: '(' was never closed"),
        (
            "def a():\n    return 0.5\n",
            '1: "a" raised TypeError: a claim returns text, such as f"{x:+.2f}", or a whole number;',
        ),
    ],
)
def test_a_claim_that_cannot_be_computed_is_told_with_its_place(
    course: SmallCourse, code: str, expected: str
) -> None:
    write(course, code)
    assert told(course, "[1]{is=a}").startswith(f"lesson.claims.py:{expected}")


@pytest.mark.parametrize(
    ("body", "said"),
    [("while True: pass", "TimeoutError: it runs longer"), ("raise SystemExit", "SystemExit")],
)
def test_a_claim_that_never_ends_or_ends_python(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    monkeypatch.setattr(limits, "CLAIM", 0.1)
    write(course, f"def it():\n    {body}\n")
    with pytest.raises(AuthorError, match=rf'claims.py:[12]: "it" raised {said}'):
        render(course, "It is [1]{is=it}.\n")


def test_where_in_pycore_it_raised_is_told_too(course: SmallCourse) -> None:
    write(
        course, "from pycore.embeddings.similarity import cosine\n\n\ndef a():\n    return cosine([0], [1])\n"
    )
    assert re.fullmatch(
        r'lesson\.claims\.py:5: "a" raised ValueError: .* \(pycore/embeddings/similarity\.py:\d+\)',
        told(course, "[1]{is=a}"),
    )


def test_a_claim_is_computed_again_when_what_it_is_made_from_has_changed(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYCORE_CACHE", str(tmp_path / "cache"))
    run = []
    compute = claims.Claims._compute
    monkeypatch.setattr(claims.Claims, "_compute", lambda self, name: run.append(name) or compute(self, name))
    write(course, CLAIMS)
    render(course, TEXT)
    assert sorted(run) == ["again", "rows", "tilt"]
    run.clear()
    render(course, TEXT + "\nAnother word.\n")
    assert run == []
    write(course, CLAIMS.replace("[3.0, 4.0]", "[6.0, 8.0]"))
    render(course, TEXT)
    assert run == ["tilt"]  # the others do not use it
    run.clear()
    write(course, CLAIMS + "\nword_vectors().dim\n")
    render(course, TEXT)
    assert sorted(run) == ["again", "rows", "tilt"]  # what stands loose in the file may matter to all


def test_a_page_with_claims_and_no_figure_has_what_python_needs(course: SmallCourse) -> None:
    write(course, CLAIMS)
    course.write_lesson(TEXT)
    course.build()
    html = (course.dist / "lesson.html").read_text("utf-8")
    found = re.search(r'id="python-config">(.*?)</script>', html)
    assert found
    config = json.loads(found[1])
    assert (course.dist / config["claims"]).read_text("utf-8").startswith("pyClaims(")
    assert config["data"] == ["embeddings/glove-100d.npz"]
