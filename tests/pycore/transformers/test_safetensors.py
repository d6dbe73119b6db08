import json

import numpy as np
import pytest

from pycore.transformers.safetensors import DTYPES, read_safetensors


def file_with(table, body=b""):
    text = table if isinstance(table, bytes) else json.dumps(table).encode()
    return len(text).to_bytes(8, "little") + text + body


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_comes_back(name):
    values = np.array([[0, 1, 1], [1, 0, 1]], DTYPES[name])
    table = {
        "__metadata__": {"format": "pt"},
        "scalar": {"dtype": "U8", "shape": [], "data_offsets": [0, 1]},
        "empty": {"dtype": name, "shape": [0, 4], "data_offsets": [1, 1]},
        "values": {"dtype": name, "shape": [2, 3], "data_offsets": [1, 1 + values.nbytes]},
    }
    arrays = read_safetensors(file_with(table, b"\x07" + values.tobytes()))
    assert list(arrays) == ["scalar", "empty", "values"]
    assert arrays["scalar"].shape == ()
    assert arrays["scalar"] == 7
    assert arrays["empty"].shape == (0, 4)
    np.testing.assert_array_equal(arrays["values"], values)
    assert arrays["values"].dtype == values.dtype
    assert not arrays["values"].flags.writeable


def entry(**changes):
    return {"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changes}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "table would end at byte 8 of 0"),
        (b"PK\x03\x04 a zip archive", "table would end at byte"),
        (file_with(b"\xff\xfe"), "table cannot be read"),
        (file_with(b"{"), "table cannot be read"),
        (file_with([1]), "table cannot be read"),
        (file_with({"x": {}}), "table cannot be read"),
        (file_with(entry(shape=["two"]), bytes(8)), "table cannot be read"),
        (file_with(entry(shape=[2.9]), bytes(8)), "table cannot be read"),
        (file_with(entry(data_offsets=[0.5, 8.5]), bytes(8)), "table cannot be read"),
        (file_with(b"[" * 100_000), "table cannot be read"),
        (file_with(entry(data_offsets=[0]), bytes(8)), "table cannot be read"),
        (file_with(entry(dtype="BF16"), bytes(8)), "x: expected a dtype among .*, found BF16"),
        (file_with(entry(shape=[3]), bytes(8)), "x: expected 12 bytes inside 8, found bytes 0 to 8"),
        (file_with(entry(), bytes(7)), "x: expected 8 bytes inside 7, found bytes 0 to 8"),
        (file_with(entry(data_offsets=[-4, 4]), bytes(8)), "found bytes -4 to 4"),
    ],
)
def test_a_damaged_file_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        read_safetensors(data)
