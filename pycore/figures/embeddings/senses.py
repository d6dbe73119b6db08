"""FIG.06: one vector for the word *bank*, or one for each sentence: real hidden states, layer by layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pycore.data.embeddings import bank_states, word_vectors
from pycore.embeddings.projection import pca
from pycore.embeddings.similarity import top_k
from pycore.figures.embeddings import _encoder
from pycore.figures.embeddings._senses import (
    HEIGHT,
    LAST,
    WIDTH,
    WORD,
    Own,
    Scene,
    SensesState,
    problem,
    said,
    with_own,
)
from pycore.live import expect
from pycore.live.controls import button, chip, choice, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.histogram import ends, opposed
from pycore.live.markup import Markup, moved, percent, signed, tag
from pycore.live.readout import fold, headline, nearest_words, readings

KINDS = {"static": "static: one for the word", "contextual": "contextual: one for each sentence"}
DOT = 6.0  # half the width of a point
LONGEST = 200  # characters of a sentence of the reader's own


class Senses(Figure[SensesState]):
    """Choose a sentence and a layer; see where its *bank* lies, and which other *bank* is nearest."""

    State = SensesState
    data = ("embeddings/bank-states.npz", "embeddings/bank-states.json", "embeddings/glove-100d.npz")
    code = (pca, top_k)
    on_demand = _encoder.ON_DEMAND

    def check(self, state: SensesState) -> None:
        """Refuse layers and sentences that are not there."""
        expect.between("a layer", state.layer, LAST)
        expect.between("a sentence", state.chosen, len(bank_states().sentences) - 1)
        expect.fits(state.typed, LONGEST)

    @event
    def show(self, kind: str) -> None:
        """Show "static" or "contextual" vectors."""
        expect.one_of("vectors", kind, KINDS)
        self.state = replace(self.state, static=kind == "static")

    @event
    def go_to(self, layer: str) -> None:
        """Show the contextual vectors of a layer."""
        self.state = self.parse({"layer": layer, "static": False}, base=self.state)

    @event
    def centre(self) -> None:
        """Take the mean off the contextual vectors, or put it back."""
        self.state = replace(self.state, centred=self.state.static or not self.state.centred, static=False)

    @event
    def choose(self, sentence: str) -> None:
        """Choose a sentence, by its number."""
        self.state = self.parse({"chosen": sentence}, base=self.state)

    @event
    def type_own(self, text: str) -> None:
        """Take a sentence of the reader's own."""
        self.change(typed=text)

    def view(self) -> Parts:
        """Draw controls, picture, sentences, readouts, and the histogram of all cosines."""
        s = self.state
        scene = Scene.of_word() if s.static else Scene.of_layer(s.layer, s.centred)
        scene, own = with_own(scene, s)
        return {
            "controls": tag("div", _controls(s), fold("A sentence of your own", _own_box(s, own, self.id))),
            "stage": _stage(scene, s, own),
            "sentences": _sentences(scene, s),
            "readout": _readout(scene, s),
            "pairs": _pairs(scene, s),
        }


# ---------------------------------------------------------------- what is drawn


def _controls(s: SensesState) -> Markup:
    layers = {str(k): str(k) for k in range(LAST + 1)}
    layer = None if s.static else str(s.layer)
    return tag(
        "div",
        group("Which vectors of bank", choice("show", KINDS, "static" if s.static else "contextual")),
        tag(
            "div",
            tag("span", "layer", class_="label"),
            group("Layer", choice("go_to", layers, layer, "layer-{}"), look="steps"),
            chip("remove the mean", "centre", None, "centre", s.centred and not s.static),
            class_="row",
        ),
        tag("p", _explain(s), class_="note", role="status"),
    )


def _own_box(s: SensesState, own: Own | None, within: str) -> Markup:
    """Draw the field for the reader's own sentence, and the sentences nearest to it."""
    sentences = bank_states().sentences
    rows = [] if s.static or not own else [(sentences[i], float(own.cosines[i])) for i in own.nearest]
    return _encoder.field(
        f"with the word {WORD} in it",
        s.typed,
        said(s, own),
        rows,
        problem=problem(s.typed),
        within=within,
        most=LONGEST,
        lines=2,
    )


def _explain(s: SensesState) -> str:
    """Say what vectors these are."""
    if s.static:
        return (
            "GloVe gives the word one vector, whatever stands around it: 24 sentences, one point, nearer to "
            "money than to river in all of them."
        )
    if s.layer == 0:
        distinct = len(np.unique(bank_states().states[:, 0], axis=0))
        return (
            f"Layer 0: word and position, before any attention. 24 sentences, {distinct} different points; "
            "of several equally near, the first counts as nearest."
        )
    rounds = f"{s.layer} round{'s' * (s.layer > 1)}"
    return (
        f"Layer {s.layer} of {LAST}: {WORD} after {rounds} of attention to the other words of its sentence. "
        "Each layer is drawn at its own scale."
    )


def _stage(scene: Scene, s: SensesState, own: Own | None) -> Markup:
    looks = [("river", "river"), ("money", "money"), ("any hollow", "hollow: nearest has the other sense")]
    if s.static:
        looks = [("any", f"{WORD}, in every sentence")]
    if own:
        looks.append(("own", "yours"))
    legend = (tag("span", tag("i", class_=f"mark {look}"), " ", name) for look, name in looks)
    return tag(
        "div",
        tag("p", legend, class_="legend"),
        tag(
            "svg",
            # The same groups and rings in every state: so a point stays the same element, and can glide.
            tag("g", None if s.static else _line(scene, s.chosen), class_="links"),
            tag("g", (_word(scene, *word) for word in scene.words), class_="words"),
            tag("g", (_point(scene, s, i) for i in range(len(scene.flat))), class_="points"),
            tag("circle", class_="near", r=12, style=_at(scene, scene.nearest[s.chosen])),
            tag("circle", class_="chosen", r=14, style=_at(scene, s.chosen)),
            _own_point(scene, s, own) if own else None,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            class_="static" if s.static else None,
            role="img",
            aria_label=_summary(scene, s) + (f" Yours: {said(s, own)}" if own else ""),
        ),
        tag("p", _flattened(scene), class_="label"),
    )


def _flattened(scene: Scene) -> list[Markup | str]:
    """Say what the picture cannot show."""
    if scene.variance is None:
        return ["Three points lie in one plane, so their distances here are the real ones."]
    share = tag("b", percent(scene.variance), data_out="variance")
    tail = " of the variance. Neighbours are sought in all 384 dimensions: the nearest need not look nearest."
    return ["This plane, the best one, holds ", share, tail]


def _line(scene: Scene, chosen: int) -> Markup:
    """Draw the line from the chosen sentence to its nearest, dashed when the senses differ."""
    (x1, y1), (x2, y2) = scene.flat[[chosen, scene.nearest[chosen]]].tolist()
    dashes = None if scene.right(chosen) else "4 4"
    return tag("line", class_="link", x1=x1, y1=y1, x2=x2, y2=y2, stroke_dasharray=dashes)


def _word(scene: Scene, word: str, x: float, y: float, cosine: float) -> Markup:
    """Draw a word beside the static vector, and its cosine on the way to it."""
    bx, by = scene.flat[0].tolist()
    middle = {"x": (x + bx) / 2, "y": (y + by) / 2 + 4}
    return tag(
        "g",
        tag("line", x1=bx, y1=by, x2=x, y2=y),
        tag("circle", cx=x, cy=y, r=4),
        tag("text", word, x=x, y=y - 14, text_anchor="middle"),
        tag("text", signed(cosine), class_="cos", text_anchor="middle", **middle),
        class_="word",
    )


def _point(scene: Scene, s: SensesState, i: int) -> Markup:
    # A finger's size, but not so large that the neighbour's point cannot be pressed.
    apart = sorted(np.hypot(*(scene.flat - scene.flat[i]).T).tolist())[1]
    grip = min(max(apart / 2, DOT + 3), 22.0)
    rounded = DOT if s.static or bank_states().senses[i] == "river" else 1
    return tag(
        "g",
        tag("title", bank_states().sentences[i]),
        tag("circle", class_="grip", r=grip),
        tag("rect", class_="dot", x=-DOT, y=-DOT, width=2 * DOT, height=2 * DOT, rx=rounded),
        class_=_look(scene, s, i),
        style=_at(scene, i),
        data_on_click="choose",
        data_arg=i,
        data_control=f"point-{i}",
    )


def _own_point(scene: Scene, s: SensesState, own: Own) -> Markup:
    """Draw the reader's own point, and a line to its nearest."""
    x, y = own.place
    x2, y2 = scene.flat[own.nearest[0]].tolist()
    line = None if s.static else tag("line", x1=x, y1=y, x2=x2, y2=y2)
    mark = tag("path", d="M0-10 10 0 0 10-10 0z")
    return tag("g", line, tag("g", tag("title", s.typed), mark, style=moved(x, y)), class_="own")


def _look(scene: Scene, s: SensesState, i: int) -> str:
    """Name the look of a sentence, the same in the picture and in the list."""
    return bank_states().senses[i] + ("" if s.static or scene.right(i) else " hollow")


def _at(scene: Scene, i: int) -> str:
    """Place an element by a style, which the style sheet lets glide from layer to layer."""
    return moved(*scene.flat[i].tolist())


def _summary(scene: Scene, s: SensesState) -> str:
    """Say what the picture shows."""
    bank, n = bank_states(), len(scene.flat)
    if s.static:
        near = " and ".join(f"{signed(cosine)} with {word}" for word, _, _, cosine in scene.words)
        return f"One point for {WORD} in all {n} sentences. Its cosine is {near}."
    left = scene.flat[:, 0] < WIDTH / 2
    river = int(sum(left & (np.array(bank.senses) == "river")))
    return (
        f"Layer {s.layer}: a point for {WORD} in each of {n} sentences. The left half holds "
        f"{river} of 12 river and {sum(left) - river} of 12 money sentences. "
        f"{n - scene.score} have a nearest neighbour of the other sense. "
        f"Chosen: {bank.sentences[s.chosen]} Nearest: {bank.sentences[scene.nearest[s.chosen]]}"
    )


def _readout(scene: Scene, s: SensesState) -> Markup:
    bank, near = bank_states(), scene.nearest[s.chosen]
    rows = (
        ("within river", "river", signed(scene.mean("river"), 3)),
        ("within money", "money", signed(scene.mean("money"), 3)),
        ("across", "across", signed(scene.mean(None), 3)),
        ("nearest right", "right", "no nearest" if s.static else f"{scene.score} of {len(bank.senses)}"),
    )
    return tag(
        "div",
        headline(
            f"cosine with {'the others' if s.static else 'its nearest'}",
            signed(float(scene.cosines[s.chosen, near]), 3),
            "nearest-cosine",
            _verdict(scene, s),
        ),
        _nearest_words() if s.static else _both(bank.sentences[s.chosen], bank.sentences[near]),
        tag("p", f"mean cosine{', mean removed' * (s.centred and not s.static)}", class_="label"),
        readings(rows),
    )


def _verdict(scene: Scene, s: SensesState) -> str:
    if s.static:
        return "all alike: one vector cannot take sides"
    bank, near = bank_states(), scene.nearest[s.chosen]
    own, other = bank.senses[s.chosen], bank.senses[near]
    words = f"the same sense: {own}" if own == other else f"the other sense: {own} here, {other} there"
    ties = int(np.sum(scene.others[s.chosen] == scene.others[s.chosen, near]))
    return words if ties == 1 else f"{words} (the first of {ties} equally near)"


def _both(chosen: str, near: str) -> Markup:
    """Show the chosen sentence and its nearest."""
    return tag(
        "dl",
        tag("dt", "chosen"),
        tag("dd", chosen, class_="chosen", data_out="chosen"),
        tag("dt", "nearest of the other 23"),
        tag("dd", near, class_="near", data_out="nearest"),
        class_="both",
    )


def _nearest_words() -> Markup:
    """List the words nearest to the static vector."""
    vectors = word_vectors()
    bank = vectors.id(WORD)
    found = top_k(vectors.unit, vectors.unit[bank], 3, exclude=[bank]).ids.tolist()
    # Their cosines in double precision, so that every Python shows the same.
    unit = vectors.unit[[bank, *found]].astype(np.float64)
    words = [(vectors.words[i], value) for i, value in zip(found, (unit[1:] @ unit[0]).tolist(), strict=True)]
    label = tag("p", f"Nearest words to GloVe’s {WORD}", class_="label")
    return tag("div", label, nearest_words(words, "word-{}"), class_="both")


def _pairs(scene: Scene, s: SensesState) -> Markup:
    """Draw the cosines of all pairs: same sense upward, different senses downward."""
    once = np.triu(np.ones_like(scene.same), 1)
    same, across = scene.cosines[scene.same & once], scene.cosines[scene.across & once]
    lowest, highest = signed(same.min(), 3), signed(across.max(), 3)
    title = (
        f"Cosines of all {len(same) + len(across)} pairs: same sense up ({len(same)}), "
        f"different senses down ({len(across)})"
    )
    ranges = (
        f"Histogram from −1 to +1. Same sense: {lowest} to {signed(same.max(), 3)}. "
        f"Different senses: {signed(across.min(), 3)} to {highest}."
    )
    return tag(
        "div",
        tag("p", title, class_="label"),
        opposed(same, across, ranges, height=100, looks=("same", "across")),
        ends(),
        tag(
            "p",
            "Lowest same-sense ",
            tag("b", lowest, data_out="lowest-same"),
            ", highest cross-sense ",
            tag("b", highest, data_out="highest-cross"),
            f". {_overlap(scene, s)}",
            class_="honest",
        ),
    )


def _overlap(scene: Scene, s: SensesState) -> str:
    """Say what the two halves of the histogram tell."""
    if s.static:
        return "One vector: every cosine is 1, and there is nothing to tell apart."
    words = "Both halves look alike: no sense is told apart before attention."
    if s.layer > 0:
        every = scene.score == len(bank_states().senses)
        words = (
            f"They overlap: the nearest neighbour tells the sense of {'all' if every else 'most'}, but the "
            "senses form no tight clusters, and no single threshold separates them."
        )
    return words + " The picture stays: a best plane takes the mean off anyway." * s.centred


def _sentences(scene: Scene, s: SensesState) -> Markup:
    senses = bank_states().senses
    lists = (
        tag(
            "div",
            tag("p", sense, class_="label", aria_hidden="true"),
            tag(
                "ol",
                (_sentence(scene, s, i) for i, own in enumerate(senses) if own == sense),
                aria_label=f"Sentences with the {sense} sense",
            ),
        )
        for sense in ("river", "money")
    )
    return tag("div", lists, class_="sentences", data_group="both")


def _sentence(scene: Scene, s: SensesState, i: int) -> Markup:
    before, _, after = bank_states().sentences[i].partition(WORD)
    near = not s.static and i == scene.nearest[s.chosen]
    pressable = button(
        tag("i", class_=f"mark {_look(scene, s, i)}"),
        tag("span", before, tag("b", WORD), after),
        tag("span", "nearest", class_="tell") if near else None,
        event="choose",
        arg=i,
        control=f"sentence-{i}",
        pressed=i == s.chosen,
        class_="near" if near else None,
    )
    return tag("li", pressable)
