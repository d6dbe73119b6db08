"""A copy of the built site that a test may change, and a server that notes what it is asked for."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sitegen import offline, serve

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
PIECE = 5_000  # bytes of a slow answer that are sent at once


class Site:
    """The copy; `asked` counts what was asked for, by file name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.asked: Counter[str] = Counter()
        self.slow: dict[str, int] = {}  # bytes a second, by file name
        self.lasting = False  # answers may be kept by the browser without asking again

    def edit(self, page: str, old: str, new: str) -> None:
        """Change a word of a page, and publish it as a new version of the site."""
        file = self.folder / page
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        worker = self.folder / offline.WORKER
        source = worker.read_text("utf-8").split("\n", 2)[2]
        offline.write(self.folder, source)

    async def send(self, name: str, send: Send, message: Message) -> None:
        """Send a part of an answer as the test wants it."""
        if self.lasting and message["type"] == "http.response.start":
            message["headers"].append((b"cache-control", b"public, max-age=31536000, immutable"))
        body = message.get("body", b"")
        if name not in self.slow or not body:
            return await send(message)
        for i in range(0, len(body), PIECE):
            if name in self.slow:
                await asyncio.sleep(PIECE / self.slow[name])
            last = i + PIECE >= len(body)
            more = message.get("more_body", False) or not last
            await send({**message, "body": body[i : i + PIECE], "more_body": more})
        return None


@contextmanager
def published(dist: Path, folder: Path) -> Iterator[Site]:
    """Copy the built site into `folder` and serve it."""
    site = Site(folder)
    shutil.copytree(dist, folder, ignore=shutil.ignore_patterns("disk"), copy_function=_link)
    plain = serve.static(folder)

    async def answer(scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        name = scope["path"].rpartition("/")[2]
        site.asked[name] += 1
        await plain(scope, receive, lambda message: site.send(name, send, message))

    with serve.serving(folder, application=answer) as site.address:
        yield site
        site.slow.clear()  # what is still on its way shall not hold up the end


def _link(source: str, target: str) -> None:
    # Only these are changed, so only they are copied.
    if source.endswith((".html", ".pack", offline.WORKER)):
        shutil.copyfile(source, target)
    else:
        Path(target).hardlink_to(source)
