"""What a machine does to a build: full disks, killed processes, Ctrl-C. Nothing is lost, nothing is left."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sitegen import cache, cli, exchange, output, progress, scratch, site
from sitegen.errors import ROOT
from tests.sitegen.small_course import SmallCourse, tree

DEAD = 2**22 + 1  # no process has such a number


def build(course: SmallCourse) -> int:
    return cli.main(["--content", str(course.content), "--out", str(course.dist)])


@pytest.mark.parametrize("named", ["file", "file/within"])
def test_a_cache_that_cannot_be_written_is_told_and_a_build_goes_on(
    course: SmallCourse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    named: str,
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PYCORE_CACHE", str(tmp_path / named))
    assert cli.main(["--check", "--content", str(course.content)]) == 0
    (message,) = capsys.readouterr().err.splitlines()
    assert message.startswith(f"the cache {tmp_path / named} cannot be written: ")
    assert build(course) == 1
    *_, message = capsys.readouterr().err.splitlines()
    assert " cannot be fetched: the cache " in message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content", "file"]


def test_a_full_disk_is_told_in_a_line_and_the_site_stays(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(course) == 0
    capsys.readouterr()
    before = tree(course.dist)
    course.write_lesson("Other text.\n")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(output.Output, "write", full)
    assert build(course) == 1
    (message,) = capsys.readouterr().err.splitlines()
    assert message == f"{course.dist.parent}: No space left on device; the site is as it was"
    assert tree(course.dist) == before
    assert sorted(path.name for path in course.dist.parent.iterdir()) == ["content", "dist"]


def test_a_bug_is_no_machine(course: SmallCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "no such file", "sitegen/nosuch")

    monkeypatch.setattr(site, "build", fail)
    with pytest.raises(FileNotFoundError):
        build(course)


def test_a_link_stays_and_what_it_leads_to_is_replaced(course: SmallCourse) -> None:
    real, link = course.dist.with_name("real"), course.dist.with_name("link")
    link.symlink_to(real)
    for _ in range(2):
        with output.replacing(link) as out:
            out.write("index.html", b"page")
        assert link.is_symlink()
        assert tree(real).keys() == {"index.html"}


def test_a_mount_point_and_a_loop_are_told(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    course.dist.mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path == course.dist)
    assert build(course) == 1
    loop = course.dist.with_name("loop")
    loop.symlink_to(loop)
    assert cli.main(["--content", str(course.content), "--out", str(loop)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"--out: {course.dist} is a mount point and cannot be replaced; name a folder in it",
        f"--out: {loop} is a link that leads back to itself",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may have no exchange")
def test_a_site_is_there_at_every_moment(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "name").write_text(folder.name)
    missing, done = [], threading.Event()

    def look() -> None:
        while not done.is_set():
            if not one.exists():
                missing.append(1)

    thread = threading.Thread(target=look)
    thread.start()
    for _ in range(501):
        assert exchange.exchange(one, other)
    done.set()
    thread.join()
    assert (one / "name").read_text() == "other"
    assert not missing
    assert not exchange.exchange(one, tmp_path / "nosuch")


def test_without_an_exchange_two_names_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "exchange", lambda *_: False)
    for text in (b"one", b"two"):
        with output.replacing(tmp_path / "dist") as out:
            out.write("index.html", text)
    assert (tmp_path / "dist" / "index.html").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_what_a_killed_build_left_is_removed_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from sitegen import scratch\n"
        "with scratch.folder('.dist-', Path(sys.argv[1])) as work:\n"
        "    (work / 'large').write_text('x'); print('here', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == b"here\n"
        (left,) = tmp_path.iterdir()
        with scratch.folder(".dist-", tmp_path):
            assert (left / "work" / "large").exists()
        killed.kill()
    with scratch.folder(".dist-", tmp_path):
        assert not left.exists()
    assert not list(tmp_path.iterdir())


def test_half_written_files_of_killed_builds_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYCORE_CACHE", str(tmp_path))
    places = (tmp_path / cache.DERIVED, tmp_path / "files" / "0123")
    for place in places:
        place.mkdir(parents=True)
        (place / f"a.whl.{DEAD}{cache.PART}").touch()
        (place / f"b.whl.{os.getpid()}{cache.PART}").touch()
        (place / "c.whl").touch()
    cache.tidy()
    for place in places:
        assert {path.name for path in place.iterdir()} == {f"b.whl.{os.getpid()}{cache.PART}", "c.whl"}


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()  # no file can take its place
    with pytest.raises(OSError, match="directory"):
        cache.write(tmp_path / "target", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")
def test_ctrl_c_ends_all_processes_at_once(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(
        "import signal, sys, time\nfrom pathlib import Path\n"
        # Where the tests run in the background, processes are told to leave it alone.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.path.insert(0, {str(ROOT)!r})\nfrom sitegen import parallel\n"
        "def work(name):\n    Path(name).touch()\n    time.sleep(60)\n"
        "if __name__ == '__main__':\n    parallel.cores = lambda: 2\n"
        "    try:\n        parallel.each(work, sys.argv[1:])\n"
        "    except KeyboardInterrupt:\n        print('out')\n"
    )
    names = [str(tmp_path / name) for name in "abcd"]
    with subprocess.Popen(
        [sys.executable, str(job), *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        while not Path(names[0]).exists():
            assert process.poll() is None
            time.sleep(0.02)
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert said == "out\n"
    assert time.monotonic() - start < 2


def test_ctrl_c_during_a_build_is_told_without_a_traceback(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(site, "build", interrupted)
    assert build(course) == 130
    assert capsys.readouterr().err == "\nstopped; the site is as it was\n"


def test_long_work_is_told_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(0, 100, 6))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.steps("drawing figures", 5):
        for _ in range(5):
            progress.advance()
    progress.advance()  # nothing is told of
    assert capsys.readouterr().err == "drawing figures: 2 of 5\ndrawing figures: 4 of 5\n"


def test_on_a_terminal_it_is_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SOON", -1)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress.steps("pressing", 3) as told:
        told.advance(2)
        assert "2/3" in capsys.readouterr().err
        told.advance()
