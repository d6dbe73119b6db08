"""A local server for the built site."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from sitegen.errors import AuthorError

ENDING = 1  # seconds that an answer may still take when the server ends

# A page elsewhere whose name leads to this machine must not read what only its author should see.
HOSTS = ["127.0.0.1", "localhost", "*.localhost"]


def static(dist: Path) -> Starlette:
    """Serve a folder as a static host does: compressed, with validators, index.html for the folder itself."""
    files = StaticFiles(directory=dist, html=True, check_dir=False)  # the first build may still run
    return Starlette(routes=[Mount("/", files)], middleware=[Middleware(GZipMiddleware, compresslevel=6)])


def fresh(dist: Path) -> Starlette:
    """Serve a folder to its author: the service worker asks the network first, so no page is yesterday's."""

    def service_worker(_: Request) -> Response:
        code = (dist / "sw.js").read_text("utf-8").replace("const FRESH = false;", "const FRESH = true;", 1)
        return Response(code, media_type="text/javascript")

    return Starlette(routes=[Route("/sw.js", service_worker), Mount("/", static(dist))])


@contextlib.contextmanager
def serving(
    dist: Path,
    port: int = 0,
    *,
    application: ASGIApp | None = None,
    closing: Callable[[], object] = lambda: None,
) -> Iterator[str]:
    """Serve `dist` in a thread and give its address.

    Parameters
    ----------
    port
        0 takes any free one.
    application
        What answers instead of the plain server.
    closing
        Called before the server ends, which waits for what is being answered.

    Raises
    ------
    AuthorError
        When the port is taken.
    """
    # With the protocol named, asyncio sends each answer at once (TCP_NODELAY); else a browser waits for some.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise AuthorError(f"cannot serve at port {port}: {reason}; try --port with another") from error
        listener.listen(128)
        config = uvicorn.Config(
            TrustedHostMiddleware(application or static(dist), HOSTS),
            log_level="error",
            lifespan="off",
            timeout_graceful_shutdown=ENDING,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            closing()
            server.should_exit = True
            thread.join()
