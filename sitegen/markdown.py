"""Markdown in, a lesson's HTML out: CommonMark, tables, footnotes, formulas, code, and directives.

A directive is a block between colon fences, `::: name argument {key=value}`; DIRECTIVES lists them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import pygments
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.attrs.parse import ParseError
from mdit_py_plugins.attrs.parse import parse as parse_attributes
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from pycore.figures.exercise import check
from sitegen import figures
from sitegen.content import Lesson
from sitegen.errors import AuthorError, allowed
from sitegen.mathml import FormulaError, to_mathml

DIRECTIVES = ("card", "cards", "exercise", "figure", "question")
EXERCISE_BLOCKS = ("hint", "solution", "starter", "tests")
PAGE_IDS = ("main", "python-config")  # what the templates take

# Marks that Markdown leaves as text when they do not work: readers should never see them.
LEFT_OVER = (
    (r"^:{3,}.*", "a fence that opens and closes nothing; what holds directives needs more colons than they"),
    (
        r"\{([#.][\w-]|[\w-]+=).*",
        "attributes that belong to nothing; they stand on a line above a block, or right behind "
        "a link, a picture, code or a [span], and look like {#id .class key=value}",
    ),
    (r"\$\$.*", "a formula that is never closed; expected a second $$"),
    (r"\[[^\]]*\]\(.*", "a link that is no address; write [text](page.html#place), without spaces"),
)


@dataclass(frozen=True)
class Place:
    """Something found in a lesson, and its line."""

    value: str
    line: int


@dataclass
class Page:
    """A lesson, rendered, and what the rest of the build must know of it."""

    html: str = ""
    lede: str = ""
    ids: set[str] = field(default_factory=set)
    links: list[Place] = field(default_factory=list)
    images: list[Place] = field(default_factory=list)
    data: set[str] = field(default_factory=set)
    panels: dict[str, str] = field(default_factory=dict)  # "show the code", by figure
    words: int = 0
    has_figures: bool = False


def render(lesson: Lesson, templates: jinja2.Environment, glossary: Mapping[str, str] | None = None) -> Page:
    """Render a lesson, with the course's glossary at hand.

    Raises
    ------
    AuthorError
        With file and line, for anything in the lesson that cannot be rendered as it was meant.
    """
    return _Rendering(lesson.file, lesson.text, templates, glossary or {}).run(lesson.meta.lede)


def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "typographer": True})
    md.enable(["table", "replacements", "smartquotes", "strikethrough"])
    md.use(front_matter_plugin).use(footnote_plugin).use(deflist_plugin)
    md.use(attrs_plugin, spans=True).use(attrs_block_plugin).use(anchors_plugin, max_level=3)
    md.use(dollarmath_plugin, double_inline=True, allow_labels=False, allow_space=False)
    md.use(container_plugin, "directive", validate=lambda params, markup: bool(params.strip()))
    md.add_render_rule("footnote_caption", _footnote_caption)
    return md


def _footnote_caption(
    renderer: RendererHTML, tokens: Sequence[Token], i: int, options: OptionsDict, env: EnvType
) -> str:
    """Number a note, and write the same number wherever it is referred to again."""
    return f"[{tokens[i].meta['id'] + 1}]"


class _Rendering:
    """One pass over one lesson's tokens."""

    def __init__(
        self, file: Path, text: str, templates: jinja2.Environment, glossary: Mapping[str, str]
    ) -> None:
        self.file = file
        self.source = text.split("\n")
        self.templates = templates
        self.glossary = glossary
        self.terms = 0
        self.md = _parser()
        self.env: dict[str, Any] = {}
        self.page = Page()
        self.tokens = self.md.parse(text, self.env)
        # Names of the footnotes, each with its place among those referred to, or -1.
        references = self.env.get("footnotes", {}).get("refs", {})
        self.notes = {name.removeprefix(":"): place for name, place in references.items()}

    def run(self, lede: str) -> Page:
        for token in self.tokens:
            self._prepare(token)
        self._check_footnotes()
        for opening, inline in zip(self.tokens, self.tokens[1:], strict=False):
            if opening.type == "heading_open":
                self._heading(opening, inline)
        self.page.html = self._html(self.tokens)
        self.page.lede = self._inline(lede, self._line_of("lede:"))
        return self.page

    def fail(self, message: str, line: int) -> AuthorError:
        return AuthorError(message, self.file, line)

    # ------------------------------------------------------------ tokens

    def _prepare(self, token: Token) -> None:
        """Convert what a token holds, and note what must be checked later."""
        line = _line(token)
        if token.type == "math_block":
            token.type, token.content = "html_block", self._formula(token.content, line, block=True)
        elif token.tag == "code" and token.info.strip().split(" ")[-1] not in EXERCISE_BLOCKS:
            token.type, token.content = "html_block", self._code(token.content, token.info.strip(), line)
        elif token.type == "heading_open" and token.tag == "h1":
            raise self.fail('the title comes from the front matter; start sections with "##"', line)
        for child in token.children or ():
            breaks = 1 if child.type in ("softbreak", "hardbreak") else child.content.count("\n")
            self._prepare_inline(child, line)
            line += breaks
        self._explain_terms(token.children or [], _line(token))
        if key := token.attrGet("id"):
            self._take_id(str(key), line)

    def _prepare_inline(self, token: Token, line: int) -> None:
        if token.type == "text":
            self.page.words += len(token.content.split())
            self._check_text(token.content, line)
        elif token.type in ("math_inline", "math_inline_double"):
            block = token.type == "math_inline_double"
            token.type, token.content = "html_inline", self._formula(token.content, line, block=block)
        elif token.type == "link_open":
            href = str(token.attrGet("href") or "")
            self.page.links.append(Place(href, line))
            if re.match(r"https?:", href):
                token.attrSet("rel", "noopener")
        elif token.type == "image":
            if not token.content:
                raise self.fail("an image needs a text alternative: ![what it shows](file)", line)
            self.page.images.append(Place(str(token.attrGet("src")), line))
        if key := token.attrGet("id"):
            self._take_id(str(key), line)

    def _explain_terms(self, tokens: list[Token], line: int) -> None:
        """Turn each [text]{term="…"} into a button that shows what the glossary says of the term."""
        for i, opening in enumerate(tokens):
            term = opening.attrs.pop("term", None)
            if term is None:
                line += opening.type in ("softbreak", "hardbreak")
                continue
            if opening.type != "span_open" or str(term) not in self.glossary:
                raise self.fail(f"no such term in the glossary: {allowed(str(term), self.glossary)}", line)
            self.terms += 1
            key = f"term-{self.terms}"
            self._take_id(key, line)
            closing = next(t for t in tokens[i:] if t.type == "span_close" and t.level == opening.level)
            meaning = self._inline(self.glossary[str(term)], line)
            button = f'<span class="term"><button type="button" aria-describedby="{key}">'
            opening.type, opening.content = "html_inline", button
            tip = f'</button><span role="tooltip" id="{key}">{meaning}</span></span>'
            closing.type, closing.content = "html_inline", tip

    def _check_text(self, text: str, line: int) -> None:
        if m := re.search(r"\[\^([^\]\s]+)\]", text):
            if m[1] in self.notes:
                raise self.fail("a footnote can be referred to from the lesson's text only", line)
            raise self.fail(f"no such footnote: {allowed(m[1], self.notes)}", line)
        for pattern, problem in LEFT_OVER:
            if m := re.search(pattern, text):
                raise self.fail(f'found "{m[0]}": {problem}', line)

    def _take_id(self, key: str, line: int) -> None:
        if not key or re.search(r"\s", key):
            raise self.fail(f'an id must have letters and no spaces; found "{key}"', line)
        if key in PAGE_IDS:
            raise self.fail(f'the id "{key}" is taken by the page itself', line)
        if key in self.page.ids:
            raise self.fail(f'the id "{key}" is used twice on this page', line)
        self.page.ids.add(key)

    def _formula(self, latex: str, line: int, *, block: bool) -> str:
        try:
            return to_mathml(latex, block=block)
        except FormulaError as error:
            raise self.fail(f"broken formula: {error}", line + error.line) from None

    def _code(self, code: str, language: str, line: int) -> str:
        try:
            lexer = get_lexer_by_name(language or "text")
        except ClassNotFound:
            close = allowed(
                language, ["bash", "css", "html", "javascript", "json", "markdown", "python", "text"]
            )
            raise self.fail(f"no highlighter for this language: {close}", line) from None
        marked = pygments.highlight(code, lexer, HtmlFormatter(nowrap=True))
        return f'<pre class="code" tabindex="0"><code>{marked}</code></pre>\n'

    def _heading(self, opening: Token, inline: Token) -> None:
        part = opening.attrs.pop("part", None)
        if part and inline.children is not None:
            mark = Token("html_inline", "", 0, content=f'<span class="part">{html.escape(str(part))}</span> ')
            inline.children.insert(0, mark)

    def _check_footnotes(self) -> None:
        """A note that nothing refers to would vanish; `_check_text` finds a reference without a note."""
        for name, place in self.notes.items():
            if place < 0:
                raise self.fail(f'the footnote "{name}" is never referred to', self._line_of(f"[^{name}]:"))

    def _line_of(self, start: str) -> int:
        """Line of the lesson that starts with a text."""
        return next((n for n, line in enumerate(self.source, 1) if line.lstrip().startswith(start)), 1)

    # ------------------------------------------------------------ directives

    def _html(self, tokens: list[Token]) -> str:
        """Render tokens, with directives taken out and rendered by their own rules."""
        out: list[str] = []
        plain: list[Token] = []
        i = 0
        while i < len(tokens):
            if tokens[i].type == "container_directive_open":
                end = _closing(tokens, i)
                out += [self._plain(plain), self._directive(tokens[i], tokens[i + 1 : end])]
                plain, i = [], end + 1
            elif tokens[i].type == "fence":
                raise self.fail(f'a block "```{tokens[i].info}" stands in an exercise only', _line(tokens[i]))
            else:
                plain.append(tokens[i])
                i += 1
        return "".join([*out, self._plain(plain)])

    def _plain(self, tokens: list[Token]) -> str:
        return str(self.md.renderer.render(tokens, self.md.options, self.env))

    def _inline(self, text: str, line: int) -> str:
        """Render one line of Markdown that does not stand in the text itself."""
        tokens = self.md.parseInline(text, {})
        tokens[0].map = [line - 1, line]
        self._prepare(tokens[0])
        return self._plain(tokens)

    def _directive(self, opening: Token, inner: list[Token]) -> str:
        assert opening.map is not None
        line = opening.map[0] + 1
        match = re.match(r"\s*([\w-]+)\s*([^{]*?)\s*(\{.*)?$", opening.info)
        name, argument, written = (
            (match[1], match[2], match[3]) if match else (opening.info.strip(), "", None)
        )
        if name not in DIRECTIVES:
            raise self.fail(f"no such directive: {allowed(name, DIRECTIVES)}", line)
        end = opening.map[1]
        if end >= len(self.source) or self.source[end].strip("> \t") != opening.markup:
            raise self.fail(
                f'"{opening.markup} {name}" is never closed; expected a line "{opening.markup}"', line
            )
        attributes: dict[str, str] = {}
        if written:
            try:
                used, attributes = parse_attributes(written)
            except ParseError:
                used = -1
            if used != len(written) - 1:
                raise self.fail(f"attributes must look like {{#id key=value}}; found {written}", line)
        return str(getattr(self, f"_{name}")(argument, attributes, inner, line))

    def _figure(self, name: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        drawn = figures.draw(self.templates, name, attributes, self._html(inner), self.file, line)
        self._take_id(drawn.id, line)
        self._take_id(f"{drawn.id}-title", line)
        self.page.data |= set(drawn.data)
        if drawn.panel:
            self.page.panels[drawn.id] = drawn.panel
        self.page.has_figures = True
        return drawn.html

    def _cards(self, _: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        self._only(attributes, (), line)
        return f'<div class="cards">{self._html(inner)}</div>\n'

    def _card(self, title: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        self._only(attributes, (), line)
        if not title:
            raise self.fail("a card needs a title: ::: card The title", line)
        heading = self._inline(title, line)
        return f'<section class="card"><h3>{heading}</h3>{self._html(inner)}</section>\n'

    def _question(self, _: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        """Predict first: a question, a list of answers, and behind a rule the explanation."""
        self._only(attributes, ("id", "answer"), line)
        rule = next((i for i, t in enumerate(inner) if t.type == "hr"), None)
        start = next((i for i, t in enumerate(inner) if t.type.endswith("_list_open")), None)
        if rule is None or start is None or start > rule:
            raise self.fail("a question holds text, a list of answers, a line ---, and the explanation", line)
        for token in inner[start:rule]:
            # A label holds no paragraphs, however far apart the answers are written.
            token.hidden = token.hidden or token.type.startswith("paragraph_")
        options = [self._html(item) for item in _items(inner[start:rule])]
        right = attributes.get("answer", "")
        if not right.isdecimal() or not 1 <= int(right) <= len(options):
            raise self.fail(f'answer must be a number from 1 to {len(options)}; found "{right}"', line)
        key = attributes.get("id") or f"question-{line}"
        self._take_id(key, line)
        self._take_id(f"{key}-asked", line)
        return self.templates.get_template("question.html").render(
            id=key,
            question=self._html(inner[:start]),
            options=options,
            answer=int(right),
            explanation=self._html(inner[rule + 1 :]),
        )

    def _exercise(self, title: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        """A task in Python: prose, and fenced blocks `python starter`, `python tests` and so on."""
        self._only(attributes, ("id", "number"), line)
        blocks: dict[str, str] = {}
        prose: list[Token] = []
        for token in inner:
            kind = token.info.strip().split(" ")[-1] if token.type == "fence" else ""
            if kind in EXERCISE_BLOCKS:
                blocks[kind] = token.content
            else:
                prose.append(token)
        for kind in ("starter", "tests", "solution"):
            if kind not in blocks:
                raise self.fail(f'an exercise needs a block "```python {kind}"', line)
        if not title:
            raise self.fail("an exercise needs a title: ::: exercise The title", line)
        if problem := check(blocks["solution"], blocks["tests"]):
            raise self.fail(f"the exercise's own solution does not pass its tests: {problem}", line)
        if check(blocks["starter"], blocks["tests"]) is None:
            raise self.fail("the exercise's starter passes its tests already", line)
        settings = {"number": "EX", "title": title} | attributes | blocks
        return self._figure("exercise", settings, prose, line)

    def _only(self, attributes: dict[str, str], choices: tuple[str, ...], line: int) -> None:
        for key in attributes:
            if key not in choices:
                raise self.fail(f"no such attribute: {allowed(key, choices)}", line)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _closing(tokens: list[Token], start: int) -> int:
    """Index of the token that closes the directive opened at `start`."""
    depth = 0
    for i in range(start, len(tokens)):
        if tokens[i].type.startswith("container_directive"):
            depth += tokens[i].nesting
            if depth == 0:
                return i
    raise AssertionError("the parser closes every container")


def _items(tokens: list[Token]) -> Iterator[list[Token]]:
    """Contents of the items of the list that tokens hold."""
    start = 0
    for i, token in enumerate(tokens):
        if token.level == tokens[0].level + 1:
            if token.type == "list_item_open":
                start = i + 1
            elif token.type == "list_item_close":
                yield tokens[start:i]
