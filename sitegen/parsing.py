"""The Markdown of a lesson: CommonMark with tables, footnotes, formulas, attributes and directives.

Where a rule of the parser or of a plugin would guess or drop something in silence, a rule here does not, or
notes what `markdown` must tell.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, getLine, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath.index import dollarmath_plugin, math_inline_dollar
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def
from mdit_py_plugins.front_matter import front_matter_plugin

TAGS = ("kbd", "sub", "sup")  # the HTML that a lesson may write, in pairs and without attributes
# Attributes that an author may write; some of them mean something for a few marks only.
ATTRIBUTES = ("class", "height", "id", "is", "lang", "part", "term", "width")
# What is added to the number of an escaped character, until text is checked: it falls where no letters are.
ESCAPED = 0x10FF00


@functools.cache  # what it reads of a lesson is in the tokens and in the environment that it is given
def parser(quotes: str) -> MarkdownIt:
    """Return the parser of lessons, which sets quotation marks: two pairs, the outer one first."""
    md = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": quotes})
    md.enable(["table", "replacements", "smartquotes", "strikethrough"])
    md.use(front_matter_plugin).use(footnote_plugin).use(deflist_plugin)
    md.use(attrs_plugin, spans=True, allowed=ATTRIBUTES).use(attrs_block_plugin, allowed=ATTRIBUTES)
    md.use(anchors_plugin, max_level=3)
    md.use(dollarmath_plugin, double_inline=True, allow_labels=False, allow_space=False)
    md.use(container_plugin, "directive", validate=lambda params, markup: bool(params.strip()))
    md.add_render_rule("footnote_caption", _footnote_caption)
    md.inline.ruler.at("math_inline", _formula)
    md.inline.ruler.before("autolink", "comment", _comment)
    md.inline.ruler.before("autolink", "tags", _tags)
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.before("table", "comment", _comment_block, {"alt": ["paragraph", "reference", "list"]})
    md.core.ruler.at("replacements", _dashes)
    md.core.ruler.before("text_join", "escapes", _mark_escapes)
    md.core.ruler.before("attr", "belonging", _note_lost)
    md.block.ruler.at("footnote_def", _footnote, {"alt": ["paragraph", "reference"]})
    return md


def unescaped(text: str) -> str:
    """Write the characters that were escaped, by a backslash or as &lt;, as they are."""
    if text.isascii():
        return text
    return re.sub(r"[\U0010ff00-\U0010ff7f]", lambda m: chr(ord(m[0]) - ESCAPED), text)


def unbroken(text: str) -> str:
    """Keep a number and its percent sign on one line."""
    return re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", text)


def _mark_escapes(state: StateCore) -> None:
    """Tell what was escaped from what was not: only the latter may be a mark that does not work."""
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text_special":
                child.content = "".join(chr(ord(c) + ESCAPED) if c < "\x80" else c for c in child.content)


class Definitions(dict[str, Any]):
    """Link definitions, `[name]: page.html`, by name; it notes which of them a link has asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """Look a definition up, as the rules of links and pictures do."""
        self.asked.add(name)
        return super().get(name, default)


def environment() -> dict[str, Any]:
    """Return what the parser notes a lesson's definitions in.

    The fields: `references` the links, `duplicate_refs` those that came again, `notes` each footnote's name,
    line, and whether it says anything, and `lost` the lines of attributes that belong to nothing.
    """
    return {"references": Definitions(), "duplicate_refs": [], "notes": [], "lost": []}


def _note_lost(state: StateCore) -> None:
    """Note attributes on a line of their own that no block follows, or that another id takes the place of."""
    for token, following in itertools.zip_longest(state.tokens, state.tokens[1:]):
        if token.type != "attrs_block":
            continue
        again = following is not None and following.type == "attrs_block"
        if (
            following is None
            or following.nesting < 0
            or following.type == "footnote_reference_open"
            or (again and not {"class"} >= token.attrs.keys() & following.attrs.keys())
        ):
            state.env.setdefault("lost", []).append(token.map[0] + 1 if token.map else 1)


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a footnote, and note where it stands."""
    first = len(state.tokens)
    if not footnote_def(state, start, end, silent):
        return False
    if not silent:
        notes = state.env.setdefault("notes", [])
        notes.append((state.tokens[first].meta["label"], start + 1, len(state.tokens) > first + 2))
    return True


def _footnote_caption(
    renderer: RendererHTML, tokens: Sequence[Token], i: int, options: OptionsDict, env: EnvType
) -> str:
    """Number a note, and write the same number wherever it is referred to again."""
    return f"[{tokens[i].meta['id'] + 1}]"


_dollars: Callable[[StateInline, bool], bool] = math_inline_dollar(allow_space=False, allow_double=True)


def _formula(state: StateInline, silent: bool) -> bool:
    """Read a formula in a line; a dollar before a digit closes none, it is money."""
    start, count = state.pos, len(state.tokens)
    pending = state.pending
    if not _dollars(state, silent):
        return False
    if state.src[state.pos : state.pos + 1].isdigit():
        state.pos, state.pending = start, pending
        del state.tokens[count:]
        return False
    return True


def _comment(state: StateInline, silent: bool) -> bool:
    """Leave out a comment, and keep its lines for the count of lines."""
    if not state.src.startswith("<!--", state.pos):
        return False
    end = state.src.find("-->", state.pos + 4)
    if end < 0:
        return False
    if not silent:
        token = state.push("html_inline", "", 0)
        token.content = "\n" * state.src.count("\n", state.pos, end)
    state.pos = end + 3
    return True


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Leave out a comment that has lines of its own; it may hold blank ones."""
    if state.is_code_block(start) or not getLine(state, start).startswith("<!--"):
        return False
    for line in range(start, end):
        text = getLine(state, line)
        closed = text.find("-->", 4 if line == start else 0)
        if closed >= 0:
            if text[closed + 3 :].strip():
                return False
            if not silent:
                state.line = line + 1
            return True
    return False


def _tags(state: StateInline, silent: bool) -> bool:
    """Read a pair of the tags that a lesson may write."""
    opening = re.compile(rf"<({'|'.join(TAGS)})>").match(state.src, state.pos)
    if not opening:
        return False
    end = state.src.find(f"</{opening[1]}>", opening.end(), state.posMax)
    if end < 0:
        return False
    last = state.posMax
    if not silent:
        state.push(f"{opening[1]}_open", opening[1], 1)
        state.pos, state.posMax = opening.end(), end
        state.md.inline.tokenize(state)
        state.push(f"{opening[1]}_close", opening[1], -1)
    state.pos, state.posMax = end + len(opening[1]) + 3, last
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, and note how many cells each row was written with."""
    first = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    columns = cells(getLine(state, start))
    for token in state.tokens[first:]:
        if token.type == "tr_open" and token.map:
            token.meta |= {"columns": columns, "cells": cells(getLine(state, token.map[0]))}
    return True


def cells(line: str) -> int:
    """Count the cells of a table's row."""
    found = escapedSplit(line.strip())
    return len(found) - (bool(found) and found[0] == "") - (len(found) > 1 and found[-1] == "")


def _apostrophes(text: str) -> str:
    """Set the apostrophes that would be taken for opening quotes: rock 'n' roll, the '90s."""
    return re.sub(r"(?<=\w )'n'(?= \w)|(?<!\w)'(?=\d0s\b)", lambda m: m[0].replace("'", "’"), text)


def _dashes(state: StateCore) -> None:
    """Set "...", "--" and "80 %" as a typesetter would; nothing else that an author writes is changed."""
    for token in state.tokens:
        in_address = False
        for child in token.children or ():
            if child.info == "auto":
                in_address = child.type == "link_open"
            elif child.type == "text" and not in_address:
                child.content = _apostrophes(unbroken(child.content))
                if "--" not in child.content and "..." not in child.content:
                    continue
                text = re.sub(r"(?<!\.)\.{3}(?!\.)", "…", child.content)
                text = re.sub(r"(?<!-)---(?!-)", "—", text)
                child.content = re.sub(r"(?<!\S)--(?!\S)|(?<=\w)--(?=\w)", "–", text)
