"""The digits are scikit-learn's, the split keeps its word, and the reader is the one that training makes."""

from __future__ import annotations

import hashlib
import re

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits

from pycore.data import FOLDER
from pycore.data.networks.digits import HELD_OUT, digit_reader, digits
from pycore.figures.networks._digits import STRIDE, TICKS, accuracy, untrained


def test_they_are_the_digits_of_scikit_learn():
    data, source = digits(), load_digits()
    assert_array_equal(data.ink * 16, source.data)
    assert_array_equal(data.labels, source.target)
    assert (FOLDER / "networks/digits.npz").stat().st_size < 50_000


def test_every_digit_is_for_training_or_held_out():
    data = digits()
    assert len(data.held_out) == HELD_OUT
    assert_array_equal(np.sort(np.r_[data.train, data.held_out]), np.arange(len(data.ink)))
    counts = np.bincount(data.labels[data.held_out])
    assert counts.min() > 20


def test_the_reader_is_what_its_run_makes():
    network, trainer = untrained()
    trainer.train(TICKS * STRIDE)
    assert len(network.parameters) == 2410
    assert accuracy(digit_reader()) > 0.95
    assert abs(accuracy(network) - accuracy(digit_reader())) < 0.006
    # Another machine sums in another order, so the last digits may differ.
    assert_allclose(digit_reader().parameters, network.parameters, atol=1e-3)


def test_the_record_names_these_files():
    record = (FOLDER / "networks/README.md").read_text("utf-8")
    for name in ("digits.npz", "digit-reader.npz"):
        digest = hashlib.sha256((FOLDER / "networks" / name).read_bytes()).hexdigest()
        assert re.search(rf"^\| {name} \|.*CC BY 4\.0.*`{digest}` \|$", record, re.MULTILINE)
