"""What figures say, in a course's language: tables beside modules, put in when these are loaded and packed.

Run: python -m sitegen.spoken pycore/figures/embeddings/cosine.py      prints what it says, as a table

`cosine.de.toml` beside `cosine.py` says in German what the module says in English: a string of the program on
the left, what stands in its place on the right. An f-string stands there as it is written, `{a} and {b}`; the
other may put its places in another order, and compute with the same names: `{n} Wort{'' if n == 1 else 'e'}`.
Nothing is looked up while a figure runs: the program is another one, which says something else.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TypeGuard

from sitegen.errors import ROOT, AuthorError, Mistakes
from sitegen.language import tags
from sitegen.places import read_texts, tell_keys

PACKAGES = (ROOT / "pycore" / "figures", ROOT / "pycore" / "live")  # where what readers see is written
ENGLISH = "en"
WORDS = re.compile(r"[^\W\d_]{2}")  # letters in a row: else it is no text
UNSEEN = re.compile(
    r"class_|data_.*|role|type|style|viewBox|look|move|event|control|text_anchor|d|arg|out|.*_out"
)
NO_TEXT = ("tag", "re.compile")  # whose first argument nobody reads
LISTED = "`python -m sitegen.spoken FILE` lists what it says"
Said = ast.Constant | ast.JoinedStr

_language = ENGLISH
_tables: dict[Path, Path] = {}


def begin(language: str) -> None:
    """Let the figures that this process loads from now on speak a language."""
    global _language, _tables
    assert _language in (ENGLISH, language), "a process speaks one language"
    if language != _language:
        _language, _tables = language, _found(language)
        sys.meta_path.insert(0, _Finder())


def _found(language: str) -> dict[Path, Path]:
    if re.search(r"[^\w-]", language):  # a mistake, which the build tells
        return {}
    names = (f"*.{tag}.toml" for tag in tags(language))
    found = (file for name in names for folder in PACKAGES for file in sorted(folder.rglob(name)))
    return {table.with_name(f"{table.name.partition('.')[0]}.py"): table for table in found}


def language() -> str:
    """The language that the figures of this process speak."""
    return _language


def tables() -> Mapping[Path, Path]:
    """Modules that have a table in the language of this process, and their tables."""
    return _tables


def of_course(content: Path) -> str:
    """Read which language a course has; English when its file cannot be read, which a build tells."""
    try:
        found = tomllib.loads((content / "course.toml").read_text("utf-8-sig")).get("lang", ENGLISH)
    except (OSError, ValueError):
        return ENGLISH
    return found if isinstance(found, str) else ENGLISH


def source(module: Path) -> bytes:
    """Return the source of a module, as it speaks here."""
    text = module.read_bytes()
    if table := _tables.get(module):
        return ast.unparse(translated(text, read_texts(table))).encode()
    return text


def check(told: Mistakes) -> None:
    """Tell what is wrong with the tables of the language of this process."""
    for module, table in tables().items():
        with told.told():
            if not module.is_file():
                raise AuthorError(f"no {module.name} stands beside this table", table)
            tell_keys(problems(module.read_bytes(), read_texts(table)), table, told)


# ---------------------------------------------------------------- programs


def translated(text: bytes | str, words: Mapping[str, str]) -> ast.Module:
    """Put words into a program.

    >>> print(ast.unparse(translated('say(f"{a} of {b}")', {"{a} of {b}": "von {b} {a}"})))
    say(f'von {b} {a}')
    """
    tree = ast.parse(text)
    meant = {id(node): node for node in _said(tree)}

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if (found := meant.get(id(node))) and (said := words.get(written(found))):
                return ast.copy_location(_literal(said, found), node)
            return self.generic_visit(node)

    Put().visit(tree)
    return ast.fix_missing_locations(tree)


def phrases(text: bytes | str) -> list[str]:
    """Return the strings of a program that readers may see, in order."""
    return list(dict.fromkeys(map(written, _said(ast.parse(text)))))


def problems(text: bytes | str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the phrases that a program does not say, or whose translation does not fit, and why."""
    known = {written(node): node for node in _said(ast.parse(text))}
    for phrase, said in words.items():
        if (node := known.get(phrase)) is None:
            near = difflib.get_close_matches(phrase, known, 1)
            hint = f'did you mean "{near[0]}"?' if near else LISTED
            yield phrase, f'the module does not say "{phrase}"; {hint}'
            continue
        try:
            made = _literal(said, node)
        except (SyntaxError, ValueError):
            yield phrase, f'"{said}" is not a text with places such as {{name}}'
            continue
        if _names(made) != _names(node):
            needed = ", ".join(sorted(_names(node))) or "none"
            yield phrase, f'"{said}" must use the same names in its places: {needed}'


def written(node: Said) -> str:
    """Write a string as its table names it.

    >>> written(ast.parse('f"{1 + x:.2f} of " "all"', mode="eval").body)
    '{1 + x:.2f} of all'
    """
    return str(node.value) if isinstance(node, ast.Constant) else "".join(map(_part, node.values))


def _part(part: ast.expr) -> str:
    if not isinstance(part, ast.FormattedValue):
        return str(getattr(part, "value", "")).replace("{", "{{").replace("}", "}}")
    turned = f"!{chr(part.conversion)}" if part.conversion > 0 else ""
    form = f":{written(part.format_spec)}" if isinstance(part.format_spec, ast.JoinedStr) else ""
    return f"{{{ast.unparse(part.value)}{turned}{form}}}"


def _literal(text: str, instead_of: Said) -> ast.expr:
    """Make a string of a program of a text.

    Raises
    ------
    SyntaxError, ValueError
        When its places cannot be read.
    """
    if isinstance(instead_of, ast.Constant):
        return ast.Constant(text)
    quotes = next((q for q in ('"""', "'''") if q not in text and not text.endswith(q[0])), None)
    if quotes is None:
        raise ValueError(text)
    return ast.parse(f"f{quotes}{text}{quotes}", mode="eval").body


def _names(node: ast.AST) -> set[str]:
    """Name what the places of a string compute with, such as `scene.length`."""
    if isinstance(node, ast.Attribute) and re.fullmatch(r"\w+(\.\w+)*", ast.unparse(node)):
        return {ast.unparse(node)}
    if isinstance(node, ast.Name):
        return set() if hasattr(builtins, node.id) else {node.id}
    return set[str]().union(*map(_names, ast.iter_child_nodes(node)))


def _said(tree: ast.AST) -> Iterator[Said]:
    """Find the strings that readers may see, in order."""
    for child in _seen(tree):
        if _is_text(child):
            yield child
        elif not isinstance(child, ast.JoinedStr):
            yield from _said(child)


def _seen(node: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of a program's node without docstrings, types, keys, and names of tags and classes."""
    if isinstance(node, ast.Compare | ast.MatchValue):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "slice", "decorator_list"):
            continue
        parts = value if isinstance(value, list) else [value]
        if isinstance(node, ast.Call) and name == "args" and ast.unparse(node.func) in NO_TEXT:
            parts = parts[1:]
        for part in parts:
            docstring = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
            unseen = isinstance(part, ast.keyword) and UNSEEN.fullmatch(part.arg or "")
            if isinstance(part, ast.AST) and not docstring and not unseen:
                yield part


def _is_text(node: ast.AST) -> TypeGuard[Said]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return bool(WORDS.search(re.sub(r"\{[^{}]*\}", "", written(node))))
    return False


# ---------------------------------------------------------------- loading


class _Loader(SourceFileLoader):
    """Loads a module as it speaks here; it keeps no bytecode."""

    def get_code(self, fullname: str) -> CodeType:
        module = Path(self.path)
        tree = translated(module.read_bytes(), read_texts(_tables[module]))
        code = compile(tree, self.path, "exec", dont_inherit=True)
        assert isinstance(code, CodeType)
        return code


class _Finder(MetaPathFinder):
    """Finds the modules that have a table."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname.startswith("pycore.") else None
        if spec is None or spec.origin is None or Path(spec.origin) not in _tables:
            return None
        spec.loader = _Loader(fullname, spec.origin)
        return spec


def main(arguments: Sequence[str]) -> None:
    """Print tables in which each phrase is its own translation."""
    for name in arguments:
        for phrase in phrases(Path(name).read_bytes()):
            written_out = json.dumps(phrase, ensure_ascii=False)
            print(f"{written_out} = {written_out}")


if __name__ == "__main__":
    main(sys.argv[1:])
