"""What the author's pages are told: that there is a new site, or what keeps it from being built.

The pages of dist/ know nothing of it: the server adds a script to each as it sends it, and that listens.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sitegen import serve
from sitegen.builder import Mistake

SCRIPT = Path(__file__).with_name("reload.js")
PATH = "/-author"
BREATH = 15.0  # seconds: a line now and then, so that a listener that has gone is noticed
EMPTY = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,"></head>
<body style="color-scheme:light dark;font:1rem/1.6 system-ui;margin:3rem">
<p>{title}</p></body></html>"""


class News:
    """The latest outcome, and those who wait for the next; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.Queue[str | None], asyncio.AbstractEventLoop] = {}
        self.version = ""
        self._mistakes: tuple[Mistake, ...] = ()

    @property
    def text(self) -> str:
        """The news as pages read it."""
        return json.dumps({"version": self.version, "mistakes": [asdict(each) for each in self._mistakes]})

    def tell(self, version: str, mistakes: tuple[Mistake, ...]) -> None:
        """Tell of a build; a site that could not be built leaves the version as it was."""
        with self._lock:
            self.version, self._mistakes = version or self.version, mistakes
            self._send(self.text)

    def close(self) -> None:
        """End what listens, so that the server can end."""
        with self._lock:
            self._send(None)

    def _send(self, text: str | None) -> None:
        for queue, loop in self._waiting.items():
            loop.call_soon_threadsafe(queue.put_nowait, text)

    async def listen(self) -> AsyncIterator[str]:
        """Give the news as it is, and each time that there is other: server-sent events."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        with self._lock:
            self._waiting[queue] = asyncio.get_running_loop()
            text: str | None = self.text
        try:
            while text is not None:
                yield f"data: {text}\n\n"
                text = await self._next(queue)
                while text == "":
                    yield ": here\n\n"
                    text = await self._next(queue)
        finally:
            with self._lock:
                del self._waiting[queue]

    @staticmethod
    async def _next(queue: asyncio.Queue[str | None]) -> str | None:
        try:
            return await asyncio.wait_for(queue.get(), BREATH)
        except TimeoutError:
            return ""


def application(dist: Path, news: News) -> Starlette:
    """Serve a site to its author: never an old page, and each with the script that listens for news."""

    async def listen(_: Request) -> Response:
        return StreamingResponse(
            news.listen(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def script(_: Request) -> Response:
        return FileResponse(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[
            Route(f"{PATH}/news", listen),
            Route(f"{PATH}/reload.js", script),
            Mount("/", Pages(serve.fresh(dist), dist, news)),
        ]
    )


class Pages:
    """Sends pages with the script, and all else as it is."""

    def __init__(self, site: ASGIApp, dist: Path, news: News) -> None:
        self.site, self.dist, self.news = site, dist, news

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = str(scope["path"]).removeprefix("/") or "index.html"
        if scope["type"] != "http" or not path.endswith(".html"):
            if not self.dist.is_dir():
                await Response("not built yet", 503)(scope, receive, send)
                return
            await self.site(scope, receive, send)
            return
        version = self.news.version
        file = (self.dist / path).resolve()
        try:
            html = file.read_text("utf-8") if file.is_relative_to(self.dist) else None
        except OSError:
            html = None
        status = 200
        if html is None:
            status = 404 if self.dist.is_dir() else 503
            title = f"There is no page {path}" if status == 404 else "The first build is running"
            html = EMPTY.format(title=title.replace("<", "&lt;"))
        script = f'<script defer src="{PATH}/reload.js" data-version="{version}"></script>\n</body>'
        before, _, after = html.rpartition("</body>")
        response = HTMLResponse(before + script + after, status, {"Cache-Control": "no-store"})
        await response(scope, receive, send)
