"""A strict reader of HTML: where a browser would guess, it complains."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# Elements that may close themselves: those of SVG and MathML.
FOREIGN = frozenset(("svg", "math"))
# These hold running text; what makes a block of its own would close them, or may not stand in them.
TEXT_ONLY = frozenset("p span b em strong i small code pre label button dt h1 h2 h3 h4 summary".split())
BLOCKS = frozenset(
    "address article aside blockquote details div dl fieldset figcaption figure footer form h1 h2 h3 h4 "
    "header hr main nav ol p pre section table ul".split()
)
PARENTS = {
    "li": {"ul", "ol"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"thead", "tbody", "tfoot"},
    "td": {"tr"},
    "th": {"tr"},
    "figcaption": {"figure"},
    "legend": {"fieldset"},
    "summary": {"details"},
}
REQUIRED = {"img": "alt", "a": "href", "button": "type", "html": "lang"}


class StrictHTML(HTMLParser):
    """Reads a page; `problems` says what is wrong with it, `elements` what was found in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is never closed" for tag in self._open]
        self.problems += [f'id "{key}" twice' for key in sorted(set(self.ids)) if self.ids.count(key) > 1]

    def complain(self, problem: str) -> None:
        """Note a problem, with its place."""
        line, column = self.getpos()
        self.problems.append(f"{line}:{column}: {problem}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element's beginning."""
        names = [name for name, _ in attrs]
        for name in sorted(set(names)):
            if names.count(name) > 1:
                self.complain(f"<{tag}> has {name} twice")
        if tag in REQUIRED and REQUIRED[tag] not in names:
            self.complain(f"<{tag}> without {REQUIRED[tag]}")
        if not FOREIGN.intersection(self._open):
            holder = next((name for name in self._open if name in TEXT_ONLY), None)
            if holder and tag in BLOCKS:
                self.complain(f"<{tag}> within <{holder}>")
            if tag in ("a", "button", "form") and tag in self._open:
                self.complain(f"<{tag}> within <{tag}>")
            parent = self._open[-1] if self._open else ""
            if tag in PARENTS and parent not in PARENTS[tag]:
                self.complain(f"<{tag}> within <{parent}>")
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if key := attributes.get("id"):
            self.ids.append(key)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag in VOID:
            return
        if not FOREIGN.intersection(self._open):
            self.complain(f"<{tag}/> closes itself")
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Take an element's end."""
        if not self._open or self._open[-1] != tag:
            self.complain(f"</{tag}> where {self._open[-1:]} is open")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not {"script", "style"}.intersection(self._open):
            self.text += data

    def unknown_decl(self, data: str) -> None:
        """Take what is none of HTML's declarations."""
        self.complain(f"unknown declaration {data}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]
