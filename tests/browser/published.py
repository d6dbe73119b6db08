"""A copy of the built site that a test may change, and a server that notes what it is asked for."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from sitegen import offline, serve
from tests.browser.steps import START

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
        self.publish()

    def change_pycore(self) -> None:
        """Publish a version with another pycore; the older one's files are gone from the server."""
        (pack,) = self.folder.glob("py/*/pycore.pack")
        old = pack.read_bytes()
        new = gzip.compress(gzip.decompress(old), 1, mtime=0)
        pack.write_bytes(new)
        folder = pack.parent.with_name(hashlib.sha256(new).hexdigest()[:12])
        (start,) = self.folder.glob("assets/start.*.js")  # it tells the size, the hash and the folder
        text = start.read_text("utf-8").replace(f": [{len(old)}, ", f": [{len(new)}, ")
        text = text.replace(_digest(old), _digest(new)).replace(pack.parent.name, folder.name)
        self._rewrite(start, text)
        self._rename(pack.parent, folder)

    def change_style(self) -> None:
        """Publish a version with another style sheet; the older one is gone from the server."""
        (sheet,) = self.folder.glob("assets/site.*.css")
        self._rewrite(sheet, sheet.read_text("utf-8") + "h1 { font-style: italic }\n")

    def _rewrite(self, file: Path, text: str) -> None:
        """Change a file that is named for its content."""
        stem, _, ending = file.name.split(".")
        file.unlink()  # it is a link to a file that other tests share
        file.write_text(text, "utf-8")
        name = f"{stem}.{hashlib.sha256(text.encode()).hexdigest()[:8]}.{ending}"
        self._rename(file, file.with_name(name))

    def _rename(self, old: Path, new: Path) -> None:
        old.rename(new)
        for page in self.folder.rglob("*.html"):
            page.write_text(page.read_text("utf-8").replace(old.name, new.name), "utf-8")
        self.publish()

    def publish(self) -> None:
        """Write the service worker of what is there now."""
        worker = self.folder / offline.WORKER
        source = worker.read_text("utf-8").split("\n", 3)[3]
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


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _link(source: str, target: str) -> None:
    # Only these are changed, so only they are copied.
    if source.endswith((".html", ".pack", offline.WORKER)):
        shutil.copyfile(source, target)
    else:
        Path(target).hardlink_to(source)


def wait_until_kept(page: Page, what: str) -> None:
    """Wait until a page works without a network: "page", "lesson" with its Python, or "course"."""
    page.wait_for_function(f"document.documentElement.dataset.offline === '{what}'", timeout=START)


def kept(page: Page) -> list[str]:
    """Names of the files that the service worker keeps."""
    (worker,) = page.context.service_workers
    names: list[str] = worker.evaluate(
        """async () => (await (await caches.open(CACHE)).keys()).map(({ url }) => url.split("/").pop())"""
    )
    return names
