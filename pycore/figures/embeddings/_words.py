"""The box in which a reader types any word of the vocabulary; several figures share it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Generic, TypeVar

from pycore.data.embeddings import word_vectors
from pycore.embeddings.vectors import WordVectors
from pycore.live import expect
from pycore.live.controls import chip, choice, group
from pycore.live.figure import Figure, event
from pycore.live.markup import Markup, tag

LONGEST = 40  # characters that are kept of what a reader types


def accept(vectors: WordVectors, typed: str) -> tuple[str, str | None]:
    """Tidy what a reader typed: the text to show in the box, and the word it names, if it names one."""
    shown = typed[:LONGEST]
    word = shown.strip().lower()
    return shown, word if word in vectors else None


def check_typed(*texts: str) -> None:
    """Refuse what no box can hold: a state from outside may say anything."""
    expect.fits(max(texts, key=len), LONGEST)


class TakesWords:
    """What a figure with word boxes answers, beside its own `type_word`; stands before `Figure` as a base."""

    def type_word(self, key: str, text: str) -> None:
        """Take what is typed into the box `key`; a known word comes into force at once."""
        raise NotImplementedError

    @event
    def choose(self, key_and_word: str) -> None:
        """Take a completion, such as "a kitten" for the box a.

        Raises
        ------
        ValueError
            When it is not a box and a word.
        """
        key, space, word = key_and_word.partition(" ")
        if not space:
            raise ValueError(f'expected box and word; found "{key_and_word}"')
        self.type_word(key, word)


S = TypeVar("S", bound=Any)


class TakesOneWord(TakesWords, Figure[S], Generic[S]):
    """A figure with one word box; its state has `word`, the one in force, and `typed`, what the box holds."""

    def vocabulary(self) -> WordVectors:
        """The words that may be typed."""
        return word_vectors()

    def check(self, state: S) -> None:
        """Refuse a word that the vocabulary lacks, and a text that no box holds."""
        self.vocabulary().id(state.word)
        check_typed(state.typed)

    @event
    def type_word(self, key: str, text: str) -> None:
        """Take what is typed; a known word comes into force at once."""
        expect.one_of("box", key, ("word",))
        shown, word = accept(self.vocabulary(), text)
        self.state = replace(self.state, typed=shown, word=word or self.state.word)

    @event
    def pick(self, word: str) -> None:
        """Take a word that is offered."""
        self.state = self.parse({"word": word, "typed": ""}, base=self.state)

    def box(self, label: str, offered: tuple[str, ...] = ()) -> Markup:
        """Draw the box, and chips for words to try."""
        s = self.state
        box = word_box(self.vocabulary(), "word", label, s.word, s.typed or s.word)
        if not offered:
            return box
        words = {word: word for word in offered}
        return tag("div", box, group("Words to try", choice("pick", words, s.word, "pick-{}")), class_="ask")


def word_box(vectors: WordVectors, key: str, label: str, word: str, typed: str) -> Markup:
    """Draw a text box with completions below it.

    The page sends `type_word(key, text)` at each keystroke and `choose(key, word)` from a completion.

    Parameters
    ----------
    key
        Tells several boxes of a figure apart; also the control's name.
    label
        What stands before the box.
    word, typed
        The word in force, and what stands in the box; they differ while the reader types.
    """
    hint = f"{key}-hint"
    return tag(
        "div",
        tag("label", label, tag("input", **_box(key, word, typed, hint))),
        tag(
            "div",
            _hint(vectors, key, word, typed),
            class_="hint",
            data_hint=hint,
            data_group="horizontal",
            role="status",
        ),
        class_="word-box",
    )


def _box(key: str, word: str, typed: str, hint: str) -> dict[str, str]:
    return {
        "type": "text",
        "value": typed,
        "placeholder": word,  # an emptied box still tells which word is shown
        "data_control": key,
        "data_on_input": "type_word",
        "data_arg": key,
        "data_completes": hint,
        "autocomplete": "off",
        "autocapitalize": "none",
        "spellcheck": "false",
        "maxlength": str(LONGEST),
        "enterkeyhint": "done",
    }


def _hint(vectors: WordVectors, key: str, word: str, typed: str) -> list[Markup | str]:
    text = typed.strip().lower()
    if not text or text == word:
        return []
    # A known word that is not in force was refused, because the figure needs different words.
    if text in vectors:  # and no other word is offered, which Enter would take
        return [f"“{text}” is in use already: this needs different words. "]
    if found := vectors.complete(text, 6):
        return [_choice(key, w) for w in found]
    near = vectors.suggest(text, 4)
    sorry = f"“{text}” is not among these {len(vectors):,} words."
    if not near:
        return [sorry, f" Still showing “{word}”."]
    return [sorry, " Did you mean ", *(_choice(key, w) for w in near)]


def _choice(key: str, word: str) -> Markup:
    return chip(word, "choose", f"{key} {word}", f"{key}-{word}")
