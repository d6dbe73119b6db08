"""The gguf package is the oracle: what it writes is read, what it widens comes out bit for bit."""

from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType
from hypothesis import given
from hypothesis import strategies as st

from pycore.transformers.gguf import from_q4_1, from_q8_0, part_of, read_gguf, read_parts, split
from sitegen import vendor
from sitegen.errors import AuthorError
from tests.pycore.transformers import stand_in


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    stand_in.write(path)
    return path


def assert_read_as_the_package_does(path: Path):
    reference, own = gguf.GGUFReader(path), read_gguf(path.read_bytes())
    settings = {name: field.contents() for name, field in reference.fields.items()}
    assert own.metadata == {name: value for name, value in settings.items() if not name.startswith("GGUF.")}
    assert len(own.tensors) == len(reference.tensors)
    for tensor in reference.tensors:
        found = own.tensors[tensor.name]
        expected = gguf.dequantize(tensor.data, tensor.tensor_type)
        assert found.kind.name == tensor.tensor_type.name
        floats = found.floats()
        assert floats.dtype == np.float32
        assert floats.flags.c_contiguous
        np.testing.assert_array_equal(floats, expected, tensor.name)


def test_what_the_package_writes_is_read(path):
    assert_read_as_the_package_does(path)


def test_smollm2_is_read_as_the_package_reads_it():
    try:
        path = vendor.fetch("smollm2")
    except AuthorError as error:
        pytest.skip(f"the model cannot be had: {error}")
    assert_read_as_the_package_does(path)
    kinds = [tensor.kind.name for tensor in read_gguf(path.read_bytes()).tensors.values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"Q4_1": 210, "F32": 61, "Q8_0": 1}


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_blocks_of_any_bytes_widen_as_in_the_package(seed, blocks):
    rng = np.random.default_rng(seed)
    for kind, halves, size, widen in (
        (GGMLQuantizationType.Q4_1, 2, 20, from_q4_1),
        (GGMLQuantizationType.Q8_0, 1, 34, from_q8_0),
    ):
        data = rng.integers(0, 256, (blocks, size), np.uint8)
        data[:, : 2 * halves] = rng.normal(0, 50, (blocks, halves)).astype("<f2").view(np.uint8)
        expected = gguf.dequantize(data.reshape(1, -1), kind)[0]
        np.testing.assert_array_equal(widen(memoryview(data.tobytes())), expected)


def test_a_file_that_is_cut_off_is_refused_wherever_it_ends(path):
    data = path.read_bytes()
    whole = read_gguf(data)
    bodies = sum(len(tensor.read()) for tensor in whole.tensors.values())
    # Every place in the header and the first settings, and some in the rest.
    for end in [*range(4, 300), *range(300, len(data) - bodies, 997), len(data) - bodies // 2]:
        with pytest.raises(
            ValueError, match=r"not a whole GGUF file: expected \d+ bytes|the file is cut off"
        ):
            read_gguf(data[:end])


def test_parts_hold_what_the_file_holds_and_each_is_read_alone(path):
    data = path.read_bytes()
    parts, asked = split(data), []

    def read(name):
        asked.append(name)
        return memoryview(parts[name])

    whole, cut = read_gguf(data), read_parts(read)
    assert cut.metadata == whole.metadata
    assert asked == ["tables"]
    for name, tensor in whole.tensors.items():
        np.testing.assert_array_equal(cut.tensors[name].floats(), tensor.floats())
        assert asked[-1] == part_of(name)
    assert {"token_embd", "blk.0", "output_norm"} < set(parts)
    assert sum(map(len, parts.values())) <= len(data)
    with pytest.raises(ValueError, match="the file is cut off"):
        split(data[:-1])


def test_other_files_are_named(path):
    data = path.read_bytes()
    with pytest.raises(ValueError, match="to begin with GGUF, found b'<!do'"):
        read_gguf(b"<!doctype html>")
    with pytest.raises(ValueError, match="expected GGUF version 3, found 2"):
        read_gguf(b"GGUF" + (2).to_bytes(4, "little") + data[8:])
    name = b"blk.0.attn_q.weight"
    place = data.index(name) + len(name) + 4 + 16
    assert data[place : place + 4] == (3).to_bytes(4, "little")
    with pytest.raises(ValueError, match=r"attn_q.weight: expected a tensor of type 0 \(F32\), 3 \(Q4_1\)"):
        read_gguf(data[:place] + (12).to_bytes(4, "little") + data[place + 4 :])
    with pytest.raises(ValueError, match="rows of whole blocks of 32, found 63"):
        read_gguf(data[: place - 16] + (63).to_bytes(8, "little") + data[place - 8 :])
    key = b"llama.block_count"
    place = data.index(key) + len(key)
    with pytest.raises(ValueError, match=r"llama.block_count: expected a setting of type 0 to 12, found 77"):
        read_gguf(data[:place] + (77).to_bytes(4, "little") + data[place + 4 :])
    nested = b"".join(n.to_bytes(size, "little") for n, size in ((9, 4), (1, 8)) * 5000)
    with pytest.raises(
        ValueError, match=r"block_count: expected a list of numbers or strings, found .* type 9"
    ):
        read_gguf(data[:place] + (9).to_bytes(4, "little") + nested)
    with pytest.raises(ValueError, match="expected UTF-8 before byte"):
        read_gguf(data.replace(key, b"\xff" + key[1:]))


def test_what_is_asked_for_and_not_there_is_named(path):
    file = read_gguf(path.read_bytes())
    with pytest.raises(ValueError, match=r"a setting named llama.colour, found"):
        file.setting("llama.colour")
    with pytest.raises(ValueError, match=r"a tensor named output.weight, found 29 others"):
        file.floats("output.weight", (1,))
    with pytest.raises(ValueError, match=r"output_norm.weight: expected shape \(3,\), found \(64,\)"):
        file.floats("output_norm.weight", (3,))
