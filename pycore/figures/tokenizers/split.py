"""FIG.04: how the patterns of three tokenizers cut a text before any merging, each rule in its colour."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pycore.figures.tokenizers._pieces import shown
from pycore.live import expect
from pycore.live.controls import button
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_area
from pycore.live.markup import Markup, join, tag
from pycore.live.readout import fold
from pycore.live.settings import chips
from pycore.tokenizers.pretokenize import SPLITS, split_by_rule, split_words

LABELS = {"gpt2": "GPT-2", "cl100k": "GPT-4", "o200k": "GPT-4o", "none": "no split"}
NAMES = {"gpt2": "GPT-2, 2019", "cl100k": "GPT-4 (cl100k), 2023", "o200k": "GPT-4o (o200k), 2024"}
LONGEST = 400  # characters
WHOLE = 0  # the rule that is shown where there is no split

# By split and rule: the colour, and what it takes.
RULES = {
    "gpt2": (
        ("ending", "an ending: 's, 't, 're, 've, 'm, 'll or 'd"),
        ("letters", "letters, with the one space before them"),
        ("digits", "digits, with the one space before them"),
        ("marks", "other marks, with the one space before them"),
        ("space", "white space, but for its last character"),
        ("space", "other white space"),
    ),
    "cl100k": (
        ("ending", "an ending: 's, 't, 're, 've, 'm, 'll or 'd, in capitals too"),
        ("letters", "letters, with one space or mark before them"),
        ("digits", "one to three digits"),
        ("marks", "other marks, with the space before and line breaks after"),
        ("space", "white space at the end of the text"),
        ("space", "white space up to a line break"),
        ("space", "white space, but for its last character"),
        ("space", "one white space"),
    ),
    "o200k": (
        (
            "letters",
            "a word in small letters, capitals only at its front, with a mark before and an ending after",
        ),
        ("capitals", "a word in capitals, with a mark before and an ending after"),
        ("digits", "one to three digits"),
        ("marks", "other marks, with the space before, line breaks and / after"),
        ("space", "white space up to its last line break"),
        ("space", "white space, but for its last character"),
        ("space", "other white space"),
    ),
    "none": (("whole", "the whole text is one chunk"),),
}


@dataclass(frozen=True)
class SplitState:
    """The text, the split, and the rule that stands out (-1: none)."""

    text: str = (
        "Don't pay $12345678 in 2024!\n    if x == 10:  # THEY'LL see: naïve\n        return helloWorld"
    )
    split: str = "gpt2"
    rule: int = -1


class Split(Figure[SplitState]):
    """Choose a pattern and write a text."""

    State = SplitState
    code = (split_words, split_by_rule)
    settings = {"split": LABELS}

    def check(self, state: SplitState) -> None:
        """Refuse a text that is too long, and a rule that the split does not have."""
        expect.fits(state.text, LONGEST)
        expect.between("a rule", state.rule, len(RULES[state.split]) - 1, -1)

    def change(self, **values: object) -> None:
        """Put values into the state; another split has other rules."""
        super().change(**({"rule": -1, **values} if "split" in values else values))

    @event
    def write(self, text: str) -> None:
        """Cut what is typed."""
        self.change(text=text.replace("\0", "\ufffd"))

    @event
    def stress(self, rule: str) -> None:
        """Let a rule stand out, or none."""
        if not rule.isdecimal() or len(rule) > 2:
            raise ValueError(f'expected the number of a rule; found "{expect.cut(rule, 20)}"')
        self.change(rule=-1 if int(rule) == self.state.rule else int(rule))

    def view(self) -> Parts:
        """Draw the text in chunks, and the rules with what each of them took."""
        s = self.state
        cut = chunks_of(s.text, s.split)
        held = "nothing holds a merge back" if s.split == "none" else "no token crosses from one to the next"
        boxes = (
            tag("bdi", shown(chunk), class_=f"t {RULES[s.split][rule][0]}{_faded(s.rule, rule)}")
            for chunk, rule in cut
        )
        return {
            "controls": chips(self, "split", LABELS, "The split", control="split-{}"),
            "stage": join(
                [
                    text_area(
                        "text", "write", "text", s.text, within=self.id, most=LONGEST, rows=4, dir="auto"
                    ),
                    tag(
                        "div",
                        boxes if cut else tag("p", "There is no text to cut.", class_="verdict"),
                        class_="cut",
                        dir="auto",
                        tabindex=0,
                        role="group",
                        aria_label="The text in chunks",
                    ),
                    tag(
                        "p",
                        tag("b", f"{len(cut):,}", data_out="chunks"),
                        f" {'chunk' if len(cut) == 1 else 'chunks'}: {held}",
                        class_="count",
                        role="status",
                    ),
                ]
            ),
            "readout": _rules(s, Counter(rule for _, rule in cut)),
            "more": _pattern(s.split),
        }


def chunks_of(text: str, split: str) -> list[tuple[str, int]]:
    """Return the chunks of a text, and the rule that cut each."""
    if split == "none":
        return [(text, WHOLE)] if text else []
    return split_by_rule(text, split)


def _faded(stressed: int, rule: int) -> str:
    return " faded" if stressed not in (-1, rule) else ""


def _rules(s: SplitState, taken: Counter[int]) -> Markup:
    return tag(
        "div",
        tag("p", "rules, in the order they are tried; press one", class_="label"),
        tag(
            "ol",
            (
                tag(
                    "li",
                    button(
                        tag("i", class_=f"t {look}"),
                        tag("span", words),
                        tag("b", f"{taken[at]}", data_out=f"rule-{at}"),
                        event="stress",
                        arg=at,
                        control=f"rule-{at}",
                        pressed=at == s.rule,
                        class_="rule",
                    ),
                )
                for at, (look, words) in enumerate(RULES[s.split])
            ),
            data_group="vertical",
        ),
        class_="rules",
    )


def _pattern(split: str) -> Markup:
    if split == "none":
        return fold("The pattern as it was published", tag("p", "There is none.", class_="honest"))
    written = [rule if at == 0 else f"| {rule}" for at, rule in enumerate(SPLITS[split])]
    return fold(
        "The pattern as it was published",
        tag("p", NAMES[split], class_="label"),
        tag("pre", "\n".join(written), class_="pattern", tabindex=0),
    )
