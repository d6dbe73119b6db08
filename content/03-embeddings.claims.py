"""The numbers that lesson 03 states, each computed from what its figures show."""

from __future__ import annotations

import functools

import numpy as np

from pycore.data.embeddings import (
    bank_states,
    cone_states,
    sentences,
    two_spaces,
    word_directions,
    word_vectors,
)
from pycore.data.embeddings.indexes import QUERIES, SETTINGS, ask, experiment, stored
from pycore.embeddings.similarity import analogy, cosine, top_k
from pycore.figures.embeddings import _company as company
from pycore.figures.embeddings import glove_counts, infonce, shortcut, truncation
from pycore.figures.embeddings._slice import space
from pycore.figures.embeddings.bias_direction import LEANING, Space
from pycore.figures.embeddings.cone import Crowd
from pycore.figures.embeddings.mixed_index import averages, own_lists_agree
from pycore.figures.embeddings.senses import LAST, Scene
from pycore.live.markup import percent, signed

_WORDS = "none one two three four five six seven eight nine ten".split()


def _of(n: float) -> str:
    """Write a small whole number as a word."""
    return _WORDS[round(n)]


# ---------------------------------------------------------------- the table, and directions in it


def rows() -> int:
    """How many words the table has."""
    return len(word_vectors())


def columns() -> int:
    """How many numbers a vector has."""
    return word_vectors().dim


def halfway() -> str:
    """The words nearest to pet when it is halfway on the map to finance, and still says pet elsewhere."""
    words, vectors = space(), word_vectors()
    pet, finance = (vectors.id(word) for word in ("pet", "finance"))
    start, end = (words.plane.flatten(words.unit[i]) for i in (pet, finance))
    moved = words.plane.move(words.unit[pet], (start + end) / 2)
    *found, last = (vectors.words[i] for i in top_k(words.unit, moved, 4, exclude=[pet]).ids)
    return f"{', '.join(found)} and {last}"


def _answers(start: str, minus: str, plus: str, *, inputs: bool) -> tuple[list[str], list[float]]:
    ids = [word_vectors().id(word) for word in (minus, plus, start)]
    ranking = analogy(word_directions(), *ids, k=2, exclude_inputs=not inputs)
    return [word_vectors().words[i] for i in ranking.ids], list(ranking.scores)


def nearest_of_all() -> str:
    """What is nearest to king − man + woman, of all words."""
    return _answers("king", "man", "woman", inputs=True)[0][0]


def king_itself() -> str:
    """Cosine of king − man + woman with king."""
    return signed(_answers("king", "man", "woman", inputs=True)[1][0])


def king_queen() -> str:
    """Cosine of king − man + woman with queen."""
    words, cosines = _answers("king", "man", "woman", inputs=False)
    return signed(cosines[words.index("queen")])


def arrows() -> str:
    """Cosine of the arrow from man to woman with the one from king to queen."""
    man, woman, king, queen = (
        word_directions()[word_vectors().id(w)] for w in "man woman king queen".split()
    )
    return signed(cosine(woman - man, queen - king))


def doctor_without() -> str:
    """What doctor − man + woman finds when the inputs are left out."""
    return _answers("doctor", "man", "woman", inputs=False)[0][0]


def doctor_within() -> str:
    """What it finds among all words."""
    return _answers("doctor", "man", "woman", inputs=True)[0][0]


# ---------------------------------------------------------------- a thousand sentences


def _bank_banks(ticks: int) -> str:
    model, run = company.skipgram()
    run.to(ticks)
    i, j = company.text().ids(["bank", "banks"])
    return signed(cosine(model.vectors[i], model.vectors[j]))


def bank_before() -> str:
    """Cosine of bank and banks where chance has put them."""
    return _bank_banks(0)


def bank_after() -> str:
    """The same after a whole run."""
    return _bank_banks(company.TICKS)


def epochs() -> str:
    """How often a run goes through the text."""
    return _of(company.EPOCHS)


@functools.cache
def _agreement() -> dict[str, float]:
    """Shared neighbours of ten after a whole run, as FIG.04B shows them."""
    figure = glove_counts.GloveCounts({"trained": str(company.TICKS)})
    return figure.agreement()


def shared_methods() -> str:
    """How many of a word's ten nearest GloVe and skip-gram share."""
    return f"{_agreement()['methods']:.1f}"


def shared_seeds() -> str:
    """How many two runs of skip-gram share that differ in the seed."""
    return f"{_agreement()['seeds']:.1f}"


def shared_chance() -> str:
    """How many chance gives."""
    return f"{_agreement()['chance']:.1f}"


def x_max() -> int:
    """The count from which on FIG.04B gives full weight."""
    return round(glove_counts.X_MAX)


# ---------------------------------------------------------------- cosines


def _others() -> np.ndarray:
    """Cosines of all other words with cat."""
    cat = word_vectors().id("cat")
    return np.delete(word_directions() @ word_directions()[cat], cat)


def lowest() -> str:
    """The lowest of them."""
    return signed(_others().min())


def one_in_nine() -> str:
    """One word in so many has more than 0.3 with cat."""
    return f"one word in {_of(1 / (_others() > 0.3).mean())}"


def one_in_500() -> str:
    """One word in so many hundred has more than 0.6."""
    return f"one in {_of(1 / (_others() > 0.6).mean() / 100)} hundred"


def good_bad() -> str:
    """Cosine of good and bad."""
    return signed(cosine(word_vectors()["good"], word_vectors()["bad"]))


def length_by_rank() -> str:
    """Rank correlation of a word's rank by frequency and its vector's length."""
    return signed(shortcut.correlation())


# ---------------------------------------------------------------- approximate indexes


def _size() -> int:
    return len(stored())


def hnsw_share() -> str:
    """Share of the vectors that HNSW with its smallest ef meets, on average."""
    return percent(experiment().evaluations[0, 0].mean() / _size(), 1)


def hnsw_found() -> str:
    """How many of the ten true neighbours it finds."""
    return f"{experiment().hits[0, 0].mean():.1f}"


def chance_found() -> str:
    """How many a random choice of as many words would hold."""
    return f"{10 * experiment().evaluations[0, 0].mean() / _size():.2f}"


_NEAR = 6  # place of the setting in the list, ef 96


def near_distances() -> str:
    """Distances that HNSW computes for a query at ef 96."""
    return f"{experiment().evaluations[0, _NEAR].mean():.0f}"


def near_part() -> str:
    """What part of brute force that is."""
    part = round(_size() / experiment().evaluations[0, _NEAR].mean())
    return {13: "a thirteenth", 14: "a fourteenth", 15: "a fifteenth"}[part]


def near_found() -> str:
    """How many of ten it finds there."""
    return f"{experiment().hits[0, _NEAR].mean():.2f}"


def winter_missed() -> str:
    """How many of the ten nearest to winter IVF does not find in one cell."""
    winter = word_vectors().id("winter")
    return _of(10 - ask("ivf", 1, winter).hits(ask("exact", 0, winter)))


def sample_words() -> str:
    """How many words the measurement asks for."""
    return {60: "sixty"}[len(QUERIES)]


def settings() -> str:
    """At how many settings."""
    return {20: "twenty"}[sum(map(len, SETTINGS.values()))]


# ---------------------------------------------------------------- one word in many sentences


def bank_sentences() -> int:
    """How many sentences hold the word bank."""
    return len(bank_states().sentences)


def dimensions() -> int:
    """How many numbers a state has."""
    return bank_states().states.shape[2]


def river_money() -> str:
    """Mean cosine of bank by the river with bank and money, after the last layer."""
    return signed(Scene.of_layer(LAST, False).mean(None), 3)


def river_river() -> str:
    """The same within river sentences."""
    return signed(Scene.of_layer(LAST, False).mean("river"), 3)


def money_money() -> str:
    """The same within money sentences."""
    return signed(Scene.of_layer(LAST, False).mean("money"), 3)


def own_sense() -> int:
    """How many of them have a nearest neighbour of their own sense after one layer."""
    return Scene.of_layer(1, False).score


# ---------------------------------------------------------------- sentences


def pairs() -> int:
    """How many pairs ten thousand sentences make."""
    return 10_000 * 9_999 // 2


def one_query() -> str:
    """Seconds for ten thousand pairs, when all of them take 65 hours."""
    return f"{10_000 * 65 * 3600 / pairs():.0f}"


def _ranks() -> list[int]:
    """Place of each question's answer among all texts."""
    stored = sentences()
    cosines = stored.query_vectors @ stored.document_vectors.T
    return [int((row > row[i]).sum()) + 1 for i, row in enumerate(cosines)]


def answers() -> str:
    """How many questions there are."""
    return _of(len(_ranks()))


def first_answers() -> str:
    """How often the answer comes first."""
    return {1: "once", 2: "twice"}[_ranks().count(1)]


def first_answer_count() -> str:
    """How many answers come first."""
    return _of(_ranks().count(1))


def texts() -> int:
    """How many texts there are."""
    return len(sentences().documents)


def last_answer() -> str:
    """The lowest place of an answer."""
    return _of(max(_ranks()))


def _nearest(steps: int) -> int:
    """How many of the batch's queries are nearest to their own text after so many steps."""
    temperature = infonce.TEMPERATURES[infonce.InfonceState().temperature]
    queries, documents, _ = infonce.batch(temperature, steps)
    return int(((queries @ documents.T).argmax(axis=1) == np.arange(infonce.PAIRS)).sum())


def nearest_before() -> str:
    """How many are so before a step."""
    return _of(_nearest(0))


def steps_to_all() -> str:
    """After how many steps all are."""
    return _of(next(steps for steps in range(1, 11) if _nearest(steps) == infonce.PAIRS))


def right_pairs() -> str:
    """How many pairs FIG.06C pulls together."""
    return _of(infonce.PAIRS)


# ---------------------------------------------------------------- fewer numbers


def gigabytes() -> str:
    """Ten million vectors of 1,536 float32 numbers, in GB."""
    return f"{1e7 * 1536 * 4 / 1e9:.0f}"


def kept_plain() -> str:
    """How many of ten neighbours the first 30 numbers keep."""
    return f"{truncation.kept(30, False):.1f}"


def kept_turned() -> str:
    """How many 30 numbers keep after the turn."""
    return f"{truncation.kept(30, True):.1f}"


def kept_ten() -> str:
    """How many ten numbers keep after the turn."""
    return f"{truncation.kept(10, True):.1f}"


def word_pairs() -> int:
    """How many pairs of words we rated."""
    return len(truncation.pairs()[0])


def order_ten() -> str:
    """Rank correlation of our rating with the cosines of ten turned numbers."""
    return f"{truncation.score(10, True):.2f}"


def order_all() -> str:
    """The same with all numbers."""
    return f"{truncation.score(truncation.FULL, False):.2f}"


# ---------------------------------------------------------------- two models, one index


def mixed_right() -> str:
    """How many of ten right answers are left when half of the index is new."""
    return f"{averages('old', 50, False)[0]:.1f}"


def mixed_best() -> str:
    """The best cosine then."""
    return signed(averages("old", 50, False)[1])


def unmixed_best() -> str:
    """The best cosine before."""
    return signed(averages("old", 0, False)[1])


def all_new() -> str:
    """How many right answers an old query finds when all is new."""
    return f"{averages('old', 100, False)[0]:.1f}"


def aligned() -> str:
    """How many it finds after the rotation."""
    return f"{averages('old', 100, True)[0]:.1f}"


def own_lists() -> str:
    """How many of ten neighbours a word has in common in the two models, each asked in its own space."""
    return f"{own_lists_agree():.1f}"


def shared_words() -> int:
    """How many words both models know."""
    return len(two_spaces()[0])


# ---------------------------------------------------------------- crowding, and bias


def cone_words() -> int:
    """How many words were drawn."""
    return len(cone_states().words)


def layer_4() -> str:
    """Mean cosine of two words at layer 4."""
    return signed(Crowd.of("4").mean)


def smollm_mean() -> str:
    """Mean cosine of two words in SmolLM2, after its last block but one."""
    return signed(Crowd.of("block 29").mean)


def smollm_dimensions() -> int:
    """How many numbers a state of SmolLM2 has."""
    return Crowd.of("block 29").width


def smollm_rogue() -> str:
    """What part of all squares its three strongest coordinates hold there."""
    return percent(Crowd.of("block 29").squares)


def last_layer() -> str:
    """Mean cosine in the last layer."""
    return signed(Crowd.of("6").mean)


def glove_mean() -> str:
    """Mean cosine of the same words in GloVe."""
    return signed(Crowd.of("same").mean)


def leaning() -> int:
    """How many words that lean are taken each way."""
    return LEANING


def alike_before() -> str:
    """Share of a leaning word's neighbours that lean as it does; one pair gives the direction."""
    return percent(Space.of(False, False).together)


def alike_after() -> str:
    """The same when the direction is taken out."""
    return percent(Space.of(False, True).together)


def nine_before() -> str:
    """As `alike_before`, with nine pairs."""
    return percent(Space.of(True, False).together)


def nine_after() -> str:
    """As `alike_after`, with nine pairs."""
    return percent(Space.of(True, True).together)
