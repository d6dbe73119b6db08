"""The host: keeps a page's figures and answers its messages, text in and text out.

The worker in the browser, the build and the parity test all talk to figures through here.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

from pycore import data, figures
from pycore.live import editing
from pycore.live.figure import Figure, Parts


class Host:
    """The figures of one page, by element id."""

    def __init__(self) -> None:
        self._figures: dict[str, Figure[Any]] = {}
        self._shown: dict[str, Parts] = {}

    def put(self, name: str, content: bytes) -> None:
        """Store a data file where `pycore.data` looks for it."""
        (data.FOLDER / name).write_bytes(content)

    def mount(self, request: str) -> str:
        """Set up a figure.

        Parameters
        ----------
        request
            JSON {"id", "name", "params": {...}, "state": {...} or null, "redraw": bool}. With `redraw` the
            page shows another picture than the one that the build made, and needs every part.

        Returns
        -------
        str
            As `send`: what differs from the picture that the page shows.
        """
        asked = json.loads(request)
        key = asked["id"]

        def prepare() -> Figure[Any]:
            figure = figures.load(asked["name"])(asked["params"])
            self._figures[key] = figure
            self._shown[key] = {} if asked.get("redraw") else figure.view()
            return figure

        return self._answer(key, prepare, lambda figure: figure.restore(asked.get("state") or {}))

    def send(self, request: str) -> str:
        """Let a figure handle an event.

        Parameters
        ----------
        request
            JSON {"id", "event", "args": [...]}.

        Returns
        -------
        str
            JSON {"id", "parts": {name: html}, "state": {...}}: the parts whose text changed, and the fields
            of the state that differ from the initial one. {"id", "error": text, "detail": traceback} when
            the figure raised, which leaves it as it was.
        """
        asked = json.loads(request)
        key = asked["id"]
        return self._answer(
            key, lambda: self._figures[key], lambda figure: figure.handle(asked["event"], asked["args"])
        )

    def edit(self, request: str) -> str:
        """Put the reader's version of a function in force; figures show it when they are mounted anew.

        Parameters
        ----------
        request
            JSON {"name", "source"}; with the source null, the function's own text is in force again.

        Returns
        -------
        str
            JSON {} or {"error": text}.
        """
        asked = json.loads(request)
        try:
            editing.edit(asked["name"], asked["source"])
        except ValueError as error:
            return json.dumps({"error": str(error)})
        return "{}"

    def _answer(
        self, key: str, prepare: Callable[[], Figure[Any]], act: Callable[[Figure[Any]], None]
    ) -> str:
        """Let a figure act and draw itself; whatever it raises stays its own matter."""
        figure, before = None, None
        try:
            figure = prepare()
            before = figure.state
            act(figure)
            parts = figure.view()
        except Exception as error:
            if figure is not None and before is not None:
                figure.state = before
            return json.dumps({"id": key, "error": _words(error), "detail": traceback.format_exc()})
        shown = self._shown[key]
        changed = {name: html for name, html in parts.items() if shown.get(name) != html}
        self._shown[key] = parts
        return json.dumps({"id": key, "parts": changed, "state": figure.changes()})


def _words(error: Exception) -> str:
    place = next((f"{f.filename}, line {f.lineno}: " for f in _edited(error)), "")
    return place + (str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}")


def _edited(error: Exception) -> list[traceback.FrameSummary]:
    """Frames of an error that lie in code which the reader edited, the innermost first."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return [frame for frame in frames if frame.filename.startswith(editing.PLACE)]
