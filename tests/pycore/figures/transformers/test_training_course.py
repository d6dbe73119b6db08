"""FIG.07A: what is told of the training is the record, and the model that is shipped is the last of it."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.data.transformers.speeches import speech_model, speech_tokenizer, speech_training
from pycore.figures.transformers.training_course import MOMENTS, TrainingCourse
from pycore.transformers.sampling import Sampler
from tests.pycore.figures.test_figures import outs


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_moment_is_told_as_it_was_recorded(moment):
    figure = TrainingCourse({"moment": str(moment)})
    record = speech_training()
    now = record.checkpoints[moment]
    shown = outs(figure)
    assert (shown["bits"], shown["text"]) == (f"{now.bits:.2f}", now.texts[0])
    assert shown["read"] == f"{now.step * record.tokens_a_step / 1e6:.2f} million"
    better = [order for order, bits in enumerate(record.counting, 1) if now.bits < bits]
    if not better:
        assert shown["verdict"] == "worse than counting single tokens"
    elif len(better) == len(record.counting):
        assert shown["verdict"] == "better than counting"
    else:
        assert shown["verdict"].endswith(f"but not sequences of {max(better) + 1}")


def test_training_made_it_better_all_the_time():
    bits = [each.bits for each in speech_training().checkpoints]
    assert len(bits) == MOMENTS
    assert bits == sorted(bits, reverse=True)


def test_the_shipped_model_wrote_the_last_texts():
    record, tokenizer = speech_training(), speech_tokenizer()
    for prompt, text in zip(record.prompts, record.checkpoints[-1].texts, strict=True):
        tokens = speech_model().write(tokenizer.encode(prompt), Sampler(0.8, seed=1), ends=[0])
        assert text.startswith(tokenizer.decode([token for token, _ in zip(tokens, range(12), strict=False)]))


def test_an_untrained_model_knows_hardly_more_than_nothing():
    """Before training, a byte takes what all tokens alike take: the bits of a token by its bytes."""
    record = speech_training()
    alike = np.log2(2048) / 3.66  # bytes a token on the held-out speeches
    assert record.checkpoints[0].bits == pytest.approx(alike, rel=0.05)
