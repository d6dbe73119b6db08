"""Firefox and WebKitGTK by the WebDriver protocol, with no more than the standard library.

Firefox is spoken to directly, by Marionette, the protocol below geckodriver; WebKit through its own
driver. Neither tells what is logged, so the page itself notes what nobody caught.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

KEYS = {"ArrowRight": "\ue014", "Enter": "\ue007", " ": " "}  # as the WebDriver protocol writes them
FIREFOX, WEBKIT = "PYCORE_FIREFOX", "PYCORE_WEBKIT"
START = 60  # seconds that a browser may take to listen
SCRIPT = 150_000  # milliseconds that an expression may take
MINI_BROWSERS = "lib/*/webkit2gtk-4.*/MiniBrowser"
PREFERENCES = """\
user_pref("marionette.port", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.startup.homepage_override.mstone", "ignore");
"""
EVALUATE = """const done = arguments[arguments.length - 1];
(async () => JSON.stringify((await (%s)) ?? null))().then(done, (error) => done("!" + error));"""
# The commands that are used, with their names below "WebDriver:" in Marionette.
OVER_HTTP = {
    "Navigate": "url",
    "Refresh": "refresh",
    "Back": "back",
    "ExecuteAsyncScript": "execute/async",
    "PerformActions": "actions",
    "SetTimeouts": "timeouts",
    "SetWindowRect": "window/rect",
}


class WebDriver:
    """A browser, driven by commands of the WebDriver protocol."""

    def __init__(self, command: Callable[[str, dict[str, Any]], Any]) -> None:
        self.command = command
        command("SetTimeouts", {"script": SCRIPT, "pageLoad": SCRIPT})
        self.resize(1280, 1000)

    def open(self, address: str) -> None:
        """Go to an address, and wait until it has loaded."""
        self.command("Navigate", {"url": address})

    def reload(self) -> None:
        """Load the page again."""
        self.command("Refresh", {})

    def back(self) -> None:
        """Go back to the page before."""
        self.command("Back", {})

    def resize(self, width: int, height: int) -> None:
        """Let the window have a size, or the smallest that the browser gives it."""
        self.command("SetWindowRect", {"width": width, "height": height})

    def evaluate(self, expression: str) -> Any:
        """Give the value of a JavaScript expression, or of the promise that it is."""
        text = self.command("ExecuteAsyncScript", {"script": EVALUATE % expression, "args": []})
        if text.startswith("!"):
            raise RuntimeError(text[1:])
        return json.loads(text)

    def point(self, *places: tuple[float, float]) -> None:
        """Press the mouse at the first place of the window, move it to the others, let it go."""
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 20} for x, y in places]
        actions = [
            moves[0],
            {"type": "pointerDown", "button": 0},
            *moves[1:],
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.command("PerformActions", {"actions": [mouse]})

    def type_key(self, key: str) -> None:
        """Press a key of KEYS, for what has the focus."""
        actions = [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]
        self.command("PerformActions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})


def find_firefox() -> str | None:
    """Return the Firefox that $PYCORE_FIREFOX names, else the system's."""
    return os.environ.get(FIREFOX) or shutil.which("firefox-esr") or shutil.which("firefox")


def find_webkit() -> tuple[str, str] | None:
    """Return WebKit's driver, which $PYCORE_WEBKIT may name, and the browser that it starts."""
    driver = os.environ.get(WEBKIT) or shutil.which("WebKitWebDriver")
    if not driver or not (shutil.which("xvfb-run") or os.environ.get("DISPLAY")):
        return None
    browser = next(iter(sorted(Path(driver).resolve().parent.parent.glob(MINI_BROWSERS))), None)
    return (driver, str(browser)) if browser else None


@contextlib.contextmanager
def _running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, stdout=quiet, stderr=quiet, start_new_session=True, env=os.environ | environment
    )
    try:
        yield process
    finally:
        # With all that it started, which some leave behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until(what: Callable[[], Any], process: subprocess.Popen[bytes]) -> Any:
    """Wait for something that raises OSError until it is there."""
    end = time.monotonic() + START
    while True:
        try:
            return what()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def firefox(program: str, profile: Path) -> Iterator[WebDriver]:
    """Start Firefox with a profile of its own."""
    profile.mkdir()
    (profile / "user.js").write_text(PREFERENCES, "utf-8")
    command = [program, "--headless", "--no-remote", "--marionette", "--profile", str(profile)]
    with _running(command) as process:

        def connect() -> socket.socket:
            text = (profile / "MarionetteActivePort").read_text("utf-8")
            if not text.strip():
                raise OSError("the port is not written yet")
            return socket.create_connection(("127.0.0.1", int(text)), timeout=2 * SCRIPT / 1000)

        with _until(connect, process) as connection, connection.makefile("rb") as answers:
            _read(answers)  # it introduces itself
            number = 0

            def send(name: str, parameters: dict[str, Any]) -> Any:
                nonlocal number
                number += 1
                text = json.dumps([0, number, f"WebDriver:{name}", parameters]).encode()
                connection.sendall(b"%d:%s" % (len(text), text))
                _, _, error, value = _read(answers)
                if error:
                    raise RuntimeError(f"{name}: {error['error']}: {error['message']}")
                return value.get("value") if isinstance(value, dict) else value

            send("NewSession", {})
            yield WebDriver(send)


def _read(answers: Any) -> Any:
    """Read one message of Marionette: its length in bytes, a colon, JSON."""
    length = b""
    while (byte := answers.read(1)) != b":":
        if not byte:
            raise RuntimeError("Firefox ended")
        length += byte
    return json.loads(answers.read(int(length)))


@contextlib.contextmanager
def webkit(program: str, browser: str) -> Iterator[WebDriver]:
    """Start WebKit's driver, and with it a browser on a screen that nobody sees."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x1200x24"] if shutil.which("xvfb-run") else []
    settings = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # its sandbox does not work for root
        settings["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"

    def ask(verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=2 * SCRIPT / 1000) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()[:600]}") from None

    with _running([*screen, program, f"--port={port}"], **settings) as process:
        _until(lambda: ask("GET", "/status"), process)
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
        session = f"/session/{ask('POST', '/session', {'capabilities': wanted})['sessionId']}"
        try:
            yield WebDriver(lambda name, values: ask("POST", f"{session}/{OVER_HTTP[name]}", values))
        finally:
            with contextlib.suppress(RuntimeError, OSError):
                ask("DELETE", session)
