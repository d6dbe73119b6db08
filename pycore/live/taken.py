"""A figure away from its page: in a program or a notebook of the reader's own.

What "save" on a figure gives is written with this. It is the same figure, drawn by the same code: it has the
numbers that the page shows, answers the same events, and runs the reader's functions in place of pycore's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar

from pycore.live import catalog, editing
from pycore.live.figure import Figure
from pycore.live.markup import VOID, Markup, join, tag

# In a wheel the site's styles lie beside this module, in a checkout where the site is made from.
STYLES = (Path(__file__).with_name("styles"), Path(__file__).parents[2] / "site_templates" / "css")
SHEETS = ("1-tokens.css", "3-figure.css")

Function = TypeVar("Function", bound=Callable[..., Any])


class Taken:
    """A figure, outside of the course's pages. In a notebook it is shown as the page draws it.

    Parameters
    ----------
    path
        Where it lies in `pycore/figures`.
    params
        What its lesson sets.
    state
        How it was left: the fields that differ from its beginning.

    Raises
    ------
    KeyError
        When there is no such figure.
    ValueError
        When it has no such field, or a value does not fit.

    Examples
    --------
    >>> figure = Taken("embeddings/cosine", state={"a": "cat", "b": "dog"})
    >>> figure.numbers["cosine"]
    '+0.88'
    >>> figure.send("reset").numbers["cosine"] == Taken("embeddings/cosine").numbers["cosine"]
    True
    """

    def __init__(
        self, path: str, params: Mapping[str, object] | None = None, state: Mapping[str, object] | None = None
    ) -> None:
        self.figure: Figure[Any] = catalog.load(path)(params)
        self.figure.restore(state or {})

    def send(self, event: str, *args: str | float) -> Taken:
        """Do what a press in the page does, and return the figure as it is then.

        Raises
        ------
        ValueError
            When it has no such event (`figure.events()` names those that it has), or refuses the request.
        """
        self.figure.handle(event, list(args))
        return self

    @property
    def numbers(self) -> dict[str, str]:
        """What a reader is meant to read, by name, as the page writes it."""
        reader = _Numbers()
        reader.feed(join(self.figure.parts().values()))
        return {name: " ".join("".join(text).split()) for name, text in reader.found.items()}

    def runs(self, name: str) -> Callable[[Function], Function]:
        """Let a function run in the place of one of pycore's, for all figures: a decorator.

        Parameters
        ----------
        name
            Full name of pycore's function or method.

        Raises
        ------
        ValueError
            When there is none, or it uses names from around it.
        """

        def put(function: Function) -> Function:
            def stand_in(*args: Any, _run: Function = function, **named: Any) -> Any:
                return _run(*args, **named)

            editing.replace(name, stand_in)
            return function

        return put

    def html(self) -> str:
        """Draw it as a page that needs no other file."""
        own = Path(inspect.getfile(type(self.figure))).with_suffix(".css")
        sheets = [*sorted(own.parent.glob("_*.css")), own]
        folder = next(filter(Path.is_dir, STYLES))
        files = [*(folder / name for name in SHEETS), *filter(Path.exists, sheets)]
        parts = (
            tag("div", part, class_=f"part-{name}", data_part=name)
            for name, part in self.figure.parts().items()
        )
        body = tag("div", parts, class_=" ".join(["body", *(f"figure-{sheet.stem}" for sheet in sheets)]))
        style = tag("style", (Markup(file.read_text("utf-8")) for file in files))
        page = tag(
            "html", Markup('<meta charset="utf-8">'), style, tag("py-figure", tag("figure", body)), lang="en"
        )
        return f"<!doctype html>{page}"

    def _repr_html_(self) -> str:
        """Draw it in a notebook, where styles must not reach what is around it."""
        return tag("iframe", srcdoc=self.html(), width="100%", height=600, style="border:0")


class _Numbers(HTMLParser):
    """Collects the text of the elements that have a `data-out`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._open: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("data-out")
        if name is not None:
            self.found[name] = []
        if tag not in VOID:
            self._open.append(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass  # it has no text

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in filter(None, self._open):
            self.found[name].append(data)
