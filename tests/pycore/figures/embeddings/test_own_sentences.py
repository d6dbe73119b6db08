"""FIG.06 and FIG.06B on sentences of the reader's own: by a stand-in for MiniLM, and by MiniLM itself."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pycore.data.embeddings import bank_states, sentences
from pycore.embeddings.contrastive import mean_pool
from pycore.figures.embeddings import _encoder
from pycore.figures.embeddings.encoders import LINES, Encoders
from pycore.figures.embeddings.senses import Senses
from pycore.live import demand, editing
from pycore.transformers.minilm_file import unpack, write
from pycore.transformers.rows import Rows
from sitegen import vendor
from tests.pycore.figures.test_figures import outs, page

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "bank", "##s", "##er", "the", "river", "money", "cat", "a", "."]
INNER = 8  # of a block; its width must be MiniLM's, since the states are compared with stored ones


def stand_in() -> dict[str, bytes]:
    """Files of the same form: random weights, a small vocabulary."""
    rng = np.random.default_rng(0)

    def rows(n: int, d: int) -> Rows:
        some = rng.normal(0, d**-0.5, (min(n, 16), d))
        return Rows.quantize(np.tile(some, (-(-n // 16), 1))[:n])  # again and again: quick to compress

    tensors = {
        "embeddings.word_embeddings.weight": rows(len(WORDS), 384),
        "embeddings.position_embeddings.weight": rows(512, 384),
        "embeddings.token_type_embeddings.weight": np.zeros((2, 384), np.float32),
    }
    shapes = {"attention.self.query": 384, "attention.self.key": 384, "attention.self.value": 384}
    shapes |= {"attention.output.dense": 384, "intermediate.dense": INNER, "output.dense": 384}
    norms = ["embeddings.LayerNorm"]
    for block in (f"encoder.layer.{number}." for number in range(6)):
        for name, n in shapes.items():
            tensors[f"{block}{name}.weight"] = rows(n, INNER if name == "output.dense" else 384)
            tensors[f"{block}{name}.bias"] = np.zeros(n, np.float32)
        norms += [f"{block}attention.output.LayerNorm", f"{block}output.LayerNorm"]
    for name in norms:
        tensors |= {f"{name}.weight": np.ones(384, np.float32), f"{name}.bias": np.zeros(384, np.float32)}
    return {"model.npz": write(tensors), "vocabulary.txt": "\n".join(WORDS).encode()}


@pytest.fixture(scope="module")
def files():
    return stand_in()


@pytest.fixture
def minilm(files):
    """The stand-in, where MiniLM would be."""
    demand.provide("minilm", files)
    _encoder.forget()
    yield unpack(files["model.npz"])
    demand.drop("minilm")
    _encoder.forget()


def typed(kind, text, **state):
    figure = kind(state)
    figure.handle("type_own", [text])
    while any("data-tick" in part for part in figure.view().values()):
        figure.handle("work", [])
    return figure


def said(figure):
    return outs(figure)["own-said"]


def problem(figure):
    return next(e.text for e in page(figure).walk() if e.attributes.get("class") == "problem")


def test_without_minilm_the_figures_say_so_and_go_on():
    figure = typed(Senses, "A river bank.", static=False)
    assert "is not here" in said(figure)
    assert "yours" not in figure.view()["stage"]
    assert typed(Senses, "", static=False).view() == Senses({"static": False}).view()
    assert said(typed(Senses, "A river.")) == ""
    figure.handle("go_to", ["3"])
    assert outs(figure)["right"] == "22 of 24"
    figure = typed(Encoders, "A cat.\nThe cat.")
    assert "is not here" in said(figure)
    assert "own-1" not in outs(figure)


@pytest.mark.parametrize(("layer", "centred"), [(0, False), (3, True), (6, False), (6, True)])
def test_the_word_in_an_own_sentence_is_compared_in_all_dimensions_and_laid_into_the_same_plane(
    minilm, layer, centred
):
    figure = typed(Senses, "The banker, a bank.", static=False, layer=layer, centred=centred)
    ids = [WORDS.index(token) for token in "[CLS] the bank ##er [UNK] a bank . [SEP]".split()]
    own = minilm(np.array(ids)).hidden[layer, 6].astype(float)
    x = bank_states().states[:, layer]
    mean = x.mean(axis=0)
    a, b = (x - mean, own - mean) if centred else (x, own)
    cosines = a @ b / np.linalg.norm(a, axis=1) / np.linalg.norm(b)
    order = np.argsort(-cosines)[:3]
    shown = outs(figure)
    for place, i in enumerate(order, 1):
        assert shown[f"own-{place}"] == bank_states().sentences[i]
        assert float(shown[f"own-{place}-cosine"].replace("−", "-")) == pytest.approx(cosines[i], abs=6e-4)
    assert f"{sum(i < 12 for i in order)} river and" in said(figure)
    # All places are those of the best plane of the 24 alone, at one scale.
    _, _, axes = np.linalg.svd(x - mean, full_matrices=False)
    flat = (np.vstack([x, own]) - mean) @ axes[:2].T
    stage = figure.view()["stage"]
    own_place = re.search(r'class="own"><line x1="([\d.-]+)" y1="([\d.-]+)" x2="([\d.-]+)"', stage)
    points = re.findall(r"translate\(([\d.-]+)px,([\d.-]+)px\)", stage[: own_place.start()])[:24]
    drawn = np.array([*points, own_place.groups()[:2]], float)
    apart, apart_drawn = (np.linalg.norm(p - p[-1], axis=1) for p in (flat, drawn))
    np.testing.assert_allclose(apart_drawn, apart * (apart_drawn.max() / apart.max()), atol=0.3)
    assert float(own_place[3]) == pytest.approx(drawn[order[0], 0], abs=0.06)
    assert (drawn >= 0).all()
    assert (drawn <= (520, 400)).all()


def test_the_figures_own_numbers_stay(minilm):
    without, with_own = Senses({"static": False}), typed(Senses, "The bank.", static=False)
    for part in ("sentences", "readout", "pairs"):
        assert with_own.view()[part] == without.view()[part]


def test_static_it_lies_where_all_lie(minilm):
    figure = typed(Senses, "The bank.")
    assert "the same point" in said(figure)
    stage = figure.view()["stage"]
    places = set(re.findall(r"translate\(\S+?\)", stage))
    assert len(places) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A river.", "“bank” is not in it"),
        ("Banks.", "“bank” is not in it"),
        ("bank bank", "The first “bank” is shown."),
        ("zebra bank", "It has 1 of 2 tokens that MiniLM does not know."),
        ("a " * 90 + "bank", ""),
        ("." * 199, "“bank” is not in it"),
        ("." * 140 + " bank", "Too long: “bank” comes after all that MiniLM reads."),
        ("bank" + "." * 150, "It is 151 tokens long: the first 126 are read."),
        (" \n ", ""),
    ],
)
def test_what_cannot_be_shown_is_told(minilm, text, words):
    figure = typed(Senses, text, static=False)
    assert problem(figure).startswith(words)
    assert bool(words) == bool(problem(figure))
    assert ("own-1" in outs(figure)) == ("own" in re.findall(r'<g class="(\w+)"', figure.view()["stage"]))


def test_no_more_is_taken_than_the_boxes_hold():
    for kind, most in ((Senses, 200), (Encoders, 2000)):
        with pytest.raises(ValueError, match=f"{most + 1:,} characters are too many"):
            typed(kind, "x" * (most + 1))


def test_the_closest_pairs_and_what_is_nearest_to_the_first(minilm):
    lines = ["A cat.", "The money, the bank.", "The cat.", "a river bank", "The river."]
    vectors = [minilm.embed(np.array(_encoder._tokenizer().encode(line))) for line in lines]
    cosines = np.array(vectors) @ np.array(vectors).T
    pairs = sorted(
        ((cosines[i, j], i, j) for i in range(5) for j in range(i + 1, 5)), key=lambda pair: -pair[0]
    )
    figure = typed(Encoders, "\n".join(lines) + "\n\n")
    assert said(figure) == "closest pairs: 5 passes, 10 cosines"
    for place, (cosine, i, j) in enumerate(pairs[:3], 1):
        assert outs(figure)[f"own-{place}"] == f"{lines[i]} / {lines[j]}"
        assert float(outs(figure)[f"own-{place}-cosine"].replace("−", "-")) == pytest.approx(cosine, abs=6e-4)
    figure.handle("seek", ["query"])
    assert said(figure) == "nearest to your first line: 5 passes, 4 cosines"
    order = [i for i in np.argsort(-cosines[0]) if i != 0]
    assert [outs(figure)[f"own-{place}"] for place in (1, 2, 3)] == [lines[i] for i in order[:3]]


def test_lines_are_read_one_by_one_and_one_that_changes_at_once(minilm):
    figure = Encoders()
    figure.handle("type_own", ["A cat.\nA bank.\nThe river."])
    assert said(figure) == "MiniLM reads: 1 of 3 …"
    figure.handle("work", [])
    assert said(figure) == "MiniLM reads: 2 of 3 …"
    figure.handle("work", [])
    assert said(figure).startswith("closest pairs")
    for n in range(_encoder.KEPT + 2):  # more than are kept: those that stand there stay
        figure.handle("type_own", ["A cat.\nA bank.\nThe river." + " bank" * n])
        assert said(figure).startswith("closest pairs")
    assert len(_encoder._vectors) == _encoder.KEPT


def test_what_was_read_is_read_anew_after_an_edit(minilm):
    figure = typed(Encoders, "A cat.\nThe bank, the money.")
    before = outs(figure)["own-1-cosine"]
    name = editing.name_of(mean_pool)
    try:
        editing.edit(name, "def mean_pool(hidden, mask=None):\n    return hidden[0]")
        assert said(figure) == "MiniLM reads: 0 of 2 …"
        for _ in range(2):
            figure.handle("work", [])
        assert outs(figure)["own-1-cosine"] != before
    finally:
        editing.edit(name, None)


def test_few_lines_many_lines_and_odd_ones(minilm):
    assert said(typed(Encoders, "\n \n")) == ""
    assert said(typed(Encoders, "A cat.")) == "Type another line."
    assert outs(typed(Encoders, "A cat.\nA cat."))["own-1-cosine"] == "+1.000"
    figure = typed(Encoders, "\n".join(["a cat"] * (LINES + 1)))
    assert problem(figure) == f"The first {LINES} lines are read."
    assert f"{LINES} passes" in said(figure)
    assert problem(typed(Encoders, "a\nzebra cat")) == "Line 2 has 1 of 2 tokens that MiniLM does not know."
    assert "<b>" not in typed(Encoders, "<b>\n<b>").view()["own"]


@pytest.mark.slow
def test_by_minilm_itself_a_stored_sentence_finds_itself():
    demand.provide("minilm", _encoder.ON_DEMAND.make(vendor.fetch))
    _encoder.forget()
    try:
        for i, text in enumerate(bank_states().sentences):
            for layer in range(1, 7):
                shown = outs(typed(Senses, text, static=False, layer=layer))
                assert shown["own-1"] == text, layer
                assert float(shown["own-1-cosine"]) >= 0.995
            place = _encoder.place_of("bank", text)
            own = _encoder.states(text)[:, place]
            stored = bank_states().states[i]
            lengths = np.linalg.norm(own, axis=1) * np.linalg.norm(stored, axis=1)
            assert (np.sum(own * stored, axis=1) / lengths).min() >= 0.995
        for text, vector in zip(sentences().documents, sentences().document_vectors, strict=True):
            _encoder.read_on([text])
            assert _encoder.vector(text) @ vector >= 0.995
    finally:
        demand.drop("minilm")
        _encoder.forget()


@pytest.mark.parametrize("centred", [False, True])
def test_the_words_below_the_histogram_follow_its_count(centred):
    for layer in range(1, 7):
        shown = page(Senses({"static": False, "layer": layer, "centred": centred}))
        (score,) = {e.text for e in shown.walk() if e.attributes.get("data-out") == "right"}
        told = " ".join(e.text for e in shown.walk() if e.attributes.get("class") == "honest")
        assert f"tells the sense of {'all' if score == '24 of 24' else 'most'}," in told
