"""The site, built aside and served, for what looks at it from outside: benchmarks, screenshots, tests."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sitegen import serve, site, vendor


@dataclass(frozen=True)
class Network:
    """A line to the server: seconds to and fro, and bytes a second that all responses share."""

    latency: float
    rate: float


SLOW_4G = Network(latency=0.15, rate=1.6e6 / 8)  # as Lighthouse and WebPageTest define it


@contextmanager
def built() -> Iterator[Path]:
    """Build the site into a temporary folder."""
    with tempfile.TemporaryDirectory() as work:
        dist = Path(work) / "dist"
        site.build(dist=dist)
        yield dist


@contextmanager
def served(
    extra: Mapping[str, str | Callable[[Path], str]] | None = None,
    *,
    bare: bool = False,
    network: Network | None = None,
) -> Iterator[str]:
    """Build the site into a temporary folder, serve it, and give its address.

    Parameters
    ----------
    extra
        Texts to put beside the pages, by name, or what makes one from the folder of the built site.
    bare
        Whether to put Pyodide and numpy as they were published into the folder bare/.
    network
        What the responses come over; at once, if it is not given.
    """
    with built() as dist:
        for name, text in (extra or {}).items():
            (dist / name).write_text(text if isinstance(text, str) else text(dist), "utf-8")
        if bare:
            (dist / "bare").mkdir()
            for name in ("pyodide", "numpy"):
                for file in vendor.table()[name].files:
                    shutil.copyfile(vendor.fetch(name, file), dist / "bare" / file)
        application = serve.static(dist)
        with serve.serving(
            dist, application=Slow(application, network) if network else application
        ) as address:
            yield address


class Slow:
    """Lets every response wait for the line and share it. A browser's own brake leaves out its workers."""

    def __init__(self, application: ASGIApp, network: Network) -> None:
        self.application = application
        self.network = network
        self.line = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, slowly."""
        await asyncio.sleep(self.network.latency)
        piece = int(self.network.rate / 20)

        async def slowly(message: Message) -> None:
            body = message.get("body", b"")
            for start in range(0, len(body), piece):
                part = body[start : start + piece]
                async with self.line:
                    await asyncio.sleep(len(part) / self.network.rate)
                more = start + piece < len(body) or message.get("more_body", False)
                await send({"type": "http.response.body", "body": part, "more_body": more})
            if not body:
                await send(message)

        await self.application(scope, receive, slowly)
