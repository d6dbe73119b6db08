"""How long a lesson takes: its words, and what a reader does beside reading."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markdown_it.token import Token

WORDS_PER_MINUTE = 238  # silent reading of English: Brysbaert 2019, doi.org/10.1016/j.jml.2019.104047
# A figure is tried with some presses, a prediction takes a moment's thought, code must be written and run.
SECONDS = {"figure": 25, "hero": 15, "question": 15, "exercise": 90}


@dataclass
class Reading:
    """What there is to read and to do."""

    words: int = 0
    seconds: int = 0  # beside reading

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded up; none when there is nothing."""
        return math.ceil(self.words / WORDS_PER_MINUTE + self.seconds / 60)

    def add(self, token: Token) -> None:
        """Count a token."""
        children = token.children or ()
        self.words += sum(len(child.content.split()) for child in children if child.type == "text")
        self.seconds += SECONDS.get(directive(token), 0)


def directive(token: Token) -> str:
    """Name of the directive that a token opens, or nothing."""
    return token.info.split()[0] if token.type == "container_directive_open" else ""


def count(tokens: Iterable[Token]) -> tuple[Reading, Reading]:
    """Count the main line, and apart from it what lies in folds, `:::: closer`. Footnotes are not counted."""
    main, folds = Reading(), Reading()
    open_directives: list[str] = []
    for token in tokens:
        if token.type == "footnote_block_open":
            break  # they stand at the end
        if token.type == "container_directive_open":
            open_directives.append(directive(token))
        elif token.type == "container_directive_close" and open_directives:
            open_directives.pop()
        (folds if "closer" in open_directives else main).add(token)
    return main, folds
