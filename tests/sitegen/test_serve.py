from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sitegen import serve
from sitegen.errors import AuthorError

PAGE = "<p>A page.</p>" * 100


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "core.wasm").write_bytes(b"\0asm")
    (tmp_path / "core.mjs").write_text("export default 1;")
    with serve.serving(tmp_path) as address:
        yield address


@pytest.mark.parametrize("path", ["", "index.html"])
def test_pages(address: str, path: str) -> None:
    with urlopen(address + path) as answer:
        assert answer.read().decode() == PAGE
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_compressed_where_the_browser_asks(address: str) -> None:
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
        assert gzip.decompress(answer.read()).decode() == PAGE


@pytest.mark.parametrize(
    ("file", "kind"), [("core.wasm", "application/wasm"), ("core.mjs", "text/javascript")]
)
def test_types_that_browsers_insist_on(address: str, file: str, kind: str) -> None:
    with urlopen(address + file) as answer:
        assert answer.headers["Content-Type"].partition(";")[0] == kind


def test_unchanged_file_is_not_sent_again(address: str) -> None:
    with urlopen(address) as answer:
        tag = answer.headers["ETag"]
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(address, headers={"If-None-Match": tag}))
    assert caught.value.code == 304
    caught.value.close()


@pytest.mark.parametrize("path", ["nosuch.html", "../pyproject.toml", "%2e%2e/pyproject.toml"])
def test_missing(address: str, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(address + path)
    assert caught.value.code == 404
    caught.value.close()


def test_port_is_free_again_afterwards(tmp_path: Path) -> None:
    with serve.serving(tmp_path) as first:
        port = int(first.rstrip("/").rpartition(":")[2])
    with serve.serving(tmp_path, port) as second:
        assert second == first


def test_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AuthorError) as caught, serve.serving(tmp_path, port):
            pass
    assert (
        str(caught.value) == f"cannot serve at port {port}: Address already in use; try --port with another"
    )


@pytest.mark.parametrize("port", [-1, 65536])
def test_port_that_does_not_exist(tmp_path: Path, port: int) -> None:
    with (
        pytest.raises(AuthorError, match=rf"cannot serve at port {port}: .*0-65535.*; try --port"),
        serve.serving(tmp_path, port),
    ):
        pass


@pytest.mark.parametrize(("host", "status"), [("localhost:8000", 200), ("evil.example", 400)])
def test_another_name_of_this_machine_is_refused(address: str, host: str, status: int) -> None:
    """A page elsewhere may let its own name lead to this machine, and would read the author's drafts."""
    request = Request(address, headers={"Host": host})
    try:
        with urlopen(request) as answer:
            found = answer.status
    except HTTPError as error:
        found = error.code
        error.close()
    assert found == status


def test_answers_are_sent_at_once(tmp_path: Path) -> None:
    """On a kept connection, the second answer would wait for the browser's word that the first has come."""
    (tmp_path / "index.html").write_text(PAGE)
    delays: list[int] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        (transport,) = {id(t): t for t in _transports()}.values()
        connection = transport.get_extra_info("socket")
        delays.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        await Response("here")(scope, receive, send)

    with serve.serving(tmp_path, application=application) as address, urlopen(address) as answer:
        assert answer.read() == b"here"
    assert delays == [1]


def _transports() -> list[asyncio.Transport]:
    """Connections of the server that runs in this thread."""
    loop = asyncio.get_running_loop()
    return [transport for transport in loop._transports.values() if transport.get_extra_info("peername")]  # type: ignore[attr-defined]
