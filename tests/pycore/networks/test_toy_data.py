"""The toy data lies where it should."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.neighbors import KNeighborsClassifier

from pycore.networks.toy_data import DATA, WAVES


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", ["moons", "circles", "spirals"])
def test_classes_are_balanced_and_apart_without_noise(name: str) -> None:
    x, y = DATA[name](400, 0.0, rng())
    assert x.shape == (400, 2)
    assert np.bincount(y).tolist() == [200, 200]
    assert np.abs(x).max() <= 1
    assert KNeighborsClassifier(1).fit(x[:300], y[:300]).score(x[300:], y[300:]) > 0.98


def test_moons_are_those_of_scikit_learn_moved_into_the_square() -> None:
    ours, _ = DATA["moons"](200, 0.0, rng())
    theirs, _ = make_moons(2000, noise=0.0)
    moved = (theirs - [0.5, 0.25]) / 1.6
    assert np.sqrt(((ours[:, None] - moved) ** 2).sum(axis=2)).min(axis=1).max() < 0.01


def test_the_wave_is_a_sine_and_noise_is_as_large_as_asked() -> None:
    x, y = DATA["wave"](2000, 0.0, rng())
    np.testing.assert_allclose(y, 0.7 * np.sin(WAVES * x))
    _, noisy = DATA["wave"](2000, 0.3, rng())
    assert abs(float((noisy - y).std()) - 0.3) < 0.02
