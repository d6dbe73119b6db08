"""The sigmoid against torch in float64, from one end of the numbers to the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from pycore.functions import sigmoid


@pytest.mark.parametrize(("dtype", "far"), [(np.float32, 87), (np.float64, 708)])
def test_a_sigmoid_has_the_digits_of_its_dtype_far_below_zero_too(dtype: type, far: float) -> None:
    x = np.linspace(-far, far, 4001, dtype=dtype)
    found = sigmoid(x)
    assert found.dtype == dtype
    expected = torch.sigmoid(torch.tensor(x, dtype=torch.float64)).numpy()
    assert_allclose(found, expected, rtol=8 * np.finfo(dtype).eps)


def test_what_is_farther_still_is_0_or_1_and_warns_of_nothing() -> None:
    ends = [-np.inf, -1e308, -800.0, 800.0, 1e308, np.inf]
    with np.errstate(over="raise", invalid="raise"):
        assert sigmoid(np.array(ends)).tolist() == [0, 0, 0, 1, 1, 1]
    assert np.isnan(sigmoid(np.array(np.nan)))
