"""What the modules of pycore say of themselves: their idea, whom they follow, and their public functions."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sitegen import digests, imports, keep

NAME = r"(?:(?:van|von|de|den|der|Ben) )*[^\W\d_][\w’'-]+"
WHO = rf"(?:{NAME} et al\.|{NAME}(?:, {NAME})*,? (?:&|and) {NAME}|{NAME})"
WHEN = r"(?:1[89]|20)\d\d"
ARXIV = r"arXiv[ :](?P<arxiv>\d{4}\.\d{4,5})"
WEB = r"(?P<web>https?://(?:[^\s()\"]|\([^\s()]*\))*[^\s().,;\"])"
# Vaswani et al. 2017 (arXiv 1706.03762); Gage, 1994; Lloyd (1982); Sivic & Zisserman ("Video Google", 2003)
SOURCE = re.compile(
    rf"(?P<who>(?=[A-Z]|van |von |de |den |der ){WHO})"
    rf"(?:,? \(?(?:\"[^\"]+\", )?(?P<when>{WHEN})(?!\d)|(?= \(arXiv|, arXiv))"
    rf"(?P<rest>[^.;]{{0,12}}?(?:{ARXIV}|{WEB}))?"
)


@dataclass(frozen=True)
class Source:
    """A paper or a page that a module follows."""

    name: str
    link: str  # empty when the module gives none


@dataclass(frozen=True)
class Function:
    """A public function or class."""

    name: str
    line: int
    idea: str


@dataclass(frozen=True)
class Module:
    """A module, as it describes itself."""

    idea: str
    sources: tuple[Source, ...]
    functions: tuple[Function, ...]


def of(file: Path) -> Module:
    """Read what a module says of itself; nothing where Python cannot read it."""
    return _read(digests.of_file(file), file)


@functools.lru_cache(maxsize=1024)
def _read(digest: str, file: Path) -> Module:
    return keep.kept(f"described {digest} {imports.code(__name__)}", lambda: read(file.read_text("utf-8")))


def read(text: str) -> Module:
    r"""Read the text of a module.

    Examples
    --------
    >>> read('"Turns a space.\n\nSchönemann 1966 (https://doi.org/10.1007/BF02289451)."').sources
    (Source(name='Schönemann 1966', link='https://doi.org/10.1007/BF02289451'),)
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return Module("", (), ())
    told = ast.get_docstring(tree) or ""
    functions = tuple(
        Function(node.name, node.lineno, first(ast.get_docstring(node) or ""))
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    )
    return Module(first(told), tuple(sources(told)), functions)


def first(docstring: str) -> str:
    r"""Return a docstring's first paragraph, in one line and without its marks for code.

    Examples
    --------
    >>> first("The cosine of ``a``\nand `b`.\n\nMore.")
    'The cosine of a and b.'
    """
    return " ".join(re.sub(r"`+|\*\b|\b\*", "", docstring.split("\n\n")[0]).split())


def sources(docstring: str) -> Iterator[Source]:
    """Give the papers that a docstring names, each once, with their address if it stands beside the name."""
    seen = set[str]()
    for found in SOURCE.finditer(" ".join(docstring.split())):
        name = " ".join(filter(None, (found["who"], found["when"])))
        link = f"https://arxiv.org/abs/{found['arxiv']}" if found["arxiv"] else found["web"] or ""
        if name not in seen:
            seen.add(name)
            yield Source(name, link)
