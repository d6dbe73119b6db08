"""The author's loop: serve the site, build it at each change, and tell the pages that are open."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import watchfiles

from sitegen import cli, news, serve
from sitegen.builder import Builder, Outcome
from sitegen.errors import ROOT

WATCHED = ("site_templates", "pycore", "sitegen", "pyproject.toml")
QUIET = 10  # milliseconds without a change after which a build begins: an editor writes several files
LONGEST = 300  # milliseconds for which changes are gathered


def serve_and_build(content: Path, dist: Path, port: int, without: Sequence[str] = ()) -> None:
    """Serve the site until interrupted; it starts also when the site cannot be built.

    Raises
    ------
    AuthorError
        When the port is taken.
    """
    told = news.News()
    # A process that is asked to end goes the same way as one that is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with serve.serving(
            dist, port, application=news.application(dist, told), closing=told.close
        ) as address:
            print(f"serving {address} (stop with Ctrl-C)", flush=True)
            with changes(content) as changed:
                builder = Builder(content, dist, without)
                try:
                    while True:
                        _build(builder, told)
                        _wait(changed)
                finally:
                    builder.close()
    except KeyboardInterrupt:
        print("\nstopped", flush=True)


def _build(builder: Builder, told: news.News) -> Outcome:
    outcome = builder.build()
    told.tell(outcome.version, outcome.mistakes)
    if outcome.mistakes:
        cli.complain(outcome.said)
    else:
        print(outcome.said, flush=True)
    return outcome


@contextmanager
def changes(content: Path) -> Iterator[queue.Queue[object]]:
    """Watch everything that the site is made from; the queue takes something at each change."""
    changed: queue.Queue[object] = queue.Queue()
    stop = threading.Event()
    folders = [content, *(ROOT / name for name in WATCHED)]

    def watch() -> None:
        for found in watchfiles.watch(
            *folders, stop_event=stop, step=QUIET, debounce=LONGEST, rust_timeout=500
        ):
            changed.put(found)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield changed
    finally:
        stop.set()
        thread.join()


def _wait(changed: queue.Queue[object]) -> None:
    """Wait for a change; what else has changed by then belongs to the same build."""
    while True:
        try:
            changed.get(timeout=1.0)  # some systems interrupt no wait that has no end
            break
        except queue.Empty:
            continue
    while not changed.empty():
        changed.get_nowait()
