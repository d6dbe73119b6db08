"""The words of the pages themselves, in a course's language: templates mark them, a table translates.

Run: python -m sitegen.language      prints all of them, as a table

A table of a language stands beside the templates, such as `words.de.toml`; `[words]` in course.toml goes
before it.

A phrase stands in a template as `{% trans %}Where you are{% endtrans %}`, in a script as `/* say */ "Go on"`.
It may hold places, such as `{{ minutes }}` or `${count}`, which a translation holds too, in whatever order.
What is not translated stays English.
"""

from __future__ import annotations

import difflib
import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

PHRASE = re.compile(r"\{% trans %\}(.*?)\{% endtrans %\}", re.DOTALL)
SAID = re.compile(r'/\* say \*/ ("(?:[^"\\\n]|\\.)*"|`[^`\\\n]*`)')
PLACE = re.compile(r"\{\{.*?\}\}|\$\{[^{}]*\}")
QUOTES = "“”‘’"
LISTED = "`python -m sitegen.language` lists what can be translated"
TEMPLATES = Path(__file__).parent.parent / "site_templates"


def translated(template: str, words: Mapping[str, str]) -> str:
    """Put the words of a course into a template.

    >>> translated("<p>{% trans %}{{ n }} min{% endtrans %}</p>", {"{{ n }} min": "{{ n }} Min."})
    '<p>{{ n }} Min.</p>'
    """
    return PHRASE.sub(lambda found: _escaped(words.get(_plain(found[1]), found[1])), template)


def said(script: str, words: Mapping[str, str]) -> str:
    """Put the words of a course into a script.

    >>> said('show(/* say */ "Go on", /* say */ `${n} results`);', {"${n} results": "${n} Treffer"})
    'show("Go on", `${n} Treffer`);'
    """

    def put(found: re.Match[str]) -> str:
        text = words.get(_literal(found[1]))
        if text is None:
            return found[1]
        if found[1].startswith('"'):
            return json.dumps(text, ensure_ascii=False)
        return "`" + re.sub(r"([`\\])", r"\\\1", text) + "`"

    return SAID.sub(put, script)


def phrases() -> frozenset[str]:
    """All that can be translated."""
    pages = (file.read_text("utf-8") for file in TEMPLATES.glob("*.html"))
    scripts = (file.read_text("utf-8") for file in (TEMPLATES / "js").glob("*.js"))
    found = {_plain(phrase) for text in pages for phrase in PHRASE.findall(text)}
    return frozenset(found | {_literal(phrase) for text in scripts for phrase in SAID.findall(text)})


def tags(lang: str) -> tuple[str, ...]:
    """Name a language as its tables do, the nearest last.

    >>> tags("de-CH"), tags("de")
    (('de', 'de-CH'), ('de',))
    """
    return tuple(dict.fromkeys((lang.partition("-")[0], lang)))


def table(lang: str) -> Path | None:
    """Return the file that translates the pages into a language, if there is one."""
    files = (TEMPLATES / f"words.{tag}.toml" for tag in reversed(tags(lang)))
    return next((file for file in files if file.is_file()), None)


def problems(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the phrases that no page has, or whose translation cannot be used, and why."""
    known = phrases() if words else frozenset()  # a course in English need not read the scripts for it
    for phrase, text in words.items():
        if phrase not in known:
            near = difflib.get_close_matches(phrase, known, 1)
            hint = f'did you mean "{near[0]}"?' if near else LISTED
            yield phrase, f'no page says "{phrase}"; {hint}'
        elif sorted(PLACE.findall(text)) != sorted(PLACE.findall(phrase)):
            places = ", ".join(PLACE.findall(phrase)) or "none"
            yield phrase, f'"{phrase}" must hold the same places: {places}'
        elif re.search(r"[{}]", PLACE.sub("", text)):
            yield phrase, f'"{phrase}" must not hold other braces'


def _literal(written: str) -> str:
    """Return the text of a literal of JavaScript."""
    return str(json.loads(written)) if written.startswith('"') else written[1:-1]


def _plain(phrase: str) -> str:
    return " ".join(phrase.split())


def _escaped(text: str) -> str:
    """Escape what is HTML, but for the places: what stands there escapes itself."""
    places = PLACE.findall(text)
    parts = (html.escape(html.unescape(part)) for part in PLACE.split(text))
    return "".join(part + place for part, place in zip(parts, [*places, ""], strict=True))


def main() -> None:
    """Print a table for course.toml, in which each phrase is its own translation."""
    print("[words]")
    for phrase in sorted(phrases(), key=str.casefold):
        print(f"{json.dumps(phrase, ensure_ascii=False)} = {json.dumps(phrase, ensure_ascii=False)}")


if __name__ == "__main__":
    main()
