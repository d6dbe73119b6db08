"""Files on demand in the built site: pieces that one copy serves from a server and from disk."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pycore.figures.examples.primes import Primes
from pycore.live.demand import OnDemand
from sitegen import cli, demand, offline, vendor
from sitegen.errors import AuthorError
from sitegen.output import Output
from tests.pieces import piece_of
from tests.sitegen.small_course import SmallCourse

FIGURE = '::: figure examples/primes {number=02 title="Primes"}\nAsk.\n:::\n'
# All pairs of bytes: surrogates, marks of order and line ends among them; and what could end a comment.
SIGNS = bytes(range(256)) * 3 + "**/ */ * /*\r\n\ufeff\ud800\udfff\u2028\uffff".encode(
    "utf-16-le", "surrogatepass"
)
EVERY = np.arange(1 << 16, dtype="<u2").tobytes()


def read(dist: Path, name: str, entry: demand.Entry) -> bytes:
    size, digest, script_digest = entry
    script = (dist / "large" / f"{name}.{script_digest[:20]}.js").read_bytes()
    content = piece_of(script)[:size]
    assert hashlib.sha256(script).hexdigest() == script_digest
    assert base64.b64encode(hashlib.sha256(content).digest()).decode() == digest
    assert len(content) == size
    return content


def test_the_pieces_are_the_files(tmp_path: Path) -> None:
    named = OnDemand(
        "signs", "Signs", lambda fetch: {"a": SIGNS, "b": b"", "c/d": b"\0", "e": EVERY}, piece=101
    )
    written = demand.build(tmp_path, named)
    assert written.index
    index = json.loads(read(tmp_path, "signs", written.index))
    found = {name: b"".join(read(tmp_path, "signs", one) for one in pieces) for name, pieces in index.items()}
    assert found == named.make(vendor.fetch)
    assert written.size == len(SIGNS) + 1 + len(EVERY)
    assert {size for size, *_ in index["a"][:-1]} == {101}
    told = [demand.build(tmp_path, replace(named, memory=7, most=most)) for most in (0, 10**9)]
    assert [(one.memory, one.most) for one in told] == [(7, written.size + 7), (7, 10**9)]
    before = {file.name for file in (tmp_path / "large").iterdir()}
    demand.build(tmp_path, replace(named, make=lambda fetch: {"a": SIGNS + b"more"}))
    fresh = {file.name for file in (tmp_path / "large").iterdir()} - before
    assert len(fresh) == 2  # the last piece and the index; the others are as they were


def test_a_course_with_it_and_without(course: SmallCourse, capsys: pytest.CaptureFixture[str]) -> None:
    course.write_lesson(FIGURE)
    folders = ["--content", str(course.content), "--out", str(course.dist)]
    assert cli.main(folders) == 0
    page = (course.dist / "lesson.html").read_text("utf-8")
    told = json.loads(re.search(r'"demand": (\{.*?\}\})', page)[1])  # type: ignore[index]
    assert told["primes"]["bytes"] == sum(map(len, Primes.on_demand.make(vendor.fetch).values()))
    assert "The primes below two million: fetched only when you ask" in page
    assert ">not here<" not in page  # the drawing has what needs no files
    listed = {name for name in offline.files(course.dist) if name.startswith("large/")}
    assert len(listed) == 6
    assert cli.main([*folders, "--without", "primes"]) == 0
    assert not (course.dist / "large").exists()
    assert '"index": null' in (course.dist / "lesson.html").read_text("utf-8")
    capsys.readouterr()
    assert cli.main([*folders, "--without", "prime"]) == 1
    assert "--without: no figure of this course names such a set" in capsys.readouterr().err


def test_what_cannot_be_fetched_may_be_left_out(course: SmallCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(name: str, file: str | None = None) -> Path:
        raise AuthorError("cannot get it")

    named = replace(Primes.on_demand, make=lambda fetch: {"a": fetch("far", "file").read_bytes()})
    monkeypatch.setattr(Primes, "on_demand", named)
    monkeypatch.setattr(vendor, "fetch", away)
    with pytest.raises(AuthorError, match="cannot get it\nOr build with --without primes"):
        demand.write(Output(course.dist, course.dist), demand.find(["examples/primes"]), [])


def test_two_sets_of_one_name_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(Primes.on_demand, title="Other primes")
    kinds = {"a": Primes, "b": type("B", (Primes,), {"on_demand": other})}
    monkeypatch.setattr(demand.catalog, "load", kinds.get)
    with pytest.raises(AuthorError, match='two sets of files on demand are named "primes"'):
        demand.find(["a", "b"])
