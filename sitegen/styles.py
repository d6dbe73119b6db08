"""Styles: a figure's apply below that figure alone, and the colours of both schemes come from one table.

All stylesheets of a page are read as one, so a rule such as `.bar { … }` of one figure would change every
other and the frame. A figure's rules therefore begin with its class; what reaches further is told by line.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pycore import figures
from sitegen import digests, imports, soundness
from sitegen.errors import AuthorError, Mistakes
from sitegen.places import read_text

# What some browsers that the course supports do not read.
UNKNOWN = {
    r"light-dark\(": "light-dark() is unknown to browsers that the course supports; "
    "use a colour of 1-tokens.css",
    r"text-decoration:\s*[\w-]+\s[^;}]*\w": "Safari reads no text-decoration of several values; "
    "write text-decoration-style, -color and -thickness beside it",
}
OUTSIDE = ":where(:not(.body *))"  # of what lies in no figure's picture
GROUPS = ("@container", "@media", "@supports")  # at-rules that hold rules
SIMPLE = re.compile(r"\.[\w-]+|\[[^\]]*\]|::?[\w-]+(?P<open>\()?|(?P<nest>&)")


@functools.cache  # the code that this process runs does not change
def shared(path: str) -> tuple[str, ...]:
    """Name the modules beside a figure, `_<name>.py`, that it imports: their styles are its own too."""
    folder = f"pycore.figures.{path.replace('/', '.')}"
    found = imports.files_of(folder)
    beside = soundness.module_file(path).parent
    names = (file.stem for file in found if file.parent == beside)
    return tuple(sorted(name for name in names if name.startswith("_") and name != "__init__"))


def files(path: str) -> list[Path]:
    """Return the stylesheets that a figure needs, in order: what it shares with others, and its own."""
    own = soundness.module_file(path)
    beside = [own.with_name(f"{name}.css") for name in (*shared(path), own.stem)]
    return [file for file in beside if file.is_file()]


def check(path: str) -> None:
    """Tell of all that is wrong in the stylesheets of a figure."""
    told = Mistakes()
    for file in files(path):
        with told.told():
            checked(file)
    told.end()


def check_owners() -> None:
    """Tell of stylesheets beside which there is no module that would be drawn with them."""
    told = Mistakes()
    for folder in figures.__path__:
        for file in digests.below(folder, ".css"):
            if not file.with_suffix(".py").is_file():
                told.add(
                    AuthorError(f"no module {file.stem}.py beside this stylesheet: no page has it", file)
                )
    told.end()


def checked(file: Path) -> str:
    """Return a figure's stylesheet as browsers get it.

    Raises
    ------
    AuthorError
        With the lines of rules that are not below the figure, or that some supported browsers cannot read.
    """
    return _checked(file, read_text(file))


@functools.lru_cache(maxsize=256)
def _checked(file: Path, text: str) -> str:
    css = without_comments(text)
    told = Mistakes()
    _check(_Reader(file, css, told).blocks(), file.stem, [], file, told)
    for unknown, message in UNKNOWN.items():
        if found := re.search(unknown, css):
            told.add(AuthorError(message, file, css.count("\n", 0, found.start()) + 1))
    told.end()
    return gathered(lean(css), f".figure-{file.stem}") + "\n"


def of_site(file: Path) -> str:
    """Return one of the site's own stylesheets as browsers get it; those named 2-… hold the page's rules."""
    css = both_schemes(without_comments(file.read_text("utf-8")))
    return gathered(lean(outside_figures(css)), OUTSIDE) if file.name.startswith("2") else lean(css)


def without_comments(css: str) -> str:
    """Leave out the comments of a stylesheet; lines stay where they are."""
    return re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), css, flags=re.DOTALL)


def lean(css: str) -> str:
    """Leave out the space that says nothing, but not within strings, nor where it may be a combinator.

    >>> print(lean('a :is(b, c)::after { content: "x: y; "; margin: 0 auto; }'), end="")
    a :is(b,c)::after{content:"x: y; ";margin:0 auto}
    """

    def write(found: re.Match[str]) -> str:
        return found["text"] or found["mark"] or ":"

    css = re.sub(r"""(?P<text>"[^"]*"|'[^']*')|\s*(?P<mark>[{};,])\s*|:\s+""", write, css.strip())
    return re.sub(r"""("[^"]*"|'[^']*')|;(?=})""", lambda found: found[1] or "", css) + "\n"


def gathered(css: str, root: str) -> str:
    """Write once, around the rules of a stylesheet, what most of them begin with.

    Parameters
    ----------
    css
        What `lean` has left.
    root
        A class or pseudo-class. Rules with selectors that begin otherwise stay as they are, where they are.

    >>> gathered(".a .b{top:0}.a:hover,.a .c{left:0}@media print{.a i{top:0}}p .a{top:0}", ".a")
    '.a{& .b{top:0}&:hover,& .c{left:0}@media print{& i{top:0}}}p .a{top:0}'
    """
    both = [(rule, _nested(rule, root)) for rule in _rules(css)]
    written = []
    for belongs, some in itertools.groupby(both, key=lambda one: bool(one[1])):
        rules, nested = map("".join, zip(*some, strict=True))
        written.append(f"{root}{{{nested}}}" if belongs else rules)
    return "".join(written)


def _nested(rule: str, root: str) -> str:
    """Write a rule as it stands within the braces of `root`; empty for one that does not belong there."""
    head, _, body = rule.partition("{")
    if head.startswith(GROUPS):
        inside = [_nested(one, root) for one in _rules(body.removesuffix("}"))]
        return f"{head}{{{''.join(inside)}}}" if all(inside) else ""
    selectors = _list(head)
    if not all(re.match(rf"{re.escape(root)}(?![\w-])", one) for one in selectors):
        return ""
    return ",".join(f"&{one.removeprefix(root)}" for one in selectors) + "{" + body


def _rules(css: str) -> Iterator[str]:
    """Yield the outermost rules of a stylesheet without comments."""
    depth = start = 0
    for found in re.finditer(r""""[^"]*"|'[^']*'|[{}]""", css):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if found[0] == "}" and not depth:
            yield css[start : found.end()]
            start = found.end()


def both_schemes(css: str) -> str:
    """Write a table of colours so that no browser needs `light-dark()`: light at first, then what is dark.

    The table is a rule `:root { … }`. It is dark where the reader's system asks for that, unless the page's
    `data-theme` says light, and where that says dark; paper is always light.

    >>> print(both_schemes(":root { --a: light-dark(black, white); }"))
    :root { --a: black; }
    @media screen and (prefers-color-scheme: dark) { :root:where(:not([data-theme="light"])) { --a: white; } }
    @media screen { :root:where([data-theme="dark"]) { --a: white; } }
    """
    pair = re.compile(r"(--[\w-]+): light-dark\(([^(),]+), ([^(),]+)\);")

    def write(table: re.Match[str]) -> str:
        dark = " ".join(f"{name}: {value};" for name, _, value in pair.findall(table[0]))
        return (
            pair.sub(r"\1: \2;", table[0])
            + "\n@media screen and (prefers-color-scheme: dark) "
            + f'{{ :root:where(:not([data-theme="light"])) {{ {dark} }} }}'
            + f'\n@media screen {{ :root:where([data-theme="dark"]) {{ {dark} }} }}'
        )

    return re.sub(r"^:root \{[^}]*light-dark[^}]*\}", write, css, flags=re.MULTILINE)


def outside_figures(css: str) -> str:
    """Keep the classes of the page's own stylesheets out of figures' pictures, which may use the same names.

    >>> print(outside_figures("a, .card > b { } @media print { :is(.x, .y)::after { } }"))
    a, :where(:not(.body *)).card > b { } @media print { :where(:not(.body *)):is(.x, .y)::after { } }
    """

    def write(rule: re.Match[str]) -> str:
        space = rule[1]
        selectors = (re.sub(r"^(?=\.|:is\()", OUTSIDE, one) for one in _list(rule[2]))
        return f"{space}{', '.join(selectors)} {{"

    return re.sub(r"((?:^|(?<=[{};]))\s*)([^@&%{};\s][^@%{};]*)\{", write, css)


# ---------------------------------------------------------------- reading


@dataclass(frozen=True)
class _Block:
    """What stands before a brace, the blocks within the braces, and the line on which it begins."""

    head: str
    inside: tuple[_Block, ...]
    line: int


class _Reader:
    """Reads a stylesheet as blocks; declarations are no part of it."""

    def __init__(self, file: Path, css: str, told: Mistakes) -> None:
        # What strings hold is no part of the grammar.
        self.css = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", lambda found: '"' + "_" * (len(found[0]) - 2) + '"', css)
        self.file = file
        self.told = told
        self.at = 0

    def blocks(self) -> tuple[_Block, ...]:
        found = tuple(self._blocks(outermost=True))
        while self.at < len(self.css):
            self._tell("this brace closes nothing", self.at - 1)
            found += tuple(self._blocks(outermost=True))
        return found

    def _blocks(self, *, outermost: bool) -> Iterator[_Block]:
        start = self.at
        while found := re.compile(r"[;{}]").search(self.css, self.at):
            self.at = found.end()
            head = self.css[start : found.start()]
            first = start + len(head) - len(head.lstrip())
            if found[0] == "{":
                inside = tuple(self._blocks(outermost=False))
                if self.css[self.at - 1] != "}":
                    self._tell("this brace is never closed", found.start())
                yield _Block(" ".join(head.split()), inside, self._line(first))
            elif found[0] == "}":
                return
            elif outermost:
                self._tell(f'a figure\'s stylesheet holds rules alone; found "{head.strip()};"', first)
            start = self.at
        if outermost and self.css[start:].strip():
            self._tell(f'a rule has no braces: "{self.css[start:].strip()}"', start)
        self.at = len(self.css)

    def _line(self, at: int) -> int:
        return self.css.count("\n", 0, at) + 1

    def _tell(self, message: str, at: int) -> None:
        self.told.add(AuthorError(message, self.file, self._line(at)))


def _check(blocks: tuple[_Block, ...], name: str, above: list[str], file: Path, told: Mistakes) -> None:
    """Check blocks that stand in rules with the selectors `above`; none at the outermost."""
    for block in blocks:
        with told.told():
            kind = block.head.partition(" ")[0]
            if kind == "@keyframes":
                _check_name(block, name, file)
            elif kind in GROUPS:
                _check(block.inside, name, above, file, told)
            elif kind.startswith("@"):
                message = (
                    f"a figure's stylesheet may not use {kind}; allowed: {', '.join(GROUPS)}, @keyframes"
                )
                raise AuthorError(message, file, block.line)
            else:
                selectors = [
                    full for one in _list(block.head) for full in _full(one, above, file, block.line)
                ]
                for selector in selectors:
                    if not _is_below(selector, f".figure-{name}"):
                        message = (
                            f'"{selector}" reaches beyond the figure: selectors begin with .figure-{name}, '
                            "and what follows lies within it"
                        )
                        raise AuthorError(message, file, block.line)
                _check(block.inside, name, selectors, file, told)


def _check_name(block: _Block, name: str, file: Path) -> None:
    given = block.head.partition(" ")[2]
    start = name.strip("_").replace("_", "-")
    if not re.match(rf"{re.escape(start)}(-|$)", given):
        message = f'the names of @keyframes are the whole page\'s: "{given}" must begin with "{start}-"'
        raise AuthorError(message, file, block.line)


def _full(selector: str, above: list[str], file: Path, line: int) -> list[str]:
    """Write a nested selector out, below each of those above."""
    if not above:
        return [selector]
    if not selector.startswith("&"):
        message = f'"{selector}": a nested selector begins with &, as the first browsers with nesting need it'
        raise AuthorError(message, file, line)
    return [one + selector[1:] for one in above]


def _is_below(selector: str, root: str) -> bool:
    """Whether what a selector matches is the root or lies within it.

    Before the root may stand a state of the figure's element, such as `[dragging]`.

    >>> [_is_below(s, ".fig") for s in (".fig .bar", "[dragging] .fig > b", ".fig:is(.a, .b)::before")]
    [True, True, True]
    >>> [_is_below(s, ".fig") for s in (".bar", ".fig + p", ".fig.a ~ p", ".fig-b i", ":is(.fig, .bar)")]
    [False, False, False, False, False]
    """
    start = re.match(rf"(?:\[[^\]]*\] )*{re.escape(root)}(?![\w-])", selector)
    if not start:
        return False
    at = start.end()
    while simple := SIMPLE.match(selector, at):
        at = _closing(selector, simple.end()) if simple["open"] else simple.end()
    return not re.match(r"\s*[+~|]", selector[at:])


def _closing(text: str, at: int) -> int:
    """Return the place behind the parenthesis that was opened before `at`."""
    depth = 1
    while at < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def _list(selectors: str) -> list[str]:
    """Split a list of selectors at its own commas.

    >>> _list("a, :is(b, c) d")
    ['a', ':is(b, c) d']
    """
    parts = re.findall(r"(?:[^,(\[]|\[[^\]]*\]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+", selectors)
    return [part.strip() for part in parts]
