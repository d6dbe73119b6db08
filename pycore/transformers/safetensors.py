"""Read a safetensors file: named arrays in one block of bytes, with a JSON table of contents in front.

The layout is eight bytes that say how long the table is, the table, and the raw little-endian numbers; the
table gives each array's dtype, shape, and first and last byte. Left out: writing, and the dtypes that numpy
does not have (bfloat16 and the eight-bit floats).
"""

from __future__ import annotations

import json
import math
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}


def read_safetensors(data: bytes) -> dict[str, NDArray[Any]]:
    """Arrays of a safetensors file by name.

    Parameters
    ----------
    data
        The file's content.

    Returns
    -------
    Read-only views into `data`: nothing is copied. The table's ``__metadata__`` is dropped.

    Raises
    ------
    ValueError
        When the bytes are not such a file, are cut off, or hold a dtype that numpy does not have.

    Examples
    --------
    >>> table = b'{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}'
    >>> data = len(table).to_bytes(8, "little") + table + np.array([1, 2], "<f4").tobytes()
    >>> read_safetensors(data)
    {'x': array([1., 2.], dtype=float32)}
    """
    start = 8 + int.from_bytes(data[:8], "little")
    if not 8 < start <= len(data):
        raise ValueError(f"not a safetensors file: its table would end at byte {start} of {len(data)}")
    try:
        table = json.loads(data[8:start])
        table.pop("__metadata__", None)
        entries = {name: _entry(fields) for name, fields in table.items()}
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a safetensors file: its table cannot be read ({error!r})") from error
    body = memoryview(data)[start:]
    return {name: _view(body, name, *entry) for name, entry in entries.items()}


def _entry(fields: dict[str, Any]) -> tuple[str, tuple[int, ...], int, int]:
    first, last = fields["data_offsets"]
    return str(fields["dtype"]), tuple(map(index, fields["shape"])), index(first), index(last)


def _view(
    body: memoryview, name: str, kind: str, shape: tuple[int, ...], first: int, last: int
) -> NDArray[Any]:
    if kind not in DTYPES:
        raise ValueError(f"{name}: expected a dtype among {', '.join(DTYPES)}, found {kind}")
    dtype = np.dtype(DTYPES[kind])
    size = math.prod(shape) * dtype.itemsize
    if last - first != size or not 0 <= first <= last <= len(body):
        raise ValueError(f"{name}: expected {size} bytes inside {len(body)}, found bytes {first} to {last}")
    return np.frombuffer(body[first:last], dtype).reshape(shape)
