import json

import numpy as np
import pytest

from pycore.data.embeddings import sentences
from sitegen import vendor
from sitegen.errors import ROOT, AuthorError
from tools.make_sentence_vectors import ANSWERS, ARRAYS, OTHERS, QUERIES, RECORD, sentence_vectors


@pytest.fixture(scope="module")
def record():
    return json.loads((ROOT / RECORD).read_text("utf-8"))


def test_the_file_is_small_and_its_record_names_pinned_sources(record):
    assert (ROOT / ARRAYS).stat().st_size < 30_000
    assert record["license"].startswith("Apache-2.0")
    assert (ROOT / record["script"]).is_file()
    for name, digest in record["sha256"].items():
        assert vendor.table()["minilm"].files[name] == digest


def test_the_record_holds_the_scripts_sentences(record):
    assert tuple(record["queries"]) == QUERIES == sentences().queries
    assert tuple(record["documents"]) == ANSWERS + OTHERS == sentences().documents
    assert (len(QUERIES), len(ANSWERS), len(OTHERS)) == (8, 8, 16)
    assert len({*QUERIES, *ANSWERS, *OTHERS}) == 32


def test_the_stored_vectors_are_what_the_model_computes():
    data = sentences()
    try:
        exact = sentence_vectors(data.queries + data.documents).astype(np.float64)
    except AuthorError as error:
        pytest.skip(f"the weights cannot be had: {error}")
    stored = np.concatenate([data.query_vectors, data.document_vectors])
    assert stored.dtype == np.float64
    np.testing.assert_allclose(np.linalg.norm(stored, axis=1), 1, atol=1e-12)
    assert np.sum(stored * exact, axis=1).min() > 0.9999
    # Rounding moves no cosine by as much as a reader is shown.
    np.testing.assert_allclose(
        data.query_vectors @ data.document_vectors.T, exact[:8] @ exact[8:].T, atol=0.005
    )


def test_the_bi_encoder_is_misled_but_loses_no_answer():
    cosines = sentences().query_vectors @ sentences().document_vectors.T
    ranks = [int((row > row[i]).sum()) + 1 for i, row in enumerate(cosines)]
    assert ranks == [2, 5, 2, 4, 3, 1, 4, 5]
