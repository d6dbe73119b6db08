"""Modules that come when they are first imported: found, fetched once, and only when they are asked for."""

from __future__ import annotations

import importlib
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pycore.live import later

FILES = {
    "later_one.py": "value = 1",
    "later_two/__init__.py": "",
    "later_two/inner.py": "value = 2",
    "later_lazy.py": "value = 3",
}
INDEX = dict.fromkeys(("later_one", "later_two", "later_two.inner", "later_lazy"), "rest.zip")


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Install the finder; give the list of the archives that it has fetched."""
    done: list[str] = []

    def read(name: str) -> bytes:
        done.append(name)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as target:
            for path, text in FILES.items():
                target.writestr(path, text)
        return stream.getvalue()

    monkeypatch.setattr(later, "LAZY", frozenset({"later_lazy"}))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, later.Later(INDEX, read, tmp_path)])
    yield done
    for name in INDEX:
        sys.modules.pop(name, None)


def test_an_archive_is_fetched_once_when_its_first_module_is_imported(fetched: list[str]) -> None:
    assert fetched == []
    assert importlib.import_module("later_one").value == 1
    assert importlib.import_module("later_two.inner").value == 2
    assert fetched == ["rest.zip"]


def test_a_module_that_is_nowhere_fetches_nothing(fetched: list[str]) -> None:
    with pytest.raises(ModuleNotFoundError, match="later_three"):
        importlib.import_module("later_three")
    assert fetched == []


def test_a_lazy_module_is_fetched_when_something_in_it_is_used(fetched: list[str]) -> None:
    module = importlib.import_module("later_lazy")
    assert not hasattr(module, "__path__")
    assert fetched == []
    assert module.value == 3
    assert module.value == 3
    assert fetched == ["rest.zip"]
    with pytest.raises(AttributeError, match="nothing"):
        _ = module.nothing


def test_an_archive_that_cannot_be_had_is_an_import_error(fetched: list[str], tmp_path: Path) -> None:
    def read(name: str) -> bytes:
        raise LookupError(f"{name} was not found (404)")

    sys.meta_path[-1] = later.Later(INDEX, read, tmp_path)
    with pytest.raises(ImportError, match=r"later_one could not be fetched: rest.zip was not found"):
        importlib.import_module("later_one")


def test_a_shelf_names_the_first_archive_that_a_call_lacked() -> None:
    shelf = later.Shelf()
    shelf.begin({})
    for name in ("one.zip", "two.zip"):
        with pytest.raises(LookupError, match="not here yet"):
            shelf.read(name)
    assert shelf.lacking == "one.zip"
    shelf.put("one.zip", b"content")
    shelf.begin({"two.zip": "two.zip was not found (404)"})
    assert shelf.read("one.zip") == b"content"
    with pytest.raises(LookupError, match=r"two\.zip was not found"):
        shelf.read("two.zip")
    assert shelf.lacking is None  # the page knows that it cannot bring it
    shelf.begin({})
    with pytest.raises(LookupError, match="not here yet"):
        shelf.read("two.zip")
    assert shelf.lacking == "two.zip"  # but another call may ask again
