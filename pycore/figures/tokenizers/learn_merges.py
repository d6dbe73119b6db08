"""FIG.03: byte pair encoding learns its merges from a text that the reader may write.

The state holds how many merges are done, not the merges: they follow from the text. What is merged next, and
why, is always in sight: the pairs are counted, the largest count wins, and of equal ones the lowest ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pycore.figures.tokenizers._pieces import piece, token
from pycore.live import expect
from pycore.live.controls import button, chip
from pycore.live.figure import Parts, event
from pycore.live.inputs import text_area
from pycore.live.markup import Markup, join, tag
from pycore.live.player import Plays
from pycore.live.readout import headline
from pycore.live.settings import chips
from pycore.tokenizers.bpe_steps import StepwiseTraining
from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.byte_alphabet import BYTES
from pycore.tokenizers.pretokenize import split_words

TEXTS = {
    "woodchuck": (
        "How much wood would a woodchuck chuck if a woodchuck could chuck wood? A woodchuck would chuck as "
        "much wood as a woodchuck could chuck if a woodchuck could chuck wood."
    ),
    "banana": "banana bandana, cabana banana: a banana in a bandana in a cabana",
    "aaa": "aaa aaaa aaaaa aaaaaaaaaa",
}
LABELS = {"woodchuck": "a tongue-twister", "banana": "banana bandana", "aaa": "aaa aaaa", "own": "your own"}
LONGEST = 1500  # characters of one's own text
MOST = 3000  # merges: more than such a text can give
PACE = 0.35  # seconds from merge to merge while it plays
ROWS = 6  # pairs that are listed
RECENT = 60  # learned tokens that are listed
WIDEST = 24  # bytes of a token whose tree is drawn; longer ones end in their parts


@dataclass(frozen=True)
class LearnMergesState:
    """The text, how many merges are done, and which learned token is looked at (0: the newest)."""

    text: str = "woodchuck"
    own: str = ""
    merges: int = 0
    token: int = 0
    playing: bool = False


class LearnMerges(Plays[LearnMergesState]):
    """Merge the most frequent pair, again and again."""

    State = LearnMergesState
    code = (learn_merges, StepwiseTraining.counts, StepwiseTraining.ranked)
    settings = {"text": LABELS}

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._passed = 0.0  # seconds since the last merge

    def check(self, state: LearnMergesState) -> None:
        """Refuse what no press leads to."""
        expect.fits(state.own, LONGEST)
        expect.between("merges", state.merges, MOST)
        if state.token and not len(BYTES) <= state.token < len(BYTES) + MOST:
            raise ValueError(f"expected a learned token, found {state.token}")

    # ------------------------------------------------------------ events

    def also(self, field: str, value: Any) -> Mapping[str, object]:
        """Begin with the bytes of another text."""
        return {"merges": 0, "token": 0, "playing": False}

    @event
    def write(self, text: str) -> None:
        """Learn from what is typed."""
        self.change(own=text, text="own", merges=0, token=0, playing=False)

    @event
    def merge(self, count: str) -> None:
        """Do so many merges, or take them back."""
        if count not in ("1", "10", "-1"):
            raise ValueError(f'expected to merge 1, 10 or -1 times; found "{expect.cut(count, 20)}"')
        self._go(self._done() + int(count), playing=False)

    @event
    def again(self) -> None:
        """Go back to the bytes."""
        self._go(0, playing=False)

    @event
    def play(self) -> None:
        """Go on by itself, or pause; after the end, from the start."""
        self._passed = PACE
        if not self.state.playing and self._ended():
            self._go(0, playing=True)
        else:
            super().play()

    def advance(self, seconds: float) -> None:
        """Merge once when it is time."""
        self._passed += seconds
        if self._passed >= PACE:
            self._passed = 0.0
            self._go(self._done() + 1, playing=True)
            if self._ended():
                self.change(playing=False)

    @event
    def look(self, token: str) -> None:
        """Look at how a token is made."""
        learned = range(len(BYTES), len(BYTES) + self._done())
        if not token.isdecimal() or len(token) > 4 or int(token) not in learned:
            raise ValueError(f'expected a learned token; found "{expect.cut(token, 20)}"')
        self.change(token=token)

    def _go(self, merges: int, playing: bool) -> None:
        merges = self._training().learn(min(max(merges, 0), MOST))
        kept = self.state.token if self.state.token < len(BYTES) + merges else 0
        self.change(merges=merges, token=kept, playing=playing)

    # ------------------------------------------------------------ what is computed

    def _text(self) -> str:
        return self.state.own if self.state.text == "own" else TEXTS[self.state.text]

    def _training(self) -> StepwiseTraining:
        """Return the training of the text; its steps are kept while the text stays."""
        text = self._text()
        if getattr(self, "_of", None) != text:
            self._steps = StepwiseTraining(Counter(split_words(text)))
            self._of = text
        return self._steps

    def _done(self) -> int:
        """How many merges are done: a link may ask for more than there are."""
        return self._training().learn(self.state.merges)

    def _ended(self) -> bool:
        done = self._done()
        return self._training().learn(done + 1) == done

    # ------------------------------------------------------------ the picture

    def view(self) -> Parts:
        """Draw the text in tokens, the pairs, what was learned, and how one token is made."""
        done, training = self._done(), self._training()
        ranked = training.ranked(done, ROWS)
        playing = self.state.playing
        return {
            "controls": chips(self, "text", LABELS, "Learn from", control="text-{}"),
            "own": text_area(
                "learn from this text, or write your own",
                "write",
                "own",
                self._text(),
                within=self.id,
                most=LONGEST,
                rows=2,
                dir="auto",
            ),
            "run": tag(
                "div",
                button("merge", event="merge", arg="1", control="merge", class_="chip main"),
                button(
                    "ten", event="merge", arg="10", control="ten", class_="chip", aria_label="Merge ten times"
                ),
                chip("❚❚ pause" if playing else "▶ run", "play", None, "play"),
                chip("back", "merge", "-1", "back"),
                chip("start over", "again", None, "again"),
                tag("span", hidden=True, data_tick="tick", data_tick_seconds=True) if playing else None,
                class_="player",
                role="group",
                aria_label="Merging",
                data_group="horizontal",
            ),
            "stage": self._drawn(done, ranked),
            "readout": self._pairs(done, ranked),
            "learned": self._learned(done),
        }

    def _drawn(self, done: int, ranked: list[tuple[tuple[int, int], int]]) -> Markup:
        """Draw the text; the newest token is filled, and what is merged next has a line below it."""
        training = self._training()
        coming = ranked[0][0] if ranked and ranked[0][1] > 1 else None
        newest = len(BYTES) + done - 1 if done else None
        words: dict[str, Markup] = {}
        written = []
        for word in split_words(self._text()):
            if word not in words:
                ids, looks = training.tokens(word, done), _looks(training.tokens(word, done), coming, newest)
                words[word] = tag(
                    "span", (token(training.vocabulary[i], look) for i, look in zip(ids, looks, strict=True))
                )
            written.append(words[word])
        return tag(
            "div",
            written or tag("p", "There is no text yet: write one above.", class_="verdict"),
            class_="text",
            dir="auto",
            tabindex=0,
            role="group",
            aria_label="The text in tokens",
        )

    def _pairs(self, done: int, ranked: list[tuple[tuple[int, int], int]]) -> Markup:
        training = self._training()
        count = sum(len(training.tokens(word, done)) for word in split_words(self._text()))
        most = ranked[0][1] if ranked else 0
        if not ranked:
            told = "Nothing is left to pair."
        elif most < 2:
            told = "Every pair that is left occurs once: learning ends."
        elif len(ranked) > 1 and ranked[1][1] == most:
            tied = sum(times == most for times in training.counts(done).values())
            told = f"A tie: {tied} pairs occur {most:,} times. The earliest in the vocabulary goes first."
        else:
            told = "The largest count is merged next."
        rows = [
            tag(
                "tr",
                tag("th", token(training.vocabulary[left]), token(training.vocabulary[right]), scope="row"),
                tag(
                    "td",
                    tag("i", style=f"--v:{100 * times // most}"),
                    tag("b", f"{times}", data_out=f"count-{place}"),
                ),
                class_="next" if place == 1 and times > 1 else None,
            )
            for place, ((left, right), times) in enumerate(ranked, 1)
        ]
        return tag(
            "div",
            headline("tokens in the text", f"{count:,}", "tokens", told),
            tag(
                "table",
                tag("caption", "pairs of neighbours, counted", class_="label"),
                tag("tbody", rows),
                class_="pairs",
            ),
        )

    def _learned(self, done: int) -> Markup:
        training = self._training()
        size = len(BYTES) + done
        chosen = self.state.token if len(BYTES) <= self.state.token < size else size - 1
        newest = range(size - 1, max(len(BYTES), size - RECENT) - 1, -1)
        hidden = done - len(newest)
        listed = tag(
            "div",
            (
                button(
                    tag("b", i),
                    " ",
                    tag("bdi", piece(training.vocabulary[i])[0]),
                    event="look",
                    arg=i,
                    control=f"token-{i}",
                    pressed=i == chosen,
                    class_="chip",
                )
                for i in newest
            ),
            class_="tokens",
            role="group",
            aria_label="Learned tokens, the newest first",
            data_group="both",
        )
        label = [
            "vocabulary: 256 bytes",
            [" and ", tag("b", f"{done:,}", data_out="merges"), " learned, the newest first"],
            f"; {hidden:,} older ones are not listed" if hidden else "",
        ]
        made = self._tree(chosen) if done else tag("p", "No merge is done yet.", class_="verdict")
        return join(
            [
                tag("div", tag("p", label, class_="label"), listed),
                tag(
                    "div",
                    tag("p", "how it is made: press a token", class_="label"),
                    tag(
                        "div",
                        made,
                        class_="tree",
                        tabindex=0,
                        role="group",
                        aria_label="How the token is made",
                    ),
                ),
            ]
        )

    def _tree(self, id_: int, depth: int = 0) -> Markup:
        """Draw a token above the two that it is made of, down to bytes."""
        training = self._training()
        data = training.vocabulary[id_]
        top = tag("span", token(data), tag("b", id_) if id_ >= len(BYTES) else None)
        if id_ < len(BYTES) or (depth and len(data) > WIDEST):
            return tag("div", top)
        below = (self._tree(part, depth + 1) for part in training.merges[id_ - len(BYTES)])
        return tag("div", top, tag("div", below, class_="parts"))


def _looks(ids: tuple[int, ...], coming: tuple[int, int] | None, newest: int | None) -> list[str]:
    """Say how each token of a word looks: new, or one of two that are merged next, from left to right."""
    looks = ["new" if i == newest else "" for i in ids]
    at = 0
    while at < len(ids) - 1:
        if (ids[at], ids[at + 1]) == coming:
            looks[at] = f"{looks[at]} first".strip()
            looks[at + 1] = f"{looks[at + 1]} second".strip()
            at += 1
        at += 1
    return looks
