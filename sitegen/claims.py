"""A lesson's claims: numbers in its prose, each computed by a function of the claims file beside the lesson.

`[+0.77]{is=king_queen}` in `03-embeddings.md` names the function `king_queen` of `03-embeddings.claims.py`.
The build runs it and compares; the page shows the lines that computed it and runs them again.
"""

from __future__ import annotations

import ast
import functools
import json
import os
import sys
import traceback
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from pycore import data
from pycore.live import claims, undo
from pycore.live.expect import cut
from sitegen import cache, imports, keep, limits, made_from, source
from sitegen.errors import ROOT, AuthorError, allowed
from sitegen.places import read_text

TOLD = 200  # characters of a claim that are told

Defined = ast.FunctionDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True)
class Computed:
    """What a claim came to."""

    text: str
    needs: tuple[str, ...]  # files of pycore/data that it read


@functools.lru_cache(maxsize=64)  # a process whose code or data has changed keeps nothing that it makes
def _results(file: Path, text: str) -> dict[str, Computed]:
    """Hold what a lesson's claims came to, as long as its file is as it is."""
    return {}


class Claims:
    """The claims of one lesson, each computed when it is asked for."""

    def __init__(self, lesson: Path) -> None:
        self.lesson = lesson
        self.file = lesson.with_suffix(".claims.py")
        self.used: set[str] = set()

    def state(self, name: str, found: str, line: int) -> str:
        """Return the text of a claim that stands in the lesson.

        Raises
        ------
        AuthorError
            When there is no such claim, it cannot be computed, or it comes to something else.
        """
        if not self.file.is_file():
            message = f'no file {self.file.name} beside the lesson, which would compute "{name}"'
            raise AuthorError(message, self.lesson, line)
        if name not in self.functions:
            message = f"no such claim in {self.file.name}: {allowed(name, self.functions)}"
            raise AuthorError(message, self.lesson, line)
        self.used.add(name)
        text = self.computed(name).text
        if claims.written(found) != text:
            shown, computed = cut(found, TOLD), cut(text, TOLD)
            raise AuthorError(f"[{shown}]{{is={name}}}: computed {computed}", self.lesson, line)
        return text

    def check_used(self) -> None:
        """Raise AuthorError for a claim that the lesson does not state."""
        for name, node in self.functions.items() if self.file.is_file() else ():
            if name not in self.used:
                message = f'"{name}" is stated nowhere in {self.lesson.name}; helpers begin with "_"'
                raise AuthorError(message, self.file, node.lineno)

    def needs(self) -> set[str]:
        """Files of pycore/data that the claims read."""
        return {need for name in self.used for need in self.computed(name).needs}

    def script(self, templates: jinja2.Environment) -> str:
        """Write down as JSON what the page shows of the claims; empty when the lesson states none."""
        if not self.used:
            return ""
        assert templates.loader
        template, known = templates.get_template("claim.html"), source.modules()
        needs = {name: self.computed(name).needs for name in sorted(self.used)}

        def make() -> str:
            shown = {
                name: {
                    "html": template.render(code=self._code(name), modules=self._modules(name, known)),
                    "needs": needs[name],
                }
                for name in needs
            }
            return json.dumps({"file": self.file.name, "source": self.text, "shown": shown})

        look, _, _ = templates.loader.get_source(templates, "claim.html")
        recipe = repr((self.file.name, self.text, needs, look, list(known), imports.code(__name__)))
        return keep.kept(f"script of claims {recipe}", make)

    # ------------------------------------------------------------ computing

    def computed(self, name: str) -> Computed:
        """Run a claim, or take it from the cache while nothing that it depends on has changed."""
        results = _results(self.file, self.text)
        if name not in results:
            made = cache.derived(self._recipe(name), lambda: json.dumps(self._compute(name)).encode())
            text, needs = json.loads(made)
            results[name] = Computed(text, tuple(needs))
        return results[name]

    def _recipe(self, name: str) -> str:
        """Name all that a claim depends on: its lines, the modules that they import, and the data."""
        own = "\n".join(self._lines(node) for node in [*self._behind(name), *self._loose])
        code = [imports.code(module) for module in [claims.__name__, *self._imports(name)]]
        return f"claim {name} {own} {code} {made_from.all_data()} {self.file.name}"

    def _compute(self, name: str) -> tuple[str, list[str]]:
        undo.forget()  # what was read before would not be read again
        try:
            with _reading() as files, limits.limited(limits.CLAIM):
                text = claims.compute(self.text, str(self.file), name)
        except (Exception, SystemExit) as error:
            frames = traceback.extract_tb(error.__traceback__)
            own = [frame.lineno for frame in frames if frame.filename == str(self.file)]
            last = Path(frames[-1].filename)
            message = f'"{name}" raised {type(error).__name__}: {" ".join(str(error).split())}'
            if last not in (self.file, Path(claims.__file__)) and last.is_relative_to(ROOT):
                message += f" ({last.relative_to(ROOT)}:{frames[-1].lineno})"
            line = own[-1] if own else self.functions[name].lineno
            raise AuthorError(message, self.file, line) from error
        return text, sorted(files)

    # ------------------------------------------------------------ the text of the file

    @functools.cached_property
    def text(self) -> str:
        """The claims file."""
        return read_text(self.file)

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The claims file, parsed."""
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise AuthorError(f"Python cannot read this: {error.msg}", self.file, error.lineno) from None

    @functools.cached_property
    def functions(self) -> dict[str, Defined]:
        """The claims: what the file defines with a name that does not start with an underscore."""
        return {
            name: node
            for name, node in self._defined.items()
            if isinstance(node, ast.FunctionDef) and not name.startswith("_")
        }

    @functools.cached_property
    def _defined(self) -> dict[str, Defined]:
        found: dict[str, Defined] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {n.id: node for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        return found

    def _behind(self, name: str) -> list[Defined]:
        """What computes a claim: the function, and what it uses of this file, in the file's order."""
        found: list[Defined] = []
        waiting = [name]
        while waiting:
            node = self._defined.get(waiting.pop())
            if node is not None and node not in found:
                found.append(node)
                waiting += _names(node)
        return sorted(found, key=lambda node: node.lineno)

    @functools.cached_property
    def _loose(self) -> list[ast.stmt]:
        """What stands in the file beside functions, constants and imports: every claim may depend on it."""
        named = ast.FunctionDef | ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom
        return [node for node in self.tree.body if not isinstance(node, named)]

    def _lines(self, node: ast.stmt) -> str:
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        return "\n".join(self.text.split("\n")[start - 1 : node.end_lineno])

    def _code(self, name: str) -> str:
        """Mark up the few lines that compute a claim."""
        pieces = [
            source.brief(self._lines(node)) if isinstance(node, ast.FunctionDef) else self._lines(node)
            for node in self._behind(name)
        ]
        code = "\n\n".join(piece.rstrip() for piece in pieces)
        return str(pygments.highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))).rstrip()

    def _imports(self, name: str) -> list[str]:
        """Names of what may be the modules that a claim uses, the longer one of two first."""
        used = {name for node in [*self._behind(name), *self._loose] for name in _names(node)}
        found = []
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    if alias.name == "*" or (alias.asname or alias.name) in used:
                        found += [f"{node.module}.{alias.name}", node.module]
        return list(dict.fromkeys(found))

    def _modules(self, name: str, known: Container[str]) -> dict[str, str]:
        """Modules of pycore that a claim uses directly, if `known`, and the addresses of their pages."""
        used = self._imports(name)
        packages = {module.rpartition(".")[0] for module in used if module in known}
        return {module: source.page(module) for module in used if module in known and module not in packages}


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


# ---------------------------------------------------------------- what is read meanwhile

_files: set[str] | None = None


@contextmanager
def _reading() -> Iterator[set[str]]:
    """Note which files of pycore/data are opened."""
    global _files
    _install()
    _files = found = set[str]()
    try:
        yield found
    finally:
        _files = None


@functools.cache
def _install() -> None:
    """Listen to Python's own reports of what is opened; a listener cannot be taken off again."""
    sys.addaudithook(_note)


def _note(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and _files is not None and isinstance(args[0], str | os.PathLike):
        path = Path(args[0])
        if path.is_relative_to(data.FOLDER) and path.suffix != ".py" and "__pycache__" not in path.parts:
            _files.add(path.relative_to(data.FOLDER).as_posix())
