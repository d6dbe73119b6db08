"""Points that fill a picture, and stand apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from pycore.live.places import spread


@given(
    places=arrays(np.float64, st.tuples(st.integers(2, 12), st.just(2)), elements=st.floats(20, 180)),
    again=st.integers(0, 3),
)
def test_spread_places_cover_no_other_and_stay_in_the_picture(places, again):
    places = np.concatenate([places, places[:again]])  # some lie in one place
    moved = spread(places, 20, 200, 200, 15)
    apart = np.linalg.norm(moved[:, np.newaxis] - moved, axis=-1)
    assert (apart[~np.eye(len(moved), dtype=bool)] > 19).all()
    assert ((moved >= 15) & (moved <= 185)).all()


def test_free_places_stay():
    places = np.array([[30.0, 30.0], [60.0, 30.0], [60.0, 60.0]])
    assert_allclose(spread(places, 20, 200, 200, 15), places)
