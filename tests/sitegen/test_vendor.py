"""Fetching from stand-ins: a server on this machine, and package clients that hand out prepared archives."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from sitegen import cache, vendor
from sitegen.errors import ROOT, AuthorError
from sitegen.vendor import ThirdParty
from tests.sitegen.small_course import tree

PYTHON = sys.executable
ONE, TWO = b"the first file", b"the second file"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


PINS = {"one.js": digest(ONE), "two.js": digest(TWO)}


class CDN(BaseHTTPRequestHandler):
    """Answers with `files`; a path that is there with None gets an answer that is no HTTP."""

    files: ClassVar[dict[str, bytes | None]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path not in self.files:
            self.send_error(404)
            return
        content = self.files[self.path]
        if content is None:
            self.wfile.write(b"hello?\r\n\r\n")
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), CDN) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def cdn(address: str) -> type[CDN]:
    CDN.files = {}
    CDN.asked = []
    return CDN


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, a machine without npm, and a pip that finds nothing."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("PYCORE_CACHE", str(folder))
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    client(tmp_path, monkeypatch, "pip", 'sys.exit("Looking.\\n\\nERROR: No matching distribution found\\n")')
    return folder


def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> None:
    """Put a stand-in for npm, or for the Python that runs pip, in the place of the real one."""
    file = tmp_path / "bin" / name
    file.write_text(f"#!{PYTHON} -S\nimport sys, shutil\n{code}\n")
    file.chmod(0o755)
    if name == "pip":
        monkeypatch.setattr(sys, "executable", str(file))


def hands_out(archive: Path) -> str:
    """Code of a client that puts an archive into the folder that it runs in."""
    return f"shutil.copy({str(archive)!r}, '.')"


def npm_archive(folder: Path, **files: bytes) -> Path:
    target = folder / "package-1.0.0.tgz"
    with tarfile.open(target, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target


def wheel(folder: Path, **files: bytes) -> Path:
    target = folder / "package-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def pin(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, str] | None = None, **sources: object
) -> ThirdParty:
    """Make a row the only one of the table."""
    row = ThirdParty(
        name="thing", version="1.0", license="MIT", home="", use="site", files=files or PINS, **sources  # type: ignore[arg-type]
    )  # fmt: skip
    monkeypatch.setattr(vendor, "table", lambda: {"thing": row})
    return row


# ---------------------------------------------------------------- sources


def test_from_a_cdn_once(monkeypatch: pytest.MonkeyPatch, address: str, cdn: type[CDN], kept: Path) -> None:
    pin(monkeypatch, url=address + "/v1/{file}")
    cdn.files = {"/v1/one.js": ONE}
    found = vendor.fetch("thing", "one.js")
    assert found.read_bytes() == ONE
    assert found.is_relative_to(kept)
    assert vendor.fetch("thing", "one.js") == found
    assert cdn.asked == ["/v1/one.js"]


def test_another_pin_is_another_file(
    monkeypatch: pytest.MonkeyPatch, address: str, cdn: type[CDN], kept: Path
) -> None:
    pin(monkeypatch, url=address + "/{file}")
    cdn.files = {"/one.js": ONE}
    old = vendor.fetch("thing", "one.js")
    pin(monkeypatch, url=address + "/{file}", files={"one.js": digest(TWO)})
    cdn.files = {"/one.js": TWO}
    new = vendor.fetch("thing")
    assert (old.read_bytes(), new.read_bytes()) == (ONE, TWO)


def test_from_npm_all_files_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path) -> None:
    pin(monkeypatch, npm=("thing@1.0", "package/dist/{file}"))
    archive = npm_archive(
        tmp_path, **{"package/dist/one.js": ONE, "package/dist/two.js": TWO, "package/x": b""}
    )
    client(
        tmp_path, monkeypatch, "npm", hands_out(archive) + "\nassert sys.argv[1:3] == ['pack', 'thing@1.0']"
    )
    assert vendor.fetch("thing", "two.js").read_bytes() == TWO
    (tmp_path / "bin" / "npm").unlink()
    assert vendor.fetch("thing", "one.js").read_bytes() == ONE
    assert len(tree(kept)) == 2


def test_from_npm_the_package_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    archive = npm_archive(tmp_path, a=ONE)
    pin(monkeypatch, npm=("thing@1.0", ""), files={"thing-1.0.tgz": digest(archive.read_bytes())})
    client(tmp_path, monkeypatch, "npm", hands_out(archive))
    assert vendor.fetch("thing").read_bytes() == archive.read_bytes()


def test_from_pip_when_the_others_do_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, cdn: type[CDN]
) -> None:
    pin(monkeypatch, url=address + "/{file}", npm=("thing@1.0", "{file}"), pypi=("thing==1.0", "in/{file}"))
    archive = wheel(tmp_path, **{"in/one.js": ONE, "in/two.js": TWO})
    client(tmp_path, monkeypatch, "pip", "assert 'thing==1.0' in sys.argv\n" + hands_out(archive))
    assert vendor.fetch("thing", "one.js").read_bytes() == ONE
    assert cdn.asked == ["/one.js"]


def test_damaged_cached_file_is_fetched_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str, cdn: type[CDN]
) -> None:
    pin(monkeypatch, url=address + "/{file}")
    cdn.files = {"/one.js": ONE}
    found = vendor.fetch("thing", "one.js")
    found.write_bytes(ONE[:-1])
    assert vendor.fetch("thing", "one.js").read_bytes() == ONE
    assert len(cdn.asked) == 2
    assert "cached one.js is damaged; fetching it again" in capsys.readouterr().err


# ---------------------------------------------------------------- what can go wrong


def test_other_bytes_than_the_pinned_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, cdn: type[CDN], kept: Path
) -> None:
    """No other source is asked: somebody should look."""
    pin(monkeypatch, url=address + "/{file}", npm=("thing@1.0", "{file}"))
    client(tmp_path, monkeypatch, "npm", hands_out(npm_archive(tmp_path, **{"one.js": ONE, "two.js": TWO})))
    cdn.files = {"/one.js": b"something else"}
    with pytest.raises(AuthorError) as caught:
        vendor.fetch("thing", "one.js")
    host = address.removeprefix("http://")
    assert caught.value.message == (
        f"one.js from {host} is not the pinned file: expected sha256 {digest(ONE)}, "
        f"found {digest(b'something else')}. Nothing was kept."
    )
    assert not kept.exists()


@pytest.mark.parametrize("kind", ["npm", "pip"])
def test_other_bytes_in_a_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path, kind: str
) -> None:
    if kind == "npm":
        pin(monkeypatch, npm=("thing@1.0", "{file}"))
        archive = npm_archive(tmp_path, **{"one.js": b"something else", "two.js": TWO})
    else:
        pin(monkeypatch, pypi=("thing==1.0", "{file}"))
        archive = wheel(tmp_path, **{"one.js": b"something else", "two.js": TWO})
    client(tmp_path, monkeypatch, kind, hands_out(archive))
    with pytest.raises(
        AuthorError, match=rf"one\.js from {kind} thing.* expected sha256 {digest(ONE)}, found"
    ):
        vendor.fetch("thing", "two.js")
    assert not kept.exists()


def test_a_wrong_pin_is_shown_where_it_stands(
    monkeypatch: pytest.MonkeyPatch, address: str, cdn: type[CDN]
) -> None:
    row = dataclasses.replace(vendor.table()["idiomorph"], url=address + "/{file}")
    monkeypatch.setattr(vendor, "table", lambda: {"idiomorph": row})
    ((file, expected),) = row.files.items()
    cdn.files = {f"/{file}": ONE}
    with pytest.raises(AuthorError, match=rf"^pyproject\.toml:\d+: {file} from ") as caught:
        vendor.fetch("idiomorph")
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    assert expected in lines[(caught.value.line or 0) - 1]


def test_no_network_and_nothing_cached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, cdn: type[CDN], kept: Path
) -> None:
    """One message: what is missing, what to do, and why each source failed."""
    pin(monkeypatch, url=address + "/{file}", npm=("thing@1", "{file}"), pypi=("thing==1", "{file}"))
    client(tmp_path, monkeypatch, "npm", 'sys.exit("npm error code ENOTFOUND\\nnpm error no address")')
    with pytest.raises(AuthorError) as caught:
        vendor.fetch("thing", "one.js")
    assert str(caught.value).splitlines() == [
        f"cannot get one.js (thing 1.0): no source answered and the cache {kept} does not have it. "
        "Connect to a network and build again.",
        f"  - {address.removeprefix('http://')}: Not Found",
        "  - thing@1 with npm: npm error code ENOTFOUND",
        "  - thing==1 with pip: ERROR: No matching distribution found",
    ]
    assert not kept.exists()


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch, cdn: type[CDN]) -> None:
    pin(monkeypatch, url="http://127.0.0.1:1/{file}")
    with pytest.raises(AuthorError, match=r"\n  - 127\.0\.0\.1:1: .*[Cc]onnection refused$"):
        vendor.fetch("thing", "one.js")


def test_a_server_that_speaks_something_else(
    monkeypatch: pytest.MonkeyPatch, address: str, cdn: type[CDN]
) -> None:
    pin(monkeypatch, url=address + "/{file}")
    cdn.files = {"/one.js": None}
    with pytest.raises(AuthorError, match=r"(?s)no source answered.*\n  - 127\.0\.0\.1:\d+: hello\?"):
        vendor.fetch("thing", "one.js")


def test_without_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, npm=("thing@1", "{file}"))
    with pytest.raises(AuthorError, match=r"\n  - npm: not installed$"):
        vendor.fetch("thing", "one.js")


def test_a_client_that_never_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pin(monkeypatch, npm=("thing@1", "{file}"))
    monkeypatch.setattr(vendor, "CLIENT_TIMEOUT", 0.2)
    client(tmp_path, monkeypatch, "npm", "import signal; signal.pause()")
    with pytest.raises(AuthorError, match=r"\n  - thing@1 with npm: no answer within 0 s$"):
        vendor.fetch("thing", "one.js")


@pytest.mark.parametrize("kind", ["npm", "pip"])
def test_a_package_without_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    pin(monkeypatch, npm=("thing@1", "in/{file}"), pypi=("thing==1", "in/{file}"))
    archive = npm_archive(tmp_path, other=ONE) if kind == "npm" else wheel(tmp_path, other=ONE)
    client(tmp_path, monkeypatch, kind, hands_out(archive))
    with pytest.raises(AuthorError, match=rf"\n  - {kind} thing[@=]+1: has no in/one\.js"):
        vendor.fetch("thing", "one.js")


@pytest.mark.parametrize("kind", ["npm", "pip"])
def test_a_package_that_is_no_archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    pin(monkeypatch, npm=("thing@1", "{file}"), pypi=("thing==1", "{file}"))
    archive = tmp_path / ("a.tgz" if kind == "npm" else "a.whl")
    archive.write_bytes(b"<html>An error page</html>")
    client(tmp_path, monkeypatch, kind, hands_out(archive))
    with pytest.raises(AuthorError, match=rf"\n  - {kind} thing[@=]+1: not an archive that can be unpacked"):
        vendor.fetch("thing", "one.js")


def test_a_package_that_writes_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pin(monkeypatch, npm=("thing@1", "{file}"))
    target = tmp_path / "elsewhere"
    client(tmp_path, monkeypatch, "npm", hands_out(npm_archive(tmp_path, **{f"../../../../..{target}": ONE})))
    with pytest.raises(AuthorError, match=r"npm thing@1: has no one\.js"):
        vendor.fetch("thing", "one.js")
    assert not target.exists()


def test_unknown_entry() -> None:
    with pytest.raises(AuthorError, match=r'found "idiomorf"; allowed: .*; did you mean "idiomorph"\?$'):
        vendor.fetch("idiomorf")


# ---------------------------------------------------------------- the table, and the cache


@pytest.mark.parametrize("name", vendor.table())
def test_every_row_can_be_fetched_and_credited(name: str) -> None:
    row = vendor.table()[name]
    assert row.url or row.npm or row.pypi
    assert all(re.fullmatch("[0-9a-f]{64}", pin) for pin in row.files.values())
    assert row.use in ("site", "derived", "data")
    assert (row.use == "derived") == bool(row.title)
    assert row.license
    assert row.home.startswith("https://")
    # What an address without a version leads to would change, and the pin would not.
    for source in (row.url, *(row.npm or ())[:1], *(row.pypi or ())[:1]):
        assert source is None or re.search(r"[@=/v]\d+\.\d+", source)


def test_numpy_is_the_one_that_pyodide_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real cache
    lock = json.loads(vendor.fetch("pyodide", "pyodide-lock.json").read_text("utf-8"))
    official = lock["packages"]["numpy"]
    assert vendor.table()["numpy"].files == {official["file_name"]: official["sha256"]}


def test_derived_is_made_once_a_recipe(kept: Path) -> None:
    made: list[str] = []

    def make(text: str) -> bytes:
        made.append(text)
        return text.encode()

    assert cache.derived("a", lambda: make("first")) == b"first"
    assert cache.derived("a", lambda: make("again")) == b"first"
    assert cache.derived("b", lambda: make("other")) == b"other"
    assert made == ["first", "other"]


def test_nothing_half_written_is_kept(kept: Path) -> None:
    def fail() -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.derived("a", fail)
    assert not kept.exists() or tree(kept) == {}
    assert cache.derived("a", lambda: b"whole") == b"whole"
