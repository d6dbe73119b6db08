"""The host: keeps a page's figures and answers its messages, text in and text out.

The worker in the browser, the build and the parity test all talk to figures through here.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from pycore import data
from pycore.live import catalog, claims, demand, editing, guest, later
from pycore.live.expect import cut
from pycore.live.figure import ID, Figure, Parts
from pycore.live.markup import Markup

TOLD = 400  # characters of a refusal that are told
DETAIL = 20_000  # characters of a traceback
DEEPEST = 100  # levels of a request
_BRACKETS = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[\]{}]')
DEEP = "what was asked for is nested too deep"

SPARE = 8 << 20  # bytes
Value = TypeVar("Value")


class Host:
    """The figures of one page, by element id."""

    def __init__(self) -> None:
        self._figures: dict[str, Figure[Any]] = {}
        self._shown: dict[str, Parts] = {}

    def put(self, name: str, content: bytes) -> None:
        """Store a data file where `pycore.data` looks for it, or an archive where an import does."""
        if name.endswith(later.ENDING):
            later.SHELF.put(name, bytes(content))
        else:
            file = data.FOLDER / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def room(self, place: str) -> bytearray:
        """Return where the pieces of a file on demand are written: "set/file"."""
        return demand.room(*place.split("/", 1))

    def ask(self, method: str, request: str, refused: str = "{}") -> str:
        """Answer a call of the page, which may have to make it twice.

        Parameters
        ----------
        method
            "mount", "send", "edit", "claim" or "demand".
        request
            As that method takes it.
        refused
            JSON: archives of the library that the page could not bring for this call, and why.

        Returns
        -------
        str
            As that method; or JSON {"lacks": name of an archive} when something that runs imported a module
            of it. All is then as before, and the call is to be made again when the archive has been put.
        """
        later.SHELF.begin(json.loads(refused))
        mounted, shown = dict(self._figures), dict(self._shown)
        states = {key: figure.state for key, figure in mounted.items()}
        answer: str = getattr(self, method)(request)
        if later.SHELF.lacking is None:
            return answer
        self._figures, self._shown = mounted, shown
        for key, state in states.items():
            self._figures[key].state = state
        return json.dumps({"lacks": later.SHELF.lacking})

    def mount(self, request: str) -> str:
        """Set up a figure.

        Parameters
        ----------
        request
            JSON {"id", "name", "params": {...}, "state": {...} or null, "redraw": bool}. The name is the
            figure's path in `pycore/figures`. With `redraw` the page shows another picture than the one that
            the build made, and needs every part.

        Returns
        -------
        str
            As `send`: what differs from the picture that the page shows.
        """
        asked = _read(request)
        if asked is None:
            return json.dumps({"id": None, "refused": DEEP})
        key = asked["id"]
        try:
            with editing.as_written():
                kind = catalog.load(catalog.find(asked["name"]))
        except Exception as error:
            return json.dumps({"id": key} | _failed(error))

        def prepare() -> Figure[Any]:
            figure = kind(asked["params"] | {ID: key})
            self._figures[key] = figure
            # The build drew it without what is on demand.
            other = asked.get("redraw") or (figure.on_demand and figure.on_demand.here)
            self._shown[key] = {} if other else figure.parts()
            return figure

        def take_up(figure: Figure[Any]) -> None:
            if not asked.get("state"):
                for other in self._companions(key):
                    figure.follow(self._figures[other])
            figure.restore(asked.get("state") or {})

        return self._with_others(key, self._answer(key, prepare, take_up))

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
            of the state that differ from the initial one. A part that is no longer drawn comes as "";
            "order" holds the names of all parts, when there were others before.
            {"id", "refused": text} when the figure refused what it was asked (a ValueError), and {"id",
            "error": text, "detail": traceback} when it raised anything else; both leave it as it was.
            "others" holds the same of the figures that share its state by naming its model, if there are any.
            Beside each of these: "printed", what a reader's code wrote, and "isCut" if that was more;
            "restart", why another Python is needed.
        """
        asked = _read(request)
        if asked is None:
            return json.dumps({"id": None, "refused": DEEP})
        key = asked["id"]
        if key not in self._figures:
            return json.dumps({"id": key, "error": "it was not set up", "detail": ""})
        answer = self._answer(
            key, lambda: self._figures[key], lambda figure: figure.handle(asked["event"], asked["args"])
        )
        return self._with_others(key, answer)

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

    def demand(self, request: str) -> str:
        """Make room for a set of files on demand, note that it has come, or forget it.

        Parameters
        ----------
        request
            JSON {"name", "sizes": {file: bytes}, "memory": bytes}, then the pieces are written; {"name",
            "whole": true} after the last; {"name"} when no more will come.

        Returns
        -------
        str
            JSON {}, or {"refused": text} when there is not enough memory for it.
        """
        asked = json.loads(request)
        if asked.get("whole"):
            demand.finish(asked["name"])
        elif "sizes" not in asked:
            demand.drop(asked["name"])
        else:
            try:
                demand.make_room(asked["name"], asked["sizes"], asked["memory"] + SPARE)
            except (MemoryError, OverflowError):  # there is not so much, or there cannot be
                return json.dumps({"refused": "This device has too little free memory for it"})
        return "{}"

    def _with_others(self, key: str, answer: str) -> str:
        """Let the figures that share a figure's state draw it too: their answers go along as "others"."""
        others = self._companions(key)
        if not others or "parts" not in (said := json.loads(answer)):
            return answer
        mine = self._figures[key]

        def follow(other: str) -> Any:
            return json.loads(self._answer(other, lambda: self._figures[other], lambda its: its.follow(mine)))

        return json.dumps(said | {"others": [follow(other) for other in others]})

    def _companions(self, key: str) -> list[str]:
        """Find the other figures that name a figure's model."""
        mine = self._figures.get(key)
        model = mine.shares if mine else ""
        return [
            other for other, its in self._figures.items() if model and other != key and its.shares == model
        ]

    def claim(self, request: str) -> str:
        """Compute again what the lesson's prose states.

        Parameters
        ----------
        request
            JSON {"source", "file", "name"}: the text of the claims file, its name, and the claim's.

        Returns
        -------
        str
            JSON {"text"}, or {"error": text} when the claim raised.
        """
        asked = json.loads(request)

        def work() -> str:
            return claims.compute(asked["source"], asked["file"], asked["name"])

        said = guest.Printed()
        try:
            if editing.in_force():
                with editing.as_written():
                    claims.load(asked["source"], asked["file"])  # for the modules that it imports
                answer = {"text": _as_guest(work, said)}
            else:
                answer = {"text": work()}
        except Exception as error:
            told = _told(error)
            answer = {"error": told.get("refused") or told["error"]}
        return json.dumps(answer | _beside(said))

    def _answer(
        self, key: str, prepare: Callable[[], Figure[Any]], act: Callable[[Figure[Any]], None]
    ) -> str:
        """Let a figure act and draw itself; whatever it raises stays its own matter."""
        figure, before = None, None

        def work() -> tuple[Parts, dict[str, Any]]:
            nonlocal figure, before
            figure = prepare()
            before = figure.state
            act(figure)
            state = figure.changes()
            figure.parse(state)  # what no link could bring back is refused at once
            return figure.parts(), state

        said = guest.Printed()
        try:
            parts, state = _as_guest(work, said) if editing.in_force() else work()
            shown = self._shown[key]
            gone = {name: Markup() for name in shown if name not in parts}
            changed = gone | {name: html for name, html in parts.items() if shown.get(name) != html}
            order = {} if list(shown) == list(parts) else {"order": list(parts)}
            answer = json.dumps({"id": key, "parts": changed, "state": state} | order | _beside(said))
        except Exception as error:
            if figure is not None and before is not None:
                figure.state = before
            return json.dumps({"id": key} | _failed(error) | _beside(said))
        self._shown[key] = parts
        return answer


def _beside(said: guest.Printed) -> dict[str, Any]:
    beside: dict[str, Any] = {"printed": said.text} if said.text else {}
    if said.is_cut:
        beside["isCut"] = True
    if reason := guest.harm():
        beside["restart"] = reason
    return beside


def has_memory() -> bool:
    """Whether there is as much memory as a figure may want: what was asked for may have been too much."""
    try:
        return bool(bytearray(SPARE))
    except MemoryError:
        return False


class _GuestError(Exception):
    """A reader's code raised something, that may be no `Exception`."""

    def __init__(self, cause: BaseException, failure: guest.Failure) -> None:
        super().__init__(str(failure))
        self.cause, self.failure = cause, failure


def _as_guest(work: Callable[[], Value], said: guest.Printed) -> Value:
    with guest.house(said) as memory:
        visit = guest.visit(work, said, memory)
    if visit.error is not None and visit.failure is not None:
        raise _GuestError(visit.error, visit.failure)
    assert visit.value is not None
    return visit.value


def _cause(error: Exception) -> BaseException:
    return error.cause if isinstance(error, _GuestError) else error


def _failed(error: Exception) -> dict[str, str]:
    if isinstance(_cause(error), MemoryError) and not has_memory():
        raise error  # nothing will be drawn any more: the page ends this Python, and says so
    return _told(error)


def _told(error: Exception) -> dict[str, str]:
    cause = _cause(error)
    failure = error.failure if isinstance(error, _GuestError) else guest.failure(error)
    if not failure.file and isinstance(cause, ValueError):
        return {"refused": cut(str(cause), TOLD)}
    if not failure.file and isinstance(cause, RecursionError):
        return {"refused": DEEP}
    try:
        detail = "".join(traceback.format_exception(cause))
    except BaseException:  # a reader's own error may not have a text
        detail = str(failure)
    return {"error": str(failure), "detail": cut(detail, DETAIL)}


def _read(request: str) -> Any:
    """Read JSON; None when it is nested so deep that reading could overrun a browser's small stack."""
    depth = 0
    for token in _BRACKETS.finditer(request):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST:
            return None
    return json.loads(request)
