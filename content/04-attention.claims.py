"""The numbers that lesson 04 states, each computed from what its figures show."""

from __future__ import annotations

from pycore.data.embeddings import bank_states, word_vectors
from pycore.data.transformers import heads
from pycore.data.transformers.speeches import speech_training
from pycore.embeddings.similarity import cosine
from pycore.figures.transformers import all_heads, bank_layers, block_stack
from pycore.figures.transformers.attention_cost import SIZES
from pycore.figures.transformers.one_head import matrices
from pycore.figures.transformers.sqrt_d import measured
from pycore.figures.transformers.weighted_average import WeightedAverageState, average, nearest, weights
from pycore.live.markup import percent, signed
from pycore.transformers.cost import cache_bytes, with_cache, without_cache

_BLATT, _PARIS = " Bl", " Paris"
_WORDS = "none one two three four five six seven eight nine ten".split()

# ---------------------------------------------------------------- a weighted average


def average_the() -> str:
    """Cosine of the plain average with the word that is nearest to it, which is *the*."""
    (word, value), *_ = nearest(average(WeightedAverageState(way="equal")), 1)
    assert word == "the"
    return signed(value)


def _by_hand(word: str) -> str:
    """Cosine of a word with the average of *bank* and *river*."""
    half = WeightedAverageState(units=(0, 0, 0, 0, 1, 0, 0, 1))
    return signed(cosine(average(half), word_vectors()[word]))


def hand_shore() -> str:
    """With *shore*."""
    return _by_hand("shore")


def hand_credit() -> str:
    """With *credit*."""
    return _by_hand("credit")


def like_own() -> str:
    """How much likeness gives *bank* of itself, the fifth word."""
    return percent(float(weights(WeightedAverageState(way="like"))[4]))


# ---------------------------------------------------------------- the root of d


def spread_bare() -> str:
    """Spread of random scores at d = 64."""
    return f"{measured('random', 64, False)[0]:.1f}"


def spread_divided() -> str:
    """The same, over the root of 64."""
    return f"{measured('random', 64, True)[0]:.1f}"


def slope_divided() -> str:
    """How far the weights answer, with the factor."""
    return f"{measured('random', 64, True)[2]:.2f}"


def slope_bare() -> str:
    """And without."""
    return f"{measured('random', 64, False)[2]:.2f}"


def slope_head() -> str:
    """A real head's weights, with the factor."""
    return f"{measured('head', 64, True)[2]:.2f}"


def slope_head_bare() -> str:
    """And without."""
    return f"{measured('head', 64, False)[2]:.2f}"


# ---------------------------------------------------------------- a real head


def _looks(row: str, column: str, mask: bool) -> str:
    """How much one token of FIG.03's first sentence takes from another."""
    made = matrices("cake", mask)
    words = made.run.words
    return percent(float(made.weights[words.index(row), words.index(column)]))


def it_cake() -> str:
    """From *it* to *cake*."""
    return _looks("it", "cake", True)


def a_cake() -> str:
    """From *a* to *cake*, without the mask."""
    return _looks("a", "cake", False)


# ---------------------------------------------------------------- many heads, and blocks


def all_heads_count() -> int:
    """How many heads the model has: blocks times heads of a block."""
    return heads.BLOCKS * heads.HEADS


def first_heads() -> int:
    """How many give the first token more than half of their attention, on random tokens."""
    return int(all_heads.has_habit("first").sum())


def previous_heads() -> str:
    """How many give the token before more than half."""
    return _WORDS[int(all_heads.has_habit("previous").sum())]


def induction_heads() -> str:
    """How many give more than half to the token behind the same token's first place."""
    return _WORDS[int(all_heads.has_habit("induction").sum())]


def it_most() -> int:
    """In how many of these no other word gets more."""
    return sum(heads.it().most[1::2])


def _name(off: str) -> str:
    """Chance that the second Mrs is Blatt again, from its first token."""
    place = len(heads.tokens("quirkle")) - 1
    guesses = heads.without("quirkle", off)[0] if off else heads.lens("quirkle", heads.BLOCKS, place)
    return percent(next(guess.p for guess in guesses if guess.token == _BLATT))


def name_whole() -> str:
    """Chance of the name, by the whole model."""
    return _name("")


def name_without_induction() -> str:
    """Chance of the name without the induction heads."""
    return _name("induction")


def name_without_previous() -> str:
    """Chance of the name without the heads that look at the token before."""
    return _name("previous")


def name_without_lot() -> str:
    """Chance of the name without six others."""
    return _name("lot")


def not_missed() -> int:
    """How many heads change what comes after Mrs by less than a tenth of a bit, each alone."""
    return int((heads.bits("quirkle") < 0.1).sum())


def before_paris() -> int:
    """Last block after which the lens does not yet show Paris first."""
    firsts = [heads.lens("france", block, 5)[0].token for block in range(heads.BLOCKS + 1)]
    return max(block for block, token in enumerate(firsts) if token != _PARIS)


def block_millions() -> str:
    """Millions of weights in a block: attention, feed-forward, and two norms."""
    return f"{_block() / 1e6:.1f}"


def all_millions() -> str:
    """Millions of weights in all: the blocks, the last norm, and a row for each of 49,152 tokens."""
    table = heads.SMOLLM2.vocabulary * block_stack.WIDE
    return f"{(heads.BLOCKS * _block() + block_stack.WIDE + table) / 1e6:.1f}"


def _block() -> int:
    return block_stack.ATTENTION + block_stack.FEED_FORWARD + 2 * block_stack.WIDE


def feed_forward_share() -> str:
    """Share of a block's weights that its feed-forward network has."""
    return percent(block_stack.FEED_FORWARD / _block())


def bank_once() -> int:
    """For how many sentences the nearest bank has their sense after block 7, read once."""
    return sum(bank_layers.right(7, "once"))


def bank_twice() -> int:
    """The same, read twice."""
    return sum(bank_layers.right(7, "twice"))


def bank_wrong() -> str:
    """How many of the others, after block 7, have a single word before bank."""
    sentences = bank_states().sentences
    wrong = [i for i, right in enumerate(bank_layers.right(7, "once")) if not right]
    return _WORDS[sum(len(sentences[i].partition("bank")[0].split()) == 1 for i in wrong)]


# ---------------------------------------------------------------- the next token


def learned_tokens() -> str:
    """Millions of tokens that our own model is trained on."""
    return f"{speech_training().tokens / 1e6:.1f}"


def counting_bits() -> str:
    """Bits a byte of held-out speeches by Kneser-Ney with sequences of five tokens."""
    return f"{speech_training().counting[-1]:.2f}"


def model_bits() -> str:
    """Bits a byte of the same speeches by our own model, at the end of its training."""
    return f"{speech_training().checkpoints[-1].bits:.2f}"


def cache_saves() -> int:
    """How many times as much SmolLM2 multiplies for token 1,024 when all is read anew."""
    return round(without_cache(SIZES["smollm2"], 1024) / with_cache(SIZES["smollm2"], 1024))


def cache_token() -> str:
    """Kilobytes of keys and values that SmolLM2 keeps of a token."""
    return f"{cache_bytes(SIZES['smollm2'], 1) / 1000:.0f}"
