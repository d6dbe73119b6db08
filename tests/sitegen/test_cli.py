from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen import cli, new, site, vendor
from sitegen.content import load_course
from sitegen.errors import ROOT
from tests.sitegen.small_course import FRONT_MATTER, SmallCourse, tree
from tools.project import copy_of_project


@pytest.fixture
def small(course: SmallCourse, monkeypatch: pytest.MonkeyPatch) -> SmallCourse:
    """A course that the command builds instead of the real one."""
    monkeypatch.setattr(cli, "CONTENT", course.content)
    monkeypatch.setattr(cli, "DIST", course.dist)
    return course


def run(*arguments: str, cwd: Path = ROOT, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *python, "build.py", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


# ---------------------------------------------------------------- the command itself


def test_the_content_of_this_repository_is_sound() -> None:
    done = run("--check")
    said = [
        line for line in done.stderr.splitlines() if not line.startswith(("drawing figures: ", "pressing "))
    ]
    assert (done.returncode, said) == (0, [])
    *pages, last = done.stdout.splitlines()
    lessons = load_course(site.CONTENT)[0].lessons
    assert [page.strip() for page in pages] == sorted(
        [*(f"{lesson}.html" for lesson in lessons), "index.html", "glossary.html", "references.html"]
    )
    assert re.fullmatch(rf"{len(pages)} pages, \d+ figures, nothing written, in \d+\.\d s", last)


def test_a_mistake_ends_the_command_with_one_line(tmp_path: Path) -> None:
    """A checkout of its own: good, built, then broken."""
    copy_of_project(tmp_path)
    course = SmallCourse.write(tmp_path)
    done = run(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    before = tree(course.dist)

    course.write_lesson('Text.\n\n::: figure lokup {number=1 title="One"}\n:::\n')
    done = run(cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    (message,) = done.stderr.splitlines()
    place = f"content/lesson.md:{course.line('lokup')}: "
    assert message.startswith(place + 'no such figure: found "lokup"; allowed: ')
    assert message.endswith('did you mean "lookup"?')
    assert tree(course.dist) == before


def test_without_what_the_build_needs() -> None:
    done = run(python=("-S",))
    assert done.returncode == 1
    (message,) = done.stderr.splitlines()
    assert re.match(r"No module named '\w+': install what the build needs with: python3 -m pip", message)


# ---------------------------------------------------------------- its parts


def test_build(small: SmallCourse, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    output = capsys.readouterr().out
    assert re.fullmatch(
        r"  index\.html\n  lesson\.html\n2 pages, 0 figures, \d+\.\d MB in .*/dist/, in \d+\.\d s\n", output
    )
    assert (small.dist / "lesson.html").exists()


def test_check_writes_nothing(small: SmallCourse, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--check"]) == 0
    assert "2 pages, 0 figures, nothing written, in" in capsys.readouterr().out
    assert not small.dist.exists()


@pytest.mark.parametrize("flags", [(), ("--check",)])
def test_mistake(small: SmallCourse, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]) -> None:
    small.write_lesson("Text.\n\n[there](nosuch.html)\n")
    assert cli.main([*flags]) == 1
    line = small.line("nosuch")
    captured = capsys.readouterr()
    assert captured.err == (
        f"{small.lesson}:{line}: link to a page that is not there: "
        'found "nosuch.html"; allowed: index.html, lesson.html\n'
    )
    assert captured.out == ""


@pytest.mark.parametrize("text", ["[bold]Text[/bold]", "[/]", ":smile:", "a " * 200])
def test_a_message_is_printed_as_it_is(
    small: SmallCourse, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Rich would take brackets for styles, and fold long lines."""
    small.write_lesson(f'::: figure lookup {{number=1 title=One word="{text}"}}\n:::\n')
    assert cli.main(["--check"]) == 1
    (message,) = capsys.readouterr().err.splitlines()
    assert text.strip() in message


@pytest.mark.parametrize("line", [100, 1234])
def test_a_place_is_no_emoji(small: SmallCourse, capsys: pytest.CaptureFixture[str], line: int) -> None:
    """Rich would print ":100:" as a picture."""
    small.write_lesson("\n" * (line - FRONT_MATTER.count("\n") - 1) + "$\\nosuch$\n")
    assert cli.main(["--check"]) == 1
    assert f"lesson.md:{line}: broken formula" in capsys.readouterr().err


def test_first_build_without_a_network(
    small: SmallCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(row: vendor.ThirdParty, file: str) -> bool:
        raise vendor.SourceError(f"{row.name}: no route to anywhere")

    for source in ("_from_url", "_from_npm", "_from_pypi"):
        monkeypatch.setattr(vendor, source, fail)
    monkeypatch.setenv("PYCORE_CACHE", str(tmp_path / "cache"))
    small.dist.mkdir()
    (small.dist / "index.html").write_text("The last good site.")
    before = tree(small.dist)
    assert cli.main([]) == 1
    told, message, *reasons = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"[\w-]+: no route to anywhere; trying npm", told)
    assert re.fullmatch(
        rf"cannot get [\w.-]+ \([\w-]+ [\d.]+\): no source answered and the cache {tmp_path}/cache does not "
        r"have it\. Connect to a network and build again\.",
        message,
    )
    assert len(reasons) == 2
    assert all(reason.startswith("  - ") for reason in reasons)
    assert tree(small.dist) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "content", "dist"]


def test_bug_keeps_its_traceback(small: SmallCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(site, "build", fail)
    with pytest.raises(ZeroDivisionError):
        cli.main([])


@pytest.mark.parametrize("flags", [["--nosuch"], ["--port", "http"], ["extra"]])
def test_unknown_flags(capsys: pytest.CaptureFixture[str], flags: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(flags)
    assert caught.value.code == 2
    assert "usage: build.py" in capsys.readouterr().err


def test_the_folders_are_those_that_are_named(
    course: SmallCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--content", str(course.content), "--out", str(course.dist)]) == 0
    assert (course.dist / "lesson.html").exists()
    assert f"MB in {course.dist}/, in" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["content", ".", "content/site", "notes"])
def test_nothing_but_a_site_is_replaced(
    course: SmallCourse, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    top = course.content.parent
    (top / "notes").mkdir()
    (top / "notes" / "index.html").write_text("Written by hand.")
    before = tree(top)
    assert cli.main(["--content", str(course.content), "--out", str(top / folder)]) == 1
    (message,) = capsys.readouterr().err.splitlines()
    assert message.startswith("--out: ")
    assert tree(top) == before


def test_a_course_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--content", str(tmp_path / "nosuch")]) == 1
    assert capsys.readouterr().err == f"--content: no such folder: {tmp_path}/nosuch\n"


def test_serve_at_a_port_that_is_taken(small: SmallCourse, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert cli.main(["--serve", "--port", str(port)]) == 1
    (message,) = capsys.readouterr().err.splitlines()
    assert message == f"cannot serve at port {port}: Address already in use; try --port with another"


def test_a_course_begun_elsewhere_says_how_to_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(new, "lesson", lambda name, content: [content / f"01-{name}.md"])
    mine = str(tmp_path / "mine")
    told = "a course was begun: say in course.toml what it is\na lesson to begin with; see it with: python "
    for command in (["--content", mine, "new", "lesson", "a"], ["new", "lesson", "a", "--content", mine]):
        assert cli.main(command) == 0
        assert f"{told}build.py --content {mine} --out {mine}-site --serve" in capsys.readouterr().out
