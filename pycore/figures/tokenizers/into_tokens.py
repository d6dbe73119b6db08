"""FIG.00: a sentence falls into GPT-2's tokens, and their numbers are what a model gets."""

from __future__ import annotations

from dataclasses import dataclass

from pycore.data.tokenizers import vocabularies
from pycore.figures.tokenizers._coloured import box, flow, spoken
from pycore.live.controls import chip, group
from pycore.live.figure import Parts, event
from pycore.live.film import Film, FilmState
from pycore.live.markup import Markup, tag
from pycore.tokenizers.ranked import RankedTokenizer

SENTENCES = {
    "english": ("English", "The kitten tiptoed over my keyboard."),
    "german": ("Deutsch", "Die Katze saß auf meiner Tastatur."),
    "japanese": ("日本語", "猫が座った。"),
}


@dataclass(frozen=True)
class IntoTokensState(FilmState):
    """Which sentence falls."""

    shown: str = "english"


class IntoTokens(Film[IntoTokensState]):
    """Take a sentence, and let it fall again."""

    State = IntoTokensState
    data = (vocabularies.GPT2,)
    code = (RankedTokenizer.encode,)
    settings = {"shown": SENTENCES}

    @event
    def show(self, which: str) -> None:
        """Take another sentence."""
        self.change(shown=which, again=not self.state.again)

    def view(self) -> Parts:
        """Draw the sentence, its tokens with their numbers, and the list that they make."""
        s = self.state
        text = SENTENCES[s.shown][1]
        ids = vocabularies.gpt2().encode(text)
        return {
            "stage": tag(
                "div",
                tag("p", text, class_="sentence", lang={"german": "de", "japanese": "ja"}.get(s.shown)),
                _tokens(ids),
                tag("p", f"[{', '.join(map(str, ids))}]", class_="ids", data_out="ids"),
                class_=self.film,
            ),
            "controls": group(
                "Sentences",
                (
                    chip(name, "show", key, f"show-{key}", key == s.shown)
                    for key, (name, _) in SENTENCES.items()
                ),
                chip("replay", "replay", None, "replay"),
            ),
        }


def _tokens(ids: list[int]) -> Markup:
    tokens = [vocabularies.gpt2().vocabulary[id_] for id_ in ids]
    boxes = (
        box(
            token,
            place,
            id_,
            style=f"--i:{place}",
            role="img",
            aria_label=f"{spoken(token)}, token {id_}",
        )
        for place, (id_, token) in enumerate(zip(ids, tokens, strict=True))
    )
    return flow(tokens, boxes)
