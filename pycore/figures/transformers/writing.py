"""FIG.07: a language model writes: what may come next, how one is drawn, and the reader may choose another.

Our own small model is there at once; SmolLM2 comes on demand. Each draw has its own number, from the seed and
the token's place, so going back and on gives the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.data.transformers.speeches import MODEL
from pycore.figures.tokenizers._coloured import held, spoken
from pycore.figures.transformers import _models
from pycore.figures.transformers._models import OWN, SIZES, SMOLLM2
from pycore.figures.transformers._writing import (
    ALL,
    ANEW,
    BEGINNINGS,
    END,
    LONGEST,
    MOST,
    WritingState,
    busy,
    over,
    problem,
    scores,
    tokens,
)
from pycore.live import expect
from pycore.live.controls import button, chip, choice, group
from pycore.live.figure import Parts, event
from pycore.live.inputs import text_area
from pycore.live.markup import Child, Markup, rough_percent, tag
from pycore.live.player import Plays
from pycore.live.readout import fold, honest
from pycore.live.scale import Scale
from pycore.live.settings import chips, flip, slide
from pycore.transformers.llama import Llama
from pycore.transformers.sampling import draw, probabilities

MODELS = {OWN: "our own, small", SMOLLM2: "SmolLM2"}
ROWS = 8  # tokens that are listed
TOP_K = (ALL, 1, 2, 5, 10, 40)


class Writing(Plays[WritingState]):
    """Press a token, or let the model draw one."""

    State = WritingState
    data = (MODEL,)
    code = (probabilities, draw, Llama.write)
    settings = {
        "temperature": Scale(0, 2, steps=20),
        "top_k": TOP_K,
        "top_p": Scale(0.1, 1, steps=18),
        "answer": (True, False),
    }
    on_demand = _models.ON_DEMAND

    def check(self, state: WritingState) -> None:
        """Refuse what no press leads to."""
        expect.one_of("model", state.model, MODELS)
        expect.fits(state.beginning, LONGEST)
        if len(state.written) > MOST or any(
            not 0 <= id_ < SIZES[SMOLLM2].vocabulary for id_ in state.written
        ):
            raise ValueError(f"expected at most {MOST} tokens that a model has")
        places = range(len(state.written))
        if not set(state.mine) <= set(places) or state.look not in (END, *places):
            raise ValueError("expected places of tokens that are written")
        if state.model == OWN and any(id_ >= SIZES[OWN].vocabulary for id_ in state.written):
            raise ValueError("expected tokens that our own model has: 0 to 2,047")

    # ------------------------------------------------------------ events

    @event
    def use(self, model: str) -> None:
        """Take another model, with a beginning that suits it."""
        expect.one_of("model", model, MODELS)
        self._begin(next(iter(BEGINNINGS[model].values())), model=model)

    @event
    def take(self, which: str) -> None:
        """Take one of the beginnings that are there."""
        known = BEGINNINGS[self.state.model]
        expect.one_of("beginning", which, known)
        self._begin(known[which])

    @event
    def type_beginning(self, text: str) -> None:
        """Begin with what is typed."""
        self._begin(text, answer=self.state.answer)

    def _begin(self, text: str, **others: object) -> None:
        model = others.get("model", self.state.model)
        asks = model == SMOLLM2 and text in BEGINNINGS[SMOLLM2].values() and text.endswith("?")
        self.change(**{"answer": asks, "beginning": text, **ANEW, **others})

    def also(self, field: str, value: Any) -> Mapping[str, object]:
        """Begin anew with another form of the question."""
        return ANEW if field == "answer" and value != self.state.answer else {}

    @event
    def again(self) -> None:
        """Go back to the beginning, with other draws."""
        self.change(**ANEW, seed=(self.state.seed + 1) % 1000)

    @event
    def choose(self, token: str) -> None:
        """Put a token of the reader's own choice where the figure looks; what stood from there on goes."""
        s = self.state
        at = len(s.written) if s.look == END else s.look
        if not token.isdecimal() or len(token) > 6:
            raise ValueError(f'expected the number of a token; found "{expect.cut(token, 20)}"')
        if at >= MOST:
            raise ValueError(f"{MOST} tokens are all that find room: start over, or go back")
        kept = tuple(place for place in s.mine if place < at)
        self.change(written=(*s.written[:at], int(token)), mine=(*kept, at), look=END, playing=False)

    @event
    def go_to(self, place: str) -> None:
        """Look at what a token was chosen from; the one that is looked at already leads to the end."""
        at = int(place) if place.isdecimal() and len(place) < 4 else END
        self.change(look=END if at == self.state.look else at, playing=False)

    @event
    def play(self) -> None:
        """Write on, or pause."""
        self.change(look=END)
        super().play()

    @event
    def step_once(self) -> None:
        """Draw one token."""
        self.change(look=END, playing=False)
        self.advance(0)

    @event
    def work(self) -> None:
        """Do a bit of what SmolLM2 needs before it can write."""
        s = self.state
        if _models.here(s.model):
            if _models.unpacking(s.model):
                _models.unpack(s.model)
            elif _models.left(s.model, read := tokens(s)):
                _models.read_on(s.model, read)

    def advance(self, seconds: float) -> None:
        """Draw one token, unless the text has ended or the model has not read it yet."""
        s = self.state
        if busy(s) or not _models.here(s.model):
            return
        if over(s):
            self.change(playing=False)
            return
        at = float(np.random.default_rng([s.seed, len(s.written)]).random())
        token = draw(_now(s), at)
        self.state = replace(s, written=(*s.written, token))
        if over(self.state):
            self.change(playing=False)

    # ------------------------------------------------------------ the picture

    def view(self) -> Parts:
        """Draw the text, what may come next, and how one is drawn."""
        s = self.state
        given_texts = BEGINNINGS[s.model]
        given = next((key for key, text in given_texts.items() if text == s.beginning), None)
        labels = {key: text if text.endswith("?") else f"{text} …" for key, text in given_texts.items()}
        return {
            "controls": tag(
                "div",
                tag(
                    "div",
                    tag("span", "Model", class_="label"),
                    group("Model", choice("use", MODELS, s.model, "model-{}")),
                    class_="row",
                ),
                group("Beginnings", choice("take", labels, given, "begin-{}"), look="chips slide"),
            ),
            "stage": tag("div", self._text(), self._run()),
            "readout": self._next(),
            "more": self._more(),
        }

    def _run(self) -> Markup:
        playing = self.state.playing
        return tag(
            "div",
            chip("draw one", "step_once", None, "step"),
            chip("❚❚ pause" if playing else "▶ write on", "play", None, "play"),
            chip("again", "again", None, "again", name="Start over, with other draws"),
            tag("span", hidden=True, data_tick="tick", data_tick_seconds=True) if self._ticks() else None,
            class_="player",
            role="group",
            aria_label="Writing",
            data_group="horizontal",
        )

    def _ticks(self) -> bool:
        return self.state.playing and _models.here(self.state.model) and not busy(self.state)

    def _text(self) -> Markup:
        """Draw the text: what was given, then the tokens, each a button that leads back to it."""
        s = self.state
        parts: list[Child] = [tag("span", s.beginning, class_="given"), tag("br") if s.answer else None]
        if _models.here(s.model) and not _models.unpacking(s.model):
            vocabulary = _models.tokenizer(s.model).vocabulary
            special = _models.tokenizer(s.model).special_tokens.values()
            for place, id_ in enumerate(s.written):
                if id_ >= len(vocabulary):
                    break
                token = vocabulary[id_]
                shown = "■" if id_ in special else held(token.removeprefix(b" "))
                parts += [
                    " " if token.startswith(b" ") else None,
                    button(
                        shown,
                        event="go_to",
                        arg=place,
                        control=f"word-{place}",
                        pressed=place == s.look,
                        class_="w mine" if place in s.mine else "w",
                        aria_label=f"{_spoken(token, id_ in special)}, token {place + 1}",
                    ),
                    tag("br") if b"\n" in token else None,
                ]
        if s.look == END:
            parts.append(tag("i", class_="caret", aria_hidden="true"))
        return tag(
            "div",
            tag("div", parts, role="group", aria_label="The text", data_group="both"),
            class_="text",
            dir="auto",
            tabindex=0,
            role="group",
            aria_label="The text so far",
        )

    def _next(self) -> Markup:
        """List the likeliest tokens, with their chances as they are drawn from."""
        s = self.state
        if not _models.here(s.model):
            return _waiting(
                "SmolLM2 is not here: see the line above. Once loaded, it writes here as ours does."
            )
        if doing := busy(s):
            return _waiting(doing, tag("span", hidden=True, data_tick="work"))
        if s.look == END and (why := over(s)):
            return _waiting(why)
        plain, now = probabilities(scores(s)), _now(s)
        order = np.argsort(-plain, kind="stable")
        listed = order[:ROWS].tolist()
        chosen = s.written[s.look] if s.look != END else None
        if chosen is not None and chosen not in listed:
            listed[-1] = chosen
        vocabulary = _models.tokenizer(s.model).vocabulary
        special = set(_models.tokenizer(s.model).special_tokens.values())
        rows = [
            button(
                tag("bdi", "■ the end" if id_ in special else held(vocabulary[id_]), class_="what"),
                tag("i", style=f"--v:{100 * now[id_]:.0f};--w:{100 * plain[id_]:.0f}"),
                tag("b", rough_percent(float(now[id_])), data_out=f"chance-{row}"),
                event="choose",
                arg=id_,
                control=f"next-{row}",
                pressed=id_ == chosen,
                class_="next" if now[id_] else "next out",
                aria_label=f"{_spoken(vocabulary[id_], id_ in special)}, {rough_percent(float(now[id_]))}",
            )
            for row, id_ in enumerate(listed, 1)
        ]
        rest = max(0.0, 1 - float(now[listed].sum()))
        possible = int((now > 0).sum()) - sum(bool(now[id_]) for id_ in listed)
        return tag(
            "div",
            tag(
                "p",
                "Next: press the one you want" if chosen is None else "What it was chosen from",
                tag("span", self._heard(), class_="spoken"),
                class_="label",
                role="status",
            ),
            tag("div", rows, class_="list", role="group", aria_label="Next tokens", data_group="vertical"),
            tag(
                "p",
                f"{possible:,} others: " if possible else "no others: ",
                tag("b", rough_percent(rest) if possible else "0 %", data_out="rest"),
                class_="rest",
            ),
            slide(self, "temperature", "temperature", f"{s.temperature:.1f}"),
            tag("p", _heat(s.temperature), class_="label said", data_out="heat"),
            class_="next-token",
        )

    def _heard(self) -> str:
        """Say which token was written last, or is looked at; while it writes on, the end alone is told."""
        s = self.state
        if s.playing or not s.written:
            return ""
        place = s.look if s.look != END else len(s.written) - 1
        model = _models.tokenizer(s.model)
        id_ = s.written[place]
        said = _spoken(model.vocabulary[id_], id_ in model.special_tokens.values())
        return f": {said}, token {place + 1}" if s.look != END else f", after {said}, token {place + 1}"

    def _more(self) -> Markup:
        s = self.state
        limits = {value: str(value) if value else "all" for value in TOP_K}
        return tag(
            "div",
            fold(
                "Cut off the tail: top-k and top-p",
                tag(
                    "div",
                    tag("span", "top-k: keep the likeliest", class_="label"),
                    chips(self, "top_k", limits, "Top-k", control="top-k-{}"),
                    class_="row",
                ),
                slide(
                    self,
                    "top_p",
                    "top-p: keep the fewest that reach",
                    rough_percent(s.top_p),
                    control="top-p",
                ),
            ),
            fold(
                "Write your own beginning",
                text_area(
                    "begin with",
                    "type_beginning",
                    "own",
                    s.beginning,
                    problem=problem(s),
                    within=self.id,
                    most=LONGEST,
                    rows=3,
                    dir="auto",
                ),
                flip(self, "answer", "as a question that SmolLM2 answers") if s.model == SMOLLM2 else None,
            ),
            honest(ABOUT[s.model]),
        )


ABOUT = {
    OWN: "Ours has 1.2 million weights and has read nothing but presidents’ speeches to the "
    "Congress of the United States, up to 2021. It knows their tone, and nothing about the world.",
    SMOLLM2: "SmolLM2-135M-Instruct (Allal et al. 2025, Apache-2.0), in 4 bits. It is small as such models "
    "go, and says false things as fluently as true ones.",
}


def _now(s: WritingState) -> Floats:
    """Return the chances as they are drawn from."""
    return probabilities(scores(s), s.temperature, s.top_k or None, s.top_p)


def _waiting(text: str, *others: Child) -> Markup:
    return tag(
        "div", tag("p", text, class_="verdict", role="status", data_out="said"), *others, class_="next-token"
    )


def _heat(temperature: float) -> str:
    if temperature == 0:
        return "0: always the likeliest"
    if temperature == 1:
        return "1: the chances as the model gives them"
    return "below 1: the likely gets likelier" if temperature < 1 else "above 1: the unlikely gets likelier"


def _spoken(token: bytes, special: bool) -> str:
    return "the end" if special else spoken(token)
