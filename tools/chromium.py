"""Find a Chromium for tests, benchmarks and screenshots, or install one by whichever means works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from playwright.sync_api import Browser, BrowserType, Error, JSHandle, Page, TimeoutError, sync_playwright

from sitegen import cache

NAMED = "PYCORE_CHROMIUM"
# A shell is the same engine without windows: a page opens in it in half the time.
SHELL = "chromium-headless-shell"
SYSTEM = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge")
SUDO = ("sudo", "--non-interactive")
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
INSTALLERS = (
    (sys.executable, "-m", "playwright", "install", *(["--with-deps"] if ROOT_USER else []), "chromium"),
    *(
        (*sudo, "apt-get", "install", "--yes", *names)
        for sudo in ((), SUDO)
        for names in ((SHELL, "chromium"), ("chromium",))
    ),
)


class NoBrowserError(RuntimeError):
    """No browser was found and none could be installed."""


def find(kind: BrowserType, whole: bool = False) -> Path | None:
    """Return the browser that $PYCORE_CHROMIUM names, else Playwright's own, else the system's.

    A shell comes first, unless it shall be a whole browser: only that keeps pages for who goes back, for one.
    """
    named = os.environ.get(NAMED)
    if named:
        if not Path(named).is_file():
            raise NoBrowserError(f"${NAMED} names {named}, which is not a file")
        found = [Path(named)]
    else:
        found = [*_own(kind), *map(Path, filter(None, map(shutil.which, SYSTEM)))]
    return next((file for file in found if not (whole and file.stem.endswith("shell"))), None)


def _own(kind: BrowserType) -> Iterator[Path]:
    """Yield what Playwright has installed: it tells only where the whole browser would be."""
    whole = Path(kind.executable_path)
    home = next(folder for folder in whole.parents if folder.name.startswith("chromium-"))
    shell = home.with_name(home.name.replace("chromium", SHELL.replace("-", "_")))
    for file in (*shell.glob("*/headless_shell*"), *shell.glob("*/chrome-headless-shell*"), whole):
        if file.is_file():
            yield file


def find_or_install(kind: BrowserType) -> Path:
    """Return a browser, installing one if there is none.

    Raises
    ------
    NoBrowserError
        When nothing worked; the message says what to do.
    """
    if found := find(kind):
        return found
    # The workers of a test run all ask: one installs, the others find what it installed.
    cache.folder().mkdir(parents=True, exist_ok=True)
    with FileLock(cache.folder() / "browser.lock"):
        commands = iter(INSTALLERS)
        while (found := find(kind)) is None and (command := next(commands, None)):
            _install(command)
    if found:
        return found
    raise NoBrowserError(
        f"no Chromium: install one (`python -m playwright install chromium`, or your system's package "
        f"chromium), or name one in ${NAMED}"
    )


def _install(command: tuple[str, ...]) -> None:
    if shutil.which(command[0]) is None:
        return
    print(f"no browser found; trying: {' '.join(command)}", file=sys.stderr)
    if "apt-get" in command:
        update = [*command[: command.index("apt-get") + 1], "update"]
        subprocess.run(update, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def count_bytes(page: Page) -> list[float]:
    """Count what a page loads from now on: a list that grows by the compressed bytes of each response."""
    addresses: dict[str, str] = {}
    received: list[float] = []

    def finished(event: dict[str, Any]) -> None:
        # What is written into another file as a data: address was counted with that file.
        if addresses[event["requestId"]].startswith("http"):
            received.append(event["encodedDataLength"])

    devtools = page.context.new_cdp_session(page)
    devtools.on(
        "Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]})
    )
    devtools.on("Network.loadingFinished", finished)
    devtools.send("Network.enable")
    return received


# Asks again and again in the page: to ask from outside takes as much of a core as what is waited for.
# A page's clock may be a false one, but not for `scheduler`.
UNTIL = """async ([arg, asked, delay]) => {
    for (;;) {
        const found = %s;
        const value = await (typeof found === "function" ? found(arg) : found);
        if (value || --asked === 0) return value;
        await scheduler.postTask(() => {}, { delay });
    }
}"""
ASKED = 50  # times, until the page is asked from outside again: it may be asleep


def wait_for_function(
    self: Page, expression: str, *, arg: object = None, timeout: float = 30_000, polling: float = 20
) -> JSHandle:
    """Wait until an expression holds.

    Playwright's own method evaluates text in the page later on, which the policy of the site's pages forbids.
    """
    deadline = time.monotonic() + timeout / 1000
    while True:
        try:
            found = self.evaluate_handle(UNTIL % expression, [arg, ASKED, polling])
            if found.json_value():
                return found
        except Error as error:
            if "context was destroyed" not in error.message:  # the page is being left for another
                raise
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {timeout / 1000:.0f} s this did not hold yet: {expression}")


Page.wait_for_function = wait_for_function  # type: ignore[method-assign, assignment]


@contextmanager
def launched(*options: str, whole: bool = False) -> Iterator[Browser]:
    """Give a headless Chromium, with options of its own besides those that keep it quiet.

    A whole one, as readers have, if there is one and it shall be so: what is measured is measured there.
    """
    with sync_playwright() as playwright:
        file = find(playwright.chromium, whole=True) if whole else None
        with launched_beside(playwright.chromium, *options, file=file) as browser:
            yield browser


@contextmanager
def launched_beside(kind: BrowserType, *options: str, file: Path | None = None) -> Iterator[Browser]:
    """Give one where a Playwright runs; `file` names another than the first that is found."""
    # As root, Chromium refuses to start with its sandbox.
    sandbox = ["--no-sandbox"] if ROOT_USER else []
    browser = kind.launch(
        executable_path=file or find_or_install(kind),
        args=[*QUIET, *sandbox, *options],
        ignore_default_args=["--disable-back-forward-cache"],  # readers' browsers have it
    )
    try:
        yield browser
    finally:
        browser.close()
