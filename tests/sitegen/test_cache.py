"""The local cache: what lies in it is whole or is made again, and it does not grow for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sitegen import cache, imports, keep


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYCORE_CACHE", str(tmp_path))
    return tmp_path / cache.DERIVED


def test_it_is_made_once() -> None:
    calls: list[int] = []

    def make() -> bytes:
        calls.append(1)
        return b"made"

    assert [cache.derived("recipe", make) for _ in range(3)] == [b"made"] * 3
    assert len(calls) == 1
    assert cache.look("another recipe") is None


def test_what_is_damaged_is_made_again(folder: Path) -> None:
    cache.store("recipe", b"made")
    (file,) = folder.iterdir()
    for damaged in (file.read_bytes()[:-1], b"", b"x" + file.read_bytes()):
        file.write_bytes(damaged)
        assert cache.look("recipe") is None
        assert not cache.has("recipe")
    assert cache.derived("recipe", lambda: b"made") == b"made"


def test_what_is_read_counts_as_used(folder: Path) -> None:
    cache.store("recipe", b"made")
    (file,) = folder.iterdir()
    os.utime(file, (0, 0))
    cache.look("recipe")
    assert file.stat().st_mtime > time.time() - 60


def test_what_was_not_used_for_long_goes_and_the_rest_within_the_bound() -> None:
    def age(recipe: str, seconds: float) -> None:
        cache.store(recipe, b"x" * 968)  # 1,000 bytes with its hash
        then = time.time() - seconds
        os.utime(cache._place(recipe), (then, then))

    for name, seconds in (("new", 1), ("older", 100), ("oldest", 200), ("forgotten", 10_000)):
        age(name, seconds)
    cache.prune(unused=5_000)
    assert [cache.has(name) for name in ("new", "older", "oldest", "forgotten")] == [True, True, True, False]
    cache.prune(most=2_500)
    assert [cache.has(name) for name in ("new", "older", "oldest")] == [True, True, False]


def test_it_is_tidied_now_and_then(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pruned: list[int] = []
    monkeypatch.setattr(cache, "prune", lambda: pruned.append(1))
    cache.tidy()
    cache.tidy()
    assert len(pruned) == 1
    os.utime(folder.parent / "pruned", (0, 0))
    cache.tidy()
    assert len(pruned) == 2


def test_nothing_is_kept_that_was_made_while_the_code_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "stale", lambda: True)
    assert keep.kept("recipe", lambda: "old") == "old"
    assert keep.kept("recipe", lambda: "new") == "new"


def test_nothing_of_a_mistake_is_kept() -> None:
    def fail() -> str:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        keep.kept("recipe", fail)
    assert keep.kept("recipe", lambda: "made") == "made"
