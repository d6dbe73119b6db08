from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from pycore.data.embeddings import bank_states, sentences
from pycore.data.tokenizers.wordpiece import wordpiece
from pycore.embeddings.similarity import normalize
from pycore.transformers.minilm import HEADS, MiniLM, pad
from pycore.transformers.minilm_file import pack, tensors_of_onnx, unpack, write
from pycore.transformers.onnx import read_onnx
from pycore.transformers.rows import Rows
from pycore.transformers.safetensors import read_safetensors
from sitegen import vendor
from sitegen.errors import AuthorError

SENTENCES = [
    "Bread.",
    "The train to the coast was late again.",
    "Our train to the seaside was delayed once more.",
    "Photosynthesis turns light, water and carbon dioxide into sugar, and leaves oxygen for everyone else.",
    "naïve café — 数学 🙂",
]


def fetched(name: str, file: str) -> Path:
    try:
        return vendor.fetch(name, file)
    except AuthorError as error:
        pytest.skip(f"{file} cannot be had: {error}")


@pytest.fixture(scope="module")
def tensors():
    return read_safetensors(fetched("minilm", "model.safetensors").read_bytes())


@pytest.fixture(scope="module")
def model(tensors):
    return MiniLM.from_tensors(tensors)


@pytest.fixture(scope="module")
def batch():
    tokenizer = Tokenizer.from_file(str(fetched("minilm", "tokenizer.json")))
    tokenizer.no_padding()
    return pad([encoding.ids for encoding in tokenizer.encode_batch(SENTENCES)])


def in_torch(tensors, ids, mask):
    """Run the same architecture written with torch's own functions; hidden states and attention weights."""
    w = {name: torch.tensor(array) for name, array in tensors.items()}
    ids, visible = torch.tensor(ids), torch.tensor(mask)[:, None, None, :]

    def linear(name, x):
        return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def norm(name, x):
        return F.layer_norm(x, (384,), w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-12)

    x = F.embedding(ids, w["embeddings.word_embeddings.weight"])
    x = x + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = norm("embeddings.LayerNorm", x + w["embeddings.token_type_embeddings.weight"][0])
    hidden, attention = [x], []
    for number in range(6):
        layer = f"encoder.layer.{number}"
        q, k, v = (
            linear(f"{layer}.attention.self.{part}", x).unflatten(-1, (12, 32)).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=visible).transpose(1, 2).flatten(2)
        scores = (q @ k.mT / 32**0.5).masked_fill(~visible, -torch.inf)
        attention.append(scores.softmax(-1))
        x = norm(f"{layer}.attention.output.LayerNorm", x + linear(f"{layer}.attention.output.dense", mixed))
        inner = linear(f"{layer}.output.dense", F.gelu(linear(f"{layer}.intermediate.dense", x)))
        x = norm(f"{layer}.output.LayerNorm", x + inner)
        hidden.append(x)
    return torch.stack(hidden).numpy(), torch.stack(attention).numpy()


def pooled(last, mask):
    """Mean pooling and scaling to length 1, in torch."""
    last, mask = torch.tensor(last), torch.tensor(mask)
    return F.normalize((last * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1).numpy()


def test_every_layer_head_and_sentence_is_torchs(model, tensors, batch):
    ids, mask = batch
    hidden, attention = in_torch(tensors, ids, mask)
    encoding = model(ids, mask)
    assert encoding.hidden.shape == (7, *ids.shape, 384)
    assert encoding.hidden.dtype == np.float32
    assert encoding.attention.shape == (6, len(ids), HEADS, ids.shape[1], ids.shape[1])
    np.testing.assert_allclose(encoding.hidden[:, mask], hidden[:, mask], atol=1e-5, rtol=0)
    rows = np.broadcast_to(mask[:, None, :], attention.shape[1:4])
    np.testing.assert_allclose(encoding.attention[:, rows], attention[:, rows], atol=1e-5, rtol=0)
    np.testing.assert_allclose(model.embed(ids, mask), pooled(hidden[-1], mask), atol=1e-5, rtol=0)


def test_sentences_are_those_of_a_graph_that_others_exported(tensors, batch):
    """The ONNX file holds int8 weights, which its graph multiplies by scales and then uses as float32.

    Pycore gets the same multiplied weights. That they are near the float model's, and the rest equal to it,
    shows that the arrays were taken for what they are.
    """
    path = fetched("minilm-onnx", "model.onnx")
    own = tensors_of_onnx(path.read_bytes())
    needed = [name for name in tensors if not name.startswith("pooler.") and not name.endswith("_ids")]
    assert sum(isinstance(own[name], Rows) for name in needed) == 2 + 6 * 6
    for name in needed:
        if isinstance(own[name], Rows):
            step = np.abs(tensors[name]).max(axis=1, keepdims=True) / 127
            assert (np.abs(own[name].floats() - tensors[name]) <= 0.51 * step).all(), name
        else:
            np.testing.assert_array_equal(own[name], tensors[name], name)

    ids, mask = batch
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feed = {
        "input_ids": ids,
        "attention_mask": mask.astype(np.int64),
        "token_type_ids": np.zeros_like(ids),
    }
    (last,) = session.run(["last_hidden_state"], feed)
    model = MiniLM.from_tensors(own)
    np.testing.assert_allclose(model(ids, mask).hidden[-1][mask], last[mask], atol=1e-5, rtol=0)
    np.testing.assert_allclose(model.embed(ids, mask), pooled(last, mask), atol=1e-5, rtol=0)


def test_in_the_small_file_vectors_and_states_stay_what_they_were(tensors):
    """Against torch in float32, on sentences of the lesson: no cosine below .995, and few below .999."""
    small = pack(fetched("minilm-onnx", "model.onnx").read_bytes())
    assert len(small) < 18e6
    model = unpack(small)
    assert isinstance(model.words, Rows)
    texts = [*SENTENCES, *sentences().queries, *bank_states().sentences[::2]]
    ids, mask = pad([wordpiece().encode(text) for text in texts])
    hidden, _ = in_torch(tensors, ids, mask)
    own = model(ids, mask).hidden
    cosines = np.sum(pooled(own[-1], mask) * pooled(hidden[-1], mask), axis=-1)
    assert cosines.shape == (25,)
    assert cosines.min() > 0.995
    assert np.median(cosines) > 0.999
    states = np.sum(normalize(own) * normalize(hidden), axis=-1)
    assert states[:, mask].min() > 0.99
    of_bank = states[:, ids == wordpiece().ids["bank"]]
    assert of_bank.shape[1] == 12
    assert of_bank.min() > 0.995


def test_another_onnx_file_is_named():
    with pytest.raises(ValueError, match="expected one graph, found 0"):
        tensors_of_onnx(b"")
    with pytest.raises(ValueError, match=r"it is cut off at byte 1\b"):
        tensors_of_onnx(bytes([58 | 128]))
    with pytest.raises(ValueError, match="expected 9 bytes at byte 2, found fewer"):
        tensors_of_onnx(bytes([58, 9, 0]))
    with pytest.raises(ValueError, match="field of kind 0, 1, 2 or 5, found 3"):
        tensors_of_onnx(b"\x0b")
    with pytest.raises(ValueError, match="36 matrices and two tables in 8 bits, found 0"):
        tensors_of_onnx(bytes([58, 0]))
    strange = bytes([58, 9, 42, 7, 8, 2, 16, 8, 66, 1]) + b"x"
    with pytest.raises(ValueError, match=r"x: expected an array of type .* found 8"):
        tensors_of_onnx(strange)
    with pytest.raises(ValueError, match=r"x: expected an array of shape \[2\]"):
        tensors_of_onnx(strange.replace(b"\x10\x08", b"\x10\x03"))


@pytest.mark.parametrize(
    "array",
    [
        bytes([10, 1, 2, 16, 3, 66, 1]) + b"x" + bytes([74, 2, 5, 255]),  # its axes packed
        bytes([8, 2, 16, 3, 64, 1, 74, 2, 5, 255]),  # a number for a name
        bytes([8, *[255] * 9, 127, 16, 3, 66, 1]) + b"x" + bytes([74, 2, 5, 255]),  # an axis of 2 ** 70
    ],
)
def test_fields_of_another_kind_are_refused(array):
    with pytest.raises(ValueError, match="expected"):
        read_onnx(bytes([58, len(array) + 2, 42, len(array)]) + array)
    with pytest.raises(ValueError, match="expected"):
        read_onnx(bytes([58, 2, 40, 7]))
    with pytest.raises(ValueError, match="expected"):
        read_onnx(bytes([56, 7]))


@pytest.mark.parametrize("scale", [1e6, 1e-9])
def test_a_scale_that_no_float16_holds_is_refused(scale):
    rows = Rows(np.ones((1, 2), np.int8), np.array([scale], np.float32))
    with pytest.raises(ValueError, match="x: expected scales that fit a float16"):
        write({"x": rows})


def test_padding_changes_nothing(model, batch):
    ids, mask = batch
    together = model.embed(ids, mask)
    for sentence, row, vector in zip(ids, mask, together, strict=True):
        np.testing.assert_allclose(model.embed(sentence[row]), vector, atol=1e-6, rtol=0)
    garbage = np.where(mask, ids, 2924)
    np.testing.assert_allclose(model.embed(garbage, mask), together, atol=1e-6, rtol=0)


def test_paraphrases_are_nearest(model, batch):
    vectors = model.embed(*batch)
    cosines = vectors @ vectors.T
    np.testing.assert_allclose(np.diag(cosines), 1, atol=1e-6)
    np.fill_diagonal(cosines, -1)
    assert cosines[[1, 2]].argmax(axis=1).tolist() == [2, 1]


def test_bad_input_is_named(model, tensors):
    with pytest.raises(ValueError, match="token numbers from 0 to 30521, found 0 to 30522"):
        model(np.array([0, 30522]))
    with pytest.raises(ValueError, match="found -1 to 3"):
        model(np.array([-1, 3]))
    with pytest.raises(ValueError, match="at most 512 tokens, found 513"):
        model(np.zeros(513, int))
    with pytest.raises(ValueError, match=r"mask of shape \(2, 3\), found \(3,\)"):
        model(np.zeros((2, 3), int), np.ones(3, bool))
    with pytest.raises(ValueError, match="row of the mask with none"):
        model(np.zeros((1, 3), int), np.zeros((1, 3), bool))
    with pytest.raises(ValueError, match="heads that divide 384, found 7"):
        MiniLM.from_tensors(tensors, heads=7)
    missing = {name: array for name, array in tensors.items() if "layer.2.output" not in name}
    with pytest.raises(ValueError, match=r"an array named encoder.layer.2.output"):
        MiniLM.from_tensors(missing)


@pytest.mark.parametrize("sentences", [[], [[]], [[1], []]])
def test_pad_refuses_sentences_without_tokens(sentences):
    with pytest.raises(ValueError, match="at least one token"):
        pad(sentences)
