import json
import re

import numpy as np
import pytest

from pycore.embeddings.similarity import normalize
from sitegen import vendor
from sitegen.errors import ROOT, AuthorError
from tools.make_bank_states import ARRAY, RECORD, SENTENCES, bank_states


@pytest.fixture(scope="module")
def record():
    return json.loads((ROOT / RECORD).read_text("utf-8"))


@pytest.fixture(scope="module")
def states():
    with np.load(ROOT / ARRAY) as arrays:
        assert arrays.files == ["states"]
        return arrays["states"]


@pytest.fixture(scope="module")
def sense(record):
    return np.array([sentence["sense"] for sentence in record["sentences"]])


def test_the_file_is_small_and_its_record_names_pinned_sources(record, states):
    assert states.shape == (len(record["sentences"]), 7, 384)
    assert states.dtype == np.float16
    assert np.isfinite(states).all()
    assert (ROOT / ARRAY).stat().st_size < 200_000
    assert record["license"].startswith("Apache-2.0")
    assert (ROOT / record["script"]).is_file()
    for name, digest in record["sha256"].items():
        assert vendor.table()["minilm"].files[name] == digest


def test_the_record_holds_the_scripts_sentences_each_with_one_bank(record):
    found = {name: [s["text"] for s in record["sentences"] if s["sense"] == name] for name in SENTENCES}
    assert found == {name: list(texts) for name, texts in SENTENCES.items()}
    assert [len(set(texts)) for texts in found.values()] == [12, 12]
    assert all(len(re.findall(r"\bbank\b", s["text"])) == 1 for s in record["sentences"])
    assert len({s["position"] for s in record["sentences"]}) >= 6


def test_the_stored_states_are_what_the_model_computes(record, states):
    some = [0, 7, 12, 23]
    try:
        computed, positions = bank_states([record["sentences"][i]["text"] for i in some])
    except AuthorError as error:
        pytest.skip(f"the weights cannot be had: {error}")
    assert positions == [record["sentences"][i]["position"] for i in some]
    # float16 keeps 11 bits; the rest is for another machine's order of summation.
    np.testing.assert_allclose(states[some].astype(np.float32), computed, rtol=2**-10, atol=2e-5)


@pytest.mark.parametrize("layer", range(7))
def test_the_senses_part_after_the_first_layer(states, sense, layer):
    vectors = normalize(states[:, layer].astype(np.float64))
    cosines = vectors @ vectors.T
    same = (sense[:, None] == sense) & ~np.eye(len(sense), dtype=bool)
    across = sense[:, None] != sense
    np.fill_diagonal(cosines, -1)
    right = np.mean(sense[cosines.argmax(axis=1)] == sense)
    gap = cosines[same].mean() - cosines[across].mean()
    if layer == 0:  # nothing but the position tells two of them apart
        assert right < 0.7
        assert abs(gap) < 0.01
    else:
        assert right >= 0.85
        assert gap > 0.03
        centred = states[:, layer].astype(np.float64)
        centred -= centred.mean(axis=0)
        side = centred @ np.linalg.svd(centred)[2][0] > 0
        assert (
            len(set(zip(side.tolist(), sense.tolist(), strict=True))) == 2
        )  # the first component's sign tells


def test_no_single_threshold_separates_the_senses(states, sense):
    """The lesson says so: the space is anisotropic, and all cosines of one word's states are high."""
    vectors = normalize(states[:, 6].astype(np.float64))
    cosines = vectors @ vectors.T
    same = (sense[:, None] == sense) & ~np.eye(len(sense), dtype=bool)
    across = sense[:, None] != sense
    assert cosines[same].min() < cosines[across].max()
    assert cosines[across].mean() > 0.7
    centred = normalize(states[:, 6].astype(np.float64) - states[:, 6].mean(axis=0, dtype=np.float64))
    cosines = centred @ centred.T
    assert cosines[same].mean() > 0 > cosines[across].mean()
