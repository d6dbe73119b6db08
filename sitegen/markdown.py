"""Markdown in, a lesson's HTML out: CommonMark, tables, footnotes, formulas, code, and directives.

A directive is a block between colon fences, `::: name argument {key=value}`; DIRECTIVES lists them.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import pygments
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.anchors.index import slugify
from mdit_py_plugins.attrs.parse import ParseError
from mdit_py_plugins.attrs.parse import parse as parse_attributes
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from pycore.live.guest import check
from sitegen import figures, imports, keep, made_from, outline, reading
from sitegen.claims import Claims
from sitegen.content import FrontMatter, Lesson
from sitegen.errors import AuthorError, Mistakes, allowed, collecting
from sitegen.left_over import left_over
from sitegen.limits import limited
from sitegen.mathml import FormulaError, to_mathml
from sitegen.outline import Outline
from sitegen.parsing import ATTRIBUTES, cells, environment, parser, unbroken, unescaped
from sitegen.places import read_text, toml_line
from sitegen.reading import Reading

DIRECTIVES = ("card", "cards", "closer", "exercise", "figure", "hero", "question")
EXERCISE_BLOCKS = ("hint", "solution", "starter", "tests")
WITHOUT_DIRECTIVES = ("exercise", "figure", "hero", "question")
WITHOUT_SECTIONS = ("card", "cards", "exercise", "figure", "hero", "question")
ANSWER = ("list_item", "paragraph", "inline")  # what the list of a question's answers holds
LONGEST_RUN = 10  # seconds that an exercise's own solution may take
CLOSING = re.compile(r"[.,;:!?…)\]’”]+")  # marks that belong to what stands before them
LOST = "attributes that belong to nothing: no block follows, or one that cannot take them"
WORDLESS = "a link needs words and an address: [text](page.html#place)"
PAGE_IDS = ("main", "python-config")  # what the templates take
QUOTES = "quotes"  # the name under which the templates hold those of the language


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
    hero: str = ""  # the figure beside the title
    ids: set[str] = field(default_factory=set)
    links: list[Place] = field(default_factory=list)
    images: list[Place] = field(default_factory=list)
    data: set[str] = field(default_factory=set)
    panels: dict[str, str] = field(default_factory=dict)  # "show the code", by figure
    main: Reading = field(default_factory=Reading)
    folds: Reading = field(default_factory=Reading)  # what `closer` folds hold
    claims: str = ""  # the script that brings them
    figures: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)  # by id: path and settings
    lines: dict[str, int] = field(default_factory=dict)  # where the lesson asks for each figure
    on_demand: set[str] = field(default_factory=set)  # paths of the figures that name files on demand
    terms: dict[str, str] = field(default_factory=dict)  # of the glossary, by the ids of their explanations
    outline: Outline = field(default_factory=Outline)

    @property
    def has_figures(self) -> bool:
        """Whether the page has any."""
        return bool(self.figures)

    @property
    def has_python(self) -> bool:
        """Whether anything on the page may run Python."""
        return bool(self.figures or self.claims)


def render(
    lesson: Lesson,
    templates: jinja2.Environment,
    glossary: Mapping[str, str] | None = None,
    mistakes: Mistakes | None = None,
) -> Page:
    """Render a lesson, with the course's glossary at hand.

    Parameters
    ----------
    mistakes
        Takes what is wrong, so that the page is returned as far as it could be rendered; without it, that is
        raised.

    Raises
    ------
    AuthorError
        With file and line, for anything in the lesson that cannot be rendered as it was meant.
    """
    with collecting(mistakes) as told:
        return _Rendering(lesson, templates, glossary or {}, told).run(lesson.meta.lede)


def render_glossary(
    file: Path, glossary: Mapping[str, str], templates: jinja2.Environment, told: Mistakes
) -> dict[str, str]:
    """Render the meanings of terms; tell of those that cannot be, at their own lines in course.toml."""
    meta = FrontMatter(title="-", headline="-", lede="", number="00", status="planned")
    rendering = _Rendering(Lesson("glossary", file, meta, ""), templates, {}, told)
    rendering.explains = True
    rendered = {}
    text = read_text(file) if glossary else ""
    for term, meaning in glossary.items():
        with told.told():
            rendered[term] = rendering._inline(meaning, toml_line(text, term) or 1)
    return rendered


class _Rendering:
    """One pass over one lesson's tokens."""

    def __init__(
        self, lesson: Lesson, templates: jinja2.Environment, glossary: Mapping[str, str], told: Mistakes
    ) -> None:
        self.file = lesson.file
        self.subject = lesson.meta.subject
        text = lesson.text
        self.source = text.split("\n")
        self.templates = templates
        self.glossary = glossary
        self.claims = Claims(lesson.file)
        self.misstated = 0  # claims that could not be stated; what they meant is not unused
        self.told = told
        self.fences = Mistakes()  # lines of colons that close nothing
        self.named: dict[str, str] = {}  # paths of the figures, by name
        self.models: dict[str, str] = {}  # classes of their states, by the model that they share
        self.terms = 0
        self.explains = False  # whether what is rendered is what the glossary says of a term
        self.seen: set[int] = set()  # directives that were rendered, or tried
        self.md = parser(templates.globals[QUOTES])
        self.env = environment()
        self.page = Page()
        self.tokens = self.md.parse(text, self.env)
        self.page.main, self.page.folds = reading.count(self.tokens)
        # Names of the footnotes, each with its place among those referred to, or -1.
        references = self.env.get("footnotes", {}).get("refs", {})
        self.notes = {name.removeprefix(":"): place for name, place in references.items()}

    def run(self, lede: str) -> Page:
        for place, note in self.env.get("footnotes", {}).get("list", {}).items():
            again = (f"fnref{place + 1}:{n}" for n in range(1, note.get("count", 1)))
            self.page.ids |= {f"fn{place + 1}", f"fnref{place + 1}", *again}
        for token in self.tokens:
            with self.told.told():
                self._prepare(token)
        deepest = self.md.options["maxNesting"] - 1
        if deep := next((t for t in self.tokens if t.nesting == 1 and t.level >= deepest), None):
            self.tell("lists and quotations are nested too deep; what they hold would vanish", _line(deep))
        self._check_footnotes()
        self._check_definitions()
        for line in self.env["lost"]:
            self.tell(LOST, line)
        level = 1
        for opening, inline in zip(self.tokens, self.tokens[1:], strict=False):
            if opening.type == "heading_open":
                self._heading(opening, inline, level)
                level = int(opening.tag[1])
        self.page.html = self._html(self.tokens)
        with self.told.told():
            self.fences.end()
        self.page.lede = self._inline(lede, self._line_of("lede:"))
        self.page.main.words += len(lede.split())
        self.page.outline = outline.read(f"{self.page.hero}<p>{self.page.lede}</p>{self.page.html}")
        with self.told.told():
            if not self.misstated:
                self.claims.check_used()
            self.page.claims = self.claims.script(self.templates)
            self.page.data |= self.claims.needs()
        return self.page

    def fail(self, message: str, line: int) -> AuthorError:
        return AuthorError(message, self.file, line)

    def tell(self, message: str, line: int) -> None:
        """Note a mistake behind which the rest can still be rendered."""
        self.told.add(self.fail(message, line))

    # ------------------------------------------------------------ tokens

    def _prepare(self, token: Token) -> None:
        """Convert what a token holds, and note what must be checked later."""
        line = _line(token)
        self._check_attributes(token, line)
        if token.hidden and token.attrs and token.nesting == 1:
            self.tell(LOST, line)  # a paragraph of a list whose items stand close
        if key := token.attrGet("id"):
            self._take_id(str(key), line)
        elif token.type == "heading_open" and token.tag in ("h2", "h3"):
            self.tell("this heading has no letters to make an id of; write {#id} on a line above it", line)
        if token.type == "math_block":
            token.attrJoin("class", "formula")  # Safari lets no formula scroll by itself
            math = self._formula(token.content, line, block=True)
            token.content = f"<div{self._attributes(token)}>{math}</div>\n"
            token.type = "html_block"
        elif token.tag == "code" and token.info.strip().split(" ")[-1] not in EXERCISE_BLOCKS:
            self._code(token, line)
        elif token.type == "heading_open" and token.tag == "h1":
            self.tell('the title comes from the front matter; start sections with "##"', line)
        elif token.type == "container_directive_open" and token.attrs:
            self.tell("attributes of a directive stand in its own line: ::: name {#id key=value}", line)
        elif token.type == "tr_open":
            self._check_row(token, line)
        if token.type == "fence":
            self._check_fence(token, line)
        if token.type == "inline":
            self._check_for_table(token)
        if not token.children:
            return
        self._check_links(token.children, line)
        for child in token.children:
            breaks = 1 if child.type in ("softbreak", "hardbreak") else child.content.count("\n")
            with self.told.told():
                self._prepare_inline(child, line)
            line += breaks
        _hold_marks(token.children)
        self._explain_terms(token.children, _line(token))
        with self.told.told():
            self._state_claims(token.children, _line(token))

    def _check_attributes(self, token: Token, line: int) -> None:
        for name in token.meta.get("insecure_attrs", ()):
            self.tell(f"no such attribute: {allowed(name, ATTRIBUTES)}", line)

    def _check_links(self, tokens: list[Token], line: int) -> None:
        """Tell of links without anything that could be seen and pressed."""
        start = -1
        for i, token in enumerate(tokens):
            if token.type == "link_open":
                start = i
            elif token.type == "link_close" and start >= 0:
                if not any(_is_seen(within) for within in tokens[start + 1 : i]):
                    self.tell(WORDLESS, line + self._line_breaks(tokens[:start]))
                start = -1

    @staticmethod
    def _line_breaks(tokens: list[Token]) -> int:
        return sum(t.type in ("softbreak", "hardbreak") or t.content.count("\n") for t in tokens)

    def _prepare_inline(self, token: Token, line: int) -> None:
        self._check_attributes(token, line)
        if token.type == "text":
            self._check_text(token.content, line)
            token.content = unescaped(token.content)
        elif token.type in ("math_inline", "math_inline_double"):
            block = token.type == "math_inline_double"
            latex, token.type, token.content = token.content, "html_inline", ""
            math = self._formula(latex, line, block=block)
            token.content = f'<span class="formula">{math}</span>' if block else math
        elif token.type == "link_open":
            href = str(token.attrGet("href") or "")
            if not href:
                self.tell(WORDLESS, line)
            elif not self.explains:
                self.page.links.append(Place(href, line))
            if re.match(r"https?:", href):
                token.attrSet("rel", "noopener")
        elif token.type == "image":
            for child in token.children or ():
                child.content = unescaped(child.content)
            if not token.content.strip():
                self.tell("an image needs a text alternative: ![what it shows](file)", line)
            token.attrSet("loading", "lazy")  # until the reader comes near, and in a closed fold for ever
            if not self.explains:
                self.page.images.append(Place(str(token.attrGet("src")), line))
        if key := token.attrGet("id"):
            self._take_id(str(key), line)
        if self.explains and (key or token.type in ("link_open", "image") or token.attrGet("is")):
            self.tell("what the glossary says of a term holds no links, pictures, ids or claims", line)

    def _explain_terms(self, tokens: list[Token], line: int) -> None:
        """Turn each [text]{term="…"} into a button that shows what the glossary says of the term."""
        for i, opening in enumerate(tokens):
            term = opening.attrs.pop("term", None)
            if term is None:
                line += opening.type in ("softbreak", "hardbreak")
                continue
            if self.explains:
                self.tell("what the glossary says of a term holds no other terms to explain", line)
                continue
            if opening.type != "span_open" or str(term) not in self.glossary:
                self.tell(f"no such term in the glossary: {allowed(str(term), self.glossary)}", line)
                continue
            self.terms += 1
            key = f"term-{self.terms}"
            self._take_id(key, line)
            self.page.terms[key] = str(term)
            closing = next(t for t in tokens[i:] if t.type == "span_close" and t.level == opening.level)
            meaning = self._meaning(str(term), line)
            button = f'<span class="term"><button type="button" aria-describedby="{key}">'
            opening.type, opening.content = "html_inline", button
            tip = f'</button><span role="tooltip" id="{key}">{meaning}</span></span>'
            closing.type, closing.content = "html_inline", tip

    def _state_claims(self, tokens: list[Token], line: int) -> None:
        """Compute each [number]{is=name}, and make it an element that the page can press."""
        for i, opening in enumerate(tokens):
            name = opening.attrs.pop("is", None)
            if name is None:
                line += opening.type in ("softbreak", "hardbreak")
                continue
            breaks = self._breaks(tokens[i:])
            self.misstated += 1
            with self.told.told():
                self._state_claim(str(name), tokens[i:], line)
                self.misstated -= 1
                line += breaks

    @staticmethod
    def _breaks(tokens: list[Token]) -> int:
        """Line breaks within the span that tokens begin with; a stated claim keeps none of them."""
        end = next(
            (i for i, t in enumerate(tokens) if t.type == "span_close" and t.level == tokens[0].level), 0
        )
        return sum(t.type == "softbreak" for t in tokens[:end])

    def _state_claim(self, name: str, tokens: list[Token], line: int) -> None:
        opening = tokens[0]
        if opening.type != "span_open":
            raise self.fail("what a claim states stands in square brackets: [+0.77]{is=name}", line)
        closing = next(t for t in tokens if t.type == "span_close" and t.level == opening.level)
        inner = tokens[1 : next(i for i, token in enumerate(tokens) if token is closing)]
        if not inner or any(token.type not in ("text", "softbreak") for token in inner):
            raise self.fail("a claim states plain text, without a formula or emphasis", line)
        found = "".join(token.content or " " for token in inner)
        text = self.claims.state(name, found, line)
        attributes = f'class="claim" data-claim="{html.escape(name)}" value="{html.escape(text)}"'
        opening.type, opening.content = "html_inline", f"<data {attributes}>"
        closing.type, closing.content = "html_inline", "</data>"
        for token in inner:
            token.type, token.content = "text", ""
        inner[0].content = unbroken(text)

    def _meaning(self, term: str, line: int) -> str:
        """Render what the glossary says; what is wrong in it is told once, by `render_glossary`."""
        told, self.told, self.explains = self.told, Mistakes(), True
        try:
            return self._inline(self.glossary[term], line)
        finally:
            self.told, self.explains = told, False

    def _attributes(self, token: Token) -> str:
        return RendererHTML.renderAttrs(token)

    def _check_row(self, token: Token, line: int) -> None:
        """Compare a row's cells with those of the table's first row; what is too much would vanish."""
        found, columns = token.meta["cells"], token.meta["columns"]
        if found != columns:
            hint = (
                "; a | within a cell, also in a formula or in code, is written \\|" if found > columns else ""
            )
            self.tell(f"this row of the table has {found} cells, its first row {columns}{hint}", line)

    def _check_for_table(self, token: Token) -> None:
        """Tell of a table whose first row does not fit the line under it: Markdown takes it for text."""
        rows = token.content.split("\n") if "|" in token.content else ()
        for i, (first, rule) in enumerate(itertools.pairwise(rows)):
            if "|" in first and re.fullmatch(r"\s*\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?", rule):
                counts = f"the table's first row has {cells(first)} cells, the line under it {cells(rule)}"
                self.tell(f"{counts}; a | within a cell is written \\|", _line(token) + i)
                return
        for i, pair in enumerate(itertools.pairwise(rows)):
            if all(re.fullmatch(r"\s*\|.*\|\s*", row) for row in pair):
                message = "a table without the line under its first row, such as |---|---|; \\| is the sign"
                self.tell(message, _line(token) + i)
                return

    def _check_fence(self, token: Token, line: int) -> None:
        assert token.map is not None
        last = self.source[token.map[1] - 1].strip("> \t")
        if token.map[1] - token.map[0] < 2 or not re.fullmatch(rf"{token.markup}{token.markup[0]}*", last):
            self.tell(f'"{token.markup}{token.info}" is never closed; expected a line "{token.markup}"', line)

    def _check_text(self, text: str, line: int) -> None:
        if "[^" in text and (m := re.search(r"\[\^([^\]\s]+)\]", text)):
            if m[1] in self.notes:
                raise self.fail("a footnote can be referred to from the lesson's text only", line)
            raise self.fail(f"no such footnote: {allowed(m[1], self.notes)}", line)
        if problem := left_over(text):
            (self.fences if re.fullmatch(r":{3,}", text) else self.told).add(self.fail(problem, line))

    def _take_id(self, key: str, line: int) -> bool:
        """Note an id; return whether it was free."""
        if self.explains:
            return False  # it would come again with the term
        problem = ""
        if not key or re.search(r"\s", key):
            problem = f'an id must have letters and no spaces; found "{key}"'
        elif key in PAGE_IDS:
            problem = f'the id "{key}" is taken by the page itself'
        elif key in self.page.ids:
            problem = f'the id "{key}" is used twice on this page'
        if problem:
            self.tell(problem, line)
        self.page.ids.add(key)
        return not problem

    def _formula(self, latex: str, line: int, *, block: bool) -> str:
        try:
            return to_mathml(latex, block=block)
        except FormulaError as error:
            raise self.fail(f"broken formula: {error}", line + error.line) from None

    def _code(self, token: Token, line: int) -> None:
        """Colour code; attributes above it go to the block."""
        language = token.info.strip()
        try:
            lexer = get_lexer_by_name(language or "text")
        except ClassNotFound:
            close = allowed(
                language, ["bash", "css", "html", "javascript", "json", "markdown", "python", "text"]
            )
            self.tell(f"no highlighter for this language: {close}", line)
            lexer = get_lexer_by_name("text")
        marked = pygments.highlight(token.content, lexer, HtmlFormatter(nowrap=True))
        token.attrs["class"] = f"code {token.attrs.pop('class', '')}".rstrip()
        token.attrs["tabindex"] = "0"
        token.content = f"<pre{self._attributes(token)}><code>{marked}</code></pre>\n"
        if token.type == "fence":
            self._check_fence(token, line)
        token.type = "html_block"

    def _heading(self, opening: Token, inline: Token, before: int) -> None:
        level = int(opening.tag[1])
        if level > before + 1:
            expected = " or ".join("#" * n for n in range(2, before + 2))
            self.tell(f'a heading jumps: found "{"#" * level}"; expected {expected}', _line(opening))
        part = opening.attrs.pop("part", None)
        if part and inline.children is not None:
            mark = Token("html_inline", "", 0, content=f'<span class="part">{html.escape(str(part))}</span> ')
            inline.children.insert(0, mark)

    def _check_footnotes(self) -> None:
        """A note that nothing refers to would vanish; `_check_text` finds a reference without a note.

        The parser takes notes to the text's end; one inside another's directive would be torn from it.
        """
        nesting = (t.nesting for t in self.tokens if t.type.startswith("container_directive"))
        if min(itertools.accumulate(nesting), default=0) < 0:
            inner = (n for n, row in enumerate(self.source, 1) if re.match(r"[ >]+\[\^[^\]\s]+\]:", row))
            message = "a footnote cannot be written inside a directive that another footnote holds"
            raise self.fail(message, next(inner, 1))
        written: dict[str, int] = {}
        for name, line, says in sorted(self.env["notes"], key=lambda note: note[1]):
            if name in written:
                self.tell(f'the footnote "{name}" is written twice', line)
            elif not says:
                self.tell(f'the footnote "{name}" says nothing', line)
            written.setdefault(name, line)
        for name, place in self.notes.items():
            if place < 0:
                self.tell(f'the footnote "{name}" is never referred to', written.get(name, 1))

    def _check_definitions(self) -> None:
        """Tell of links' addresses, `[name]: page.html`, that would vanish: no link asks for them."""
        references = self.env["references"]
        vain = [each for name, each in references.items() if name not in references.asked]
        for definitions, problem in (
            (self.env["duplicate_refs"], "this name has an address already"),
            (vain, "an address that no link asks for, by [text][name]"),
        ):
            for definition in definitions:
                row = definition["map"][0]
                found = self.source[row].strip("> \t")
                self.tell(f'found "{found}": {problem}', row + 1)

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
                self.tell(f'a block "```{tokens[i].info}" stands in an exercise only', _line(tokens[i]))
                i += 1
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
        """Render a directive; when it cannot be, go on with the directives that it holds."""
        self.seen.add(id(opening))
        match = re.match(r"\s*([\w-]+)\s*([^{]*?)\s*(\{.*)?$", opening.info)
        name, argument, written = (
            (match[1], match[2], match[3]) if match else (opening.info.strip(), "", None)
        )
        out = ""
        with self.told.told():
            out = self._known_directive(name, argument, written, opening, inner)
        for part in self._missed(inner):
            self._html(part)
        return out

    def _missed(self, inner: list[Token]) -> Iterator[list[Token]]:
        """Directives within one that was given up."""
        i = 0
        while i < len(inner):
            if inner[i].type == "container_directive_open" and id(inner[i]) not in self.seen:
                end = _closing(inner, i)
                yield inner[i : end + 1]
                i = end
            i += 1

    def _known_directive(
        self, name: str, argument: str, written: str | None, opening: Token, inner: list[Token]
    ) -> str:
        line = _line(opening)
        if name not in DIRECTIVES:
            raise self.fail(f"no such directive: {allowed(name, DIRECTIVES)}", line)
        attributes: dict[str, str] = {}
        if written:
            try:
                used, attributes = parse_attributes(written)
            except ParseError:
                used = -1
            if used != len(written) - 1:
                message = f"attributes must look like {{#id key=value}}; found {written}"
                if bare := _unquoted(written):
                    message += f"; with other signs than letters, digits, _ and - it needs quotes: {bare}"
                raise self.fail(message, line)
            if twice := _twice(written):
                self.tell(f'the attribute "{twice}" comes twice', line)
        try:
            self._check_closed(name, opening, inner)
            return str(getattr(self, f"_{name}")(argument, attributes, inner, line))
        except AuthorError:
            self.page.ids.add(figures.id_of(attributes))  # a link to it is no second mistake
            raise

    def _check_closed(self, name: str, opening: Token, inner: list[Token]) -> None:
        """Tell of a directive that is not closed where it should be.

        When one is never closed, the first line that could close it belongs to a directive further down: both
        end there.
        """
        assert opening.map is not None
        line, end = opening.map[0] + 1, opening.map[1]
        never = f'"{opening.markup} {name}" is never closed; expected a line "{opening.markup}"'
        more = "or more colons than what it holds"
        if end >= len(self.source) or self.source[end].strip("> \t") != opening.markup:
            raise self.fail(never, line)
        for token in inner:
            if token.type == "container_directive_open" and token.map and token.map[1] == end:
                self.fences = Mistakes()  # what is left over further down follows from this
                raise self.fail(f"{never} before line {token.map[0] + 1}, {more}", line)
            if token.type == "heading_open" and token.tag == "h2" and name in WITHOUT_SECTIONS:
                raise self.fail(f"{never} before the section in line {_line(token)}", line)
            if token.type == "container_directive_open" and name in WITHOUT_DIRECTIVES:
                held = f'a {name} holds no directives; found "{token.markup} {token.info.strip()}"'
                self.tell(held, _line(token))
                return

    def _figure(self, name: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        caption = self._html(inner)
        key = figures.id_of(attributes)
        if self._take_id(key, line):
            self._take_id(f"{key}-title", line)
        # No folder has an exercise of its own.
        subject = "" if name == made_from.RUNS_CODE else self.subject
        drawn = figures.draw(self.templates, name, attributes, caption, self.file, line, subject)
        self._check_beside(drawn, line)
        self.page.data |= set(drawn.data)
        self.page.figures[drawn.id] = drawn.path, drawn.params
        self.page.lines[drawn.id] = line
        if drawn.on_demand:
            self.page.on_demand.add(drawn.path)
        if drawn.panel:
            self.page.panels[drawn.id] = drawn.panel
        return drawn.html

    def _check_beside(self, drawn: figures.Drawn, line: int) -> None:
        """Tell of a figure that cannot stand on a page with one above it."""
        name = drawn.path.rpartition("/")[2]
        other = self.named.setdefault(name, drawn.path)
        if other != drawn.path:
            self.tell(
                f"{other} and {drawn.path} on one page: their styles would reach each other, as both begin "
                f"with .figure-{name}; give one of them another name",
                line,
            )
        state = self.models.setdefault(drawn.model, drawn.state) if drawn.model else drawn.state
        if state != drawn.state:
            found = f"found {state} and {drawn.state}"
            self.tell(f'figures of the model "{drawn.model}" have one class of State; {found}', line)

    def _hero(self, name: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        """A figure that stands in the masthead, so that the first window holds a picture."""
        if self.page.hero:
            raise self.fail("a lesson has one hero, and this is the second", line)
        self.page.hero = self._figure(name, attributes, inner, line)
        return ""

    def _cards(self, _: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        self._only(attributes, (), line)
        return f'<div class="cards">{self._html(inner)}</div>\n'

    def _card(self, title: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        self._only(attributes, (), line)
        if not title:
            raise self.fail("a card needs a title: ::: card The title", line)
        heading = self._inline(title, line)
        return f'<section class="card"><h3>{heading}</h3>{self._html(inner)}</section>\n'

    def _closer(self, title: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        """Fold away what only some readers want."""
        self._only(attributes, ("id",), line)
        if not title:
            raise self.fail("a fold needs a title: :::: closer The title", line)
        heading = self._inline(title, line)
        key = attributes.get("id") or slugify(html.unescape(re.sub(r"<[^>]*>", "", heading)))
        self._take_id(key, line)
        main, folds = reading.count(inner)
        whole = Reading(main.words + folds.words, main.seconds + folds.seconds)
        return self.templates.get_template("closer.html").render(
            id=key, title=heading, minutes=whole.minutes, content=self._html(inner)
        )

    def _question(self, _: str, attributes: dict[str, str], inner: list[Token], line: int) -> str:
        """Predict first: a question, a list of answers, and behind a rule the explanation."""
        self._only(attributes, ("id", "answer"), line)
        base = inner[0].level if inner else 0
        rule = next((i for i, t in enumerate(inner) if t.type == "hr" and t.level == base), None)
        start = next(
            (i for i, t in enumerate(inner) if t.type.endswith("_list_open") and t.level == base), None
        )
        if rule is None or start is None or not 0 < start < rule < len(inner) - 1:
            raise self.fail("a question holds text, a list of answers, a line ---, and the explanation", line)
        for token in (inner[start], inner[rule]):
            if token.attrGet("id") or token.attrGet("class"):
                self.tell(LOST, _line(token))
        for token in inner[start + 1 : rule - 1]:
            if token.type.removesuffix("_open").removesuffix("_close") not in ANSWER:
                message = "an answer is one text, without lists, code blocks or others below it"
                raise self.fail(message, _line(token) if token.map else line)
            # A label holds no paragraphs, however far apart the answers are written.
            token.hidden = token.hidden or token.type.startswith("paragraph_")
        options = [self._html(item) for item in _items(inner[start:rule])]
        for i, option in enumerate(options):
            if not option.strip():
                self.tell(f"the answer {i + 1} is empty", line)
            elif option in options[:i]:
                self.tell(f"the answers {options.index(option) + 1} and {i + 1} are the same", line)
        right = attributes.get("answer", "")
        if not re.fullmatch(r"[0-9]{1,3}", right) or not 1 <= int(right) <= len(options):
            found = right if len(right) <= 20 else f"{right[:20]}…"
            raise self.fail(f'answer must be a number from 1 to {len(options)}; found "{found}"', line)
        key = attributes.get("id") or f"question-{line}"
        if self._take_id(key, line):
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
                if kind in blocks:
                    self.tell(f'an exercise has one block "{token.info.strip()}"', _line(token))
                if token.attrs:
                    self.tell(LOST, _line(token))
                blocks[kind] = token.content
            else:
                prose.append(token)
        for kind in ("starter", "tests", "solution"):
            if kind not in blocks:
                raise self.fail(f'an exercise needs a block "```python {kind}"', line)
        if not title:
            raise self.fail("an exercise needs a title: ::: exercise The title", line)
        for kind, code in blocks.items():
            if any(f"{name}.".startswith("pycore.figures.") for name in imports.imported(code)):
                raise self.fail(f"an exercise's {kind} may not import figures: pycore.figures", line)
        recipe = f"sound exercise {blocks} {made_from.figure(made_from.RUNS_CODE)}"
        keep.kept(recipe, lambda: self._check_exercise(blocks, line))
        settings = {"number": "EX", "title": title} | attributes | blocks
        return self._figure("exercise", settings, prose, line)

    def _check_exercise(self, blocks: dict[str, str], line: int) -> None:
        """Run solution and starter: the one must pass the tests, the other must not."""
        if problem := _problem(blocks["solution"], blocks["tests"]):
            raise self.fail(f"the exercise's own solution does not pass its tests: {problem}", line)
        if _problem(blocks["starter"], blocks["tests"]) is None:
            raise self.fail("the exercise's starter passes its tests already", line)

    def _only(self, attributes: dict[str, str], choices: tuple[str, ...], line: int) -> None:
        for key in attributes:
            if key not in choices:
                raise self.fail(f"no such attribute: {allowed(key, choices)}", line)


def _problem(code: str, tests: str) -> str | None:
    """Run an exercise's code and tests, for a limited time; return what went wrong first."""
    try:
        with limited(LONGEST_RUN):
            return check(code, tests)
    except TimeoutError as error:  # the time may run out where the code is only made ready
        return f"TimeoutError: {error}"


def _hold_marks(tokens: list[Token]) -> None:
    """Keep a formula and the mark after it on one line: a browser may break between the two."""
    for formula, after in itertools.pairwise(tokens):
        is_formula = formula.type == "html_inline" and formula.content.startswith("<math")
        if is_formula and after.type == "text" and (marks := CLOSING.match(after.content)):
            formula.content = f'<span class="held">{formula.content}{html.escape(marks[0])}</span>'
            after.content = after.content[marks.end() :]


def _is_seen(token: Token) -> bool:
    """Whether a token within a line shows something."""
    return token.type == "image" or bool(token.content.strip())


def _twice(written: str) -> str | None:
    """Name of an attribute that is written twice between braces: only one of its values would count."""
    bare = re.sub(r'"(\\.|[^"\\])*"', '""', written)
    names = [name or "id" for _, name in re.findall(r"(?<=[\s{])(#|([\w-]+)=)", bare)]
    return next((name for i, name in enumerate(names) if name in names[:i] and name != "class"), None)


def _unquoted(written: str) -> str | None:
    """Write the first value between braces that needs quotes as it should be; None when all have them."""
    value = r"""(?<=[\s{])([\w-]+)=(?!")([^\s"{}=]+(?: (?![#.]|[\w-]+=)[^\s"{}]+)*)"""
    for name, text in re.findall(value, written):
        if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
            return f'{name}="{text}"'
    return None


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
