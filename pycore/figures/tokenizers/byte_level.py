"""FIG.05: real tokenizers on any text: tokens, numbers, bytes, and the merges of a word by rank.

GPT-2's list comes with the figure, those of GPT-4 and GPT-4o on demand.

A long text is done in ticks: the state counts the bits of work that are done, so it can be stopped at any
time, and comes back the same.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise

from pycore.data.tokenizers import vocabularies
from pycore.data.tokenizers.vocabularies import END_OF_TEXT
from pycore.figures.tokenizers import _openai
from pycore.figures.tokenizers._coloured import COLOURS, flow, held, spoken, way
from pycore.figures.tokenizers._encoding import Run, run, tokenizer
from pycore.live.controls import button, choice, group, slider
from pycore.live.expect import lone_surrogate
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_area
from pycore.live.markup import Child, Markup, percent, tag
from pycore.live.readout import fold, headline, readings
from pycore.live.settings import chips
from pycore.tokenizers.bpe import merge_pairs
from pycore.tokenizers.ranked import RankedTokenizer, Step
from pycore.tokenizers.utf8 import utf16_units

LONGEST = 300_000  # UTF-16 units, as a text box counts
SHOWN = 120  # tokens at once
FIRST, EACH = 6, 3  # bits of work, at once and in a tick
WIDEST = 48  # bytes of a word whose merges are shown
NONE = -1  # no token has been pressed
TEXTS = {
    "sentence": "Nobody notices how unbelievably useful a tokenizer is until it counts letters.",
    "signs": "naïve café, Σίσυφος, 東京 🦜 👩‍🚀",
    "arabic": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. (1948)",
    "code": "def mean(xs):\n    return sum(xs) / len(xs)\n",
    "special": f"What if I type {END_OF_TEXT} here?",
}
NAMES = {
    "sentence": "a sentence",
    "signs": "accents, signs",
    "arabic": "Arabic",
    "code": "code",
    "special": END_OF_TEXT,
}
LISTS = {"gpt2": "GPT-2", "cl100k": "GPT-4", "o200k": "GPT-4o"}
BELOW = {"ids": "ids", "bytes": "bytes", "none": "text alone"}


@dataclass(frozen=True)
class ByteLevelState:
    """The text, how much of it is done, the part shown, the token pressed, its merges, the list of tokens."""

    text: str = TEXTS["sentence"]
    done: int = FIRST
    part: int = 0
    token: int = NONE
    step: int = 0
    below: str = "ids"
    list: str = "gpt2"


class ByteLevel(Figure[ByteLevelState]):
    """Type anything, and press a token."""

    State = ByteLevelState
    data = (vocabularies.GPT2,)
    code = (RankedTokenizer.encode, merge_pairs, RankedTokenizer.steps)
    settings = {"below": BELOW, "list": LISTS}
    on_demand = _openai.VOCABULARIES

    def check(self, state: ByteLevelState) -> None:
        """Refuse what is too long, and places that are not there."""
        if utf16_units(state.text) > LONGEST:
            raise ValueError(f"expected at most {LONGEST:,} characters; found {utf16_units(state.text):,}")
        if state.part < 0 or state.token < NONE or state.step < 0 or not 0 < state.done <= LONGEST:
            raise ValueError("expected places that are in the text")

    @event
    def write(self, text: str) -> None:
        """Take another text; of one that is too long its beginning."""
        self.state = ByteLevelState(fitting(text), below=self.state.below, list=self.state.list)

    @event
    def use(self, which: str) -> None:
        """Take another list of tokens."""
        self.change(list=which, done=FIRST, part=0, token=NONE, step=0)

    @event
    def take(self, which: str) -> None:
        """Take one of the texts that are there."""
        if which not in TEXTS:
            raise ValueError(f"expected one of {', '.join(TEXTS)}")
        self.write(TEXTS[which])

    @event
    def tick(self) -> None:
        """Do some more of a long text."""
        s = self.state
        if not _run(s).at(s.done).over:
            self.state = replace(s, done=s.done + EACH)

    @event
    def turn(self, part: str) -> None:
        """Show another part of the tokens."""
        self.change(part=part, token=NONE, step=0)

    @event
    def pick(self, token: str) -> None:
        """Look at the word that a token is of."""
        self.change(token=token, step=0)

    @event
    def go(self, step: str) -> None:
        """Show the word after some merges."""
        self.change(step=step)

    @event
    def merge(self) -> None:
        """Do one more merge; after the last one begin again."""
        word = Word.of(self.state)
        step = self.state.step + 1 if word and self.state.step < len(word.steps) else 0
        self.state = replace(self.state, step=step)

    def view(self) -> Parts:
        """Draw the text, its tokens, a word's merges, and what can be counted."""
        s = self.state
        given = next((key for key, text in TEXTS.items() if text == s.text), None)
        return {
            "controls": _controls(given, s.list, _about(s)),
            "box": text_area(
                "Your text",
                "write",
                "text",
                s.text,
                problem=_problem(s),
                within=self.id,
                most=LONGEST + 1,
                rows=3,
                dir="auto",
            ),
            "stage": tag("div", _tokens(self, s), _word(Word.of(s), s.step, using(s))),
            "readout": _readout(s),
        }


# ---------------------------------------------------------------- what is computed


def using(s: ByteLevelState) -> str:
    """Return the list that is used: GPT-2's until the one that is wanted has come."""
    return s.list if _openai.VOCABULARIES.here else "gpt2"


def _run(s: ByteLevelState) -> Run:
    return run(s.text, using(s))


@dataclass(frozen=True)
class Word:
    """The word that is looked at: the place of its first token, its bytes, and its merges."""

    start: int
    tokens: tuple[bytes, ...]
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, s: ByteLevelState) -> Word | None:
        """Find it: the pressed token's, else the first one of the part that has the most tokens."""
        at = _run(s)
        count = at.at(s.done).tokens
        if not count:
            return None
        if 0 <= s.token < count:
            which = bisect_right(at.starts, s.token) - 1
        else:
            start = _start(s, count)
            shown = range(
                bisect_right(at.starts, start) - 1, bisect_right(at.starts, min(start + SHOWN, count) - 1)
            )
            which = max(shown, key=lambda i: len(at.words[i]))
        ids = at.words[which]
        tokens = tuple(map(at.tokenizer.vocabulary.__getitem__, ids))
        return cls(at.starts[which], tokens, _steps(ids, using(s)))


@functools.lru_cache(maxsize=256)
def _steps(ids: tuple[int, ...], which: str) -> tuple[Step, ...]:
    word = tokenizer(which).decode_bytes(ids)
    return tuple(tokenizer(which).steps(word.decode("utf-8"))) if len(word) <= WIDEST else ()


def fitting(text: str) -> str:
    """Return as much of a text as is taken."""
    kept = text[:LONGEST]
    while (more := utf16_units(kept) - LONGEST) > 0:
        kept = kept[: -((more + 1) // 2)]
    # The box may have cut a pair of units in two.
    return kept[:-1] if len(kept) < len(text) and "\ud800" <= kept[-1] < "\udc00" else kept


def _start(s: ByteLevelState, count: int) -> int:
    """Return the place of the first token that is shown; a part that is not there is the last one."""
    return min(s.part, max(count - 1, 0) // SHOWN) * SHOWN


# ---------------------------------------------------------------- what is drawn


@functools.lru_cache(maxsize=16)  # a key that is typed leaves them as they are
def _controls(given: str | None, list_: str, about: str) -> Markup:
    return tag(
        "div",
        group("Texts to try", choice("take", NAMES, given, "text-{}"), look="chips slide"),
        tag(
            "div",
            tag("span", "The list of", class_="label"),
            group("The list of tokens", choice("use", LISTS, list_, "list-{}")),
            tag("p", about, class_="label", data_out="list", role="status"),
            class_="row lists",
        ),
    )


def _problem(s: ByteLevelState) -> str:
    if half := lone_surrogate(s.text):
        return (
            f"The text holds U+{ord(half):04X}, half of a character (a lone surrogate): "
            "it has no bytes, so nothing is encoded."
        )
    if utf16_units(s.text) >= LONGEST:
        return f"{LONGEST:,} characters is all that fits in here."
    return ""


def _about(s: ByteLevelState) -> str:
    if using(s) != s.list:
        return f"{LISTS[s.list]}’s is not here: load it above. Shown is GPT-2’s."
    used = tokenizer(s.list)
    marks = len(used.special_tokens)
    return f"{len(used.ranks):,} tokens and {marks} special {'one' if marks == 1 else 'ones'}"


def _tokens(figure: ByteLevel, s: ByteLevelState) -> Markup:
    at = _run(s)
    place = at.at(s.done)
    start = _start(s, place.tokens)
    ids = at.ids[start : min(start + SHOWN, place.tokens)]
    tokens = [at.tokenizer.vocabulary[id_] for id_ in ids]
    word = Word.of(s)
    lit = range(word.start, word.start + len(word.tokens)) if word else range(0)
    boxes = (
        _box(i, id_, token, s.below, i in lit)
        for i, (id_, token) in enumerate(zip(ids, tokens, strict=True), start=start)
    )
    parts = max(place.tokens - 1, 0) // SHOWN + 1
    where = (
        f"tokens {start + 1:,} to {start + len(ids):,} of {place.tokens:,}" if parts > 1 else "Press a token."
    )
    pager = (
        slider(where, "turn", "part", start // SHOWN, parts - 1, name="Part of the tokens", spoken=where)
        if parts > 1
        else tag("p", where if tokens else "There is nothing here yet.", class_="label")
    )
    return tag(
        "div",
        tag(
            "div",
            chips(figure, "below", BELOW, "Below each token", control="below-{}"),
            pager,
            class_="row over",
        ),
        flow(tokens, boxes, role="group", aria_label="Tokens", data_group="both"),
        class_="tokens",
    )


@functools.lru_cache(1 << 12)  # a key that is typed changes few of them
def _box(i: int, id_: int, token: bytes, below: str, lit: bool) -> Markup:
    under = {"ids": str(id_), "bytes": token.hex(" ").upper()}.get(below)
    return button(
        tag("bdi", held(token)),
        tag("small", under) if under else None,
        event="pick",
        arg=i,
        control=f"token-{i}",
        pressed=lit,
        class_=f"tok k{i % COLOURS}",
        aria_label=f"{spoken(token)}, token {id_}",
    )


@functools.lru_cache(maxsize=64)  # most keys leave the word that is looked at as it is
def _word(word: Word | None, step: int, which: str) -> Markup:
    if not word:
        return tag("div", class_="word")
    whole = b"".join(word.tokens)
    if len(whole) > WIDEST:
        said = f"This chunk has {len(whole):,} bytes: too many to show its merges one by one."
        return tag("div", tag("p", said, class_="said", data_out="said"), class_="word")
    used = tokenizer(which)
    first = tuple(used.byte_ids(whole.decode("utf-8")))
    states = [first, *(step.ids for step in word.steps)]
    step = min(step, len(word.steps))
    count = f"{step} of {len(word.steps)}"
    last = step == len(word.steps)
    return tag(
        "div",
        tag(
            "div",
            button(
                "from the start" if last and step else "next merge",
                event="merge",
                arg=None,
                control="merge",
                class_="chip",
            ),
            slider(
                ["merges of ", tag("bdi", held(whole)), ": ", tag("b", count, data_out="merges")],
                "go",
                "step",
                step,
                max(len(word.steps), 1),
                name="Merges that are done",
                spoken=f"{count} merges",
            ),
            class_="row",
        ),
        tag(
            "div",
            # Its bytes take the most room: what is below stays where it is while they are merged.
            tag("div", _pieces(used, first, None), class_="room", aria_hidden="true"),
            tag(
                "div", _pieces(used, states[step], None if last else word.steps[step].place), class_="pieces"
            ),
            class_="merged",
            dir=way(whole) or None,
        ),
        tag("p", _said(used, word, states[step], step), class_="said", data_out="said", role="status"),
        class_="word",
    )


def _pieces(used: RankedTokenizer, ids: tuple[int, ...], best: int | None) -> list[Markup]:
    """Draw the tokens of a word, and between neighbours the number of the token that they make."""
    drawn = [_piece(used, ids[0])] if ids else []
    for place, pair in enumerate(pairwise(ids)):
        rank = used.get(pair, NONE)
        drawn.append(tag("i", "–" if rank == NONE else rank, class_="rank best" if place == best else "rank"))
        drawn.append(_piece(used, pair[1]))
    return drawn


def _piece(used: RankedTokenizer, id_: int) -> Markup:
    return tag("bdi", held(used.vocabulary[id_]), class_="tok k2")


def _said(used: RankedTokenizer, word: Word, ids: tuple[int, ...], step: int) -> list[Child]:
    if step < len(word.steps):
        merge = word.steps[step]
        left, right = (tag("bdi", held(used.vocabulary[i])) for i in ids[merge.place : merge.place + 2])
        return ["The lowest number wins: ", left, " and ", right, " become token ", tag("b", merge.id), "."]
    if not word.steps:
        if len(ids) > 1:
            return ["No two neighbours make a token: each byte stays by itself."]
        return ["A single byte: it is a token, and there is nothing to merge."]
    many = f"{len(ids)} tokens" if len(ids) > 1 else "one token"
    return ["No two neighbours make a token any more: the chunk is ", many, "."]


def _readout(s: ByteLevelState) -> Markup:
    at = _run(s)
    place = at.at(s.done)
    done = s.text[: place.characters]
    size = len(done.encode("utf-8"))
    each = (
        f"{place.characters / place.tokens:.1f} code points a token" if place.tokens else "no text, no tokens"
    )
    rows = [
        ("code points", "characters", f"{place.characters:,}"),
        ("bytes in UTF-8", "bytes", f"{size:,}"),
        ("chunks of the split", "words", f"{place.words:,}"),
        ("tokens that are part of a character", "cut", f"{at.cut:,}" if place.over else "–"),
        ("decoded again", "decoded", ("equal" if at.equal else "different") if place.over else "–"),
    ]
    share = place.characters / len(at.text) if at.text else 1.0
    return tag(
        "div",
        headline("tokens" if place.over else "tokens so far", f"{place.tokens:,}", "tokens", each),
        readings(rows),
        tag(
            "div",
            tag("progress", value=f"{share:.3f}", aria_label="How much of the text is encoded"),
            tag("span", percent(share), data_out="share"),
            class_="run",
            data_tick="tick",
        )
        if not place.over
        else None,
        fold("The ids as a list", tag("p", _list(s), class_="list", data_out="ids")),
    )


def _list(s: ByteLevelState) -> str:
    count = _run(s).at(s.done).tokens
    start = _start(s, count)
    return ", ".join(map(str, _run(s).ids[start : min(start + SHOWN, count)]))
