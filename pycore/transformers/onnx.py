"""Read the constant arrays of an ONNX file: its weights, but not the graph that computes with them.

The file is a message in Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding): fields with
a number each, of which some hold messages again. Field 7 of the model is its graph, field 5 of that an array,
with its axes in field 1, the type of its numbers in 2, its name in 8 and its bytes in 9 (onnx/onnx.proto).
Left out: writing, axes that are packed into one field, arrays that lie in files of their own, and types that
numpy does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8"}
_GRAPH, _ARRAY = 7, 5  # fields of the model and of the graph
_SHAPE, _DTYPE, _NAME, _BYTES = 1, 2, 8, 9  # fields of an array


def read_onnx(data: bytes | memoryview) -> dict[str, NDArray[Any]]:
    """Arrays of an ONNX file by name, in the order of the file.

    Parameters
    ----------
    data
        The file's content.

    Returns
    -------
    Read-only views into `data`: nothing is copied.

    Raises
    ------
    ValueError
        When the bytes are not such a file, are cut off, or hold a type that is left out here.

    Examples
    --------
    An array of one axis of length 2, named "x", in a graph in a model:

    >>> array = bytes([8, 2, 16, 3, 66, 1]) + b"x" + bytes([74, 2, 5, 255])
    >>> graph = bytes([42, len(array)]) + array
    >>> read_onnx(bytes([58, len(graph)]) + graph)
    {'x': array([ 5, -1], dtype=int8)}
    """
    graphs = [content for number, content in _fields(memoryview(data)) if number == _GRAPH]
    if len(graphs) != 1:
        raise ValueError(f"not an ONNX file: expected one graph, found {len(graphs)}")
    try:
        return dict(_array(content) for number, content in _fields(graphs[0]) if number == _ARRAY)
    except (TypeError, OverflowError) as error:  # a whole number where bytes belong, or the other way round
        raise ValueError(f"not such an ONNX file: expected a field of another kind ({error})") from None


def _array(content: Any) -> tuple[str, NDArray[Any]]:
    fields = list(_fields(content))
    found, shape = dict(fields), [value for number, value in fields if number == _SHAPE]
    name = str(found.get(_NAME, b""), "utf-8")
    kind = found.get(_DTYPE)
    if kind not in DTYPES:
        known = ", ".join(f"{number} ({dtype})" for number, dtype in DTYPES.items())
        raise ValueError(f"{name}: expected an array of type {known}; found {kind}")
    try:
        return name, np.frombuffer(found.get(_BYTES, b""), DTYPES[kind]).reshape(shape)
    except ValueError as error:
        raise ValueError(f"{name}: expected an array of shape {shape}, found others ({error})") from None


def _fields(data: memoryview) -> Iterator[tuple[int, Any]]:
    """Number and value of each field of a message: a whole number, or bytes."""
    place = 0

    def varint() -> int:
        nonlocal place
        value = shift = 0
        while True:
            if place >= len(data):
                raise ValueError(f"not a whole ONNX file: it is cut off at byte {place}")
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        number, kind = divmod(varint(), 8)
        if kind == 0:
            yield number, varint()
            continue
        if kind not in (1, 2, 5):
            raise ValueError(f"not an ONNX file: expected a field of kind 0, 1, 2 or 5, found {kind}")
        size = {1: 8, 5: 4}[kind] if kind != 2 else varint()
        if size > len(data) - place:
            raise ValueError(f"not a whole ONNX file: expected {size} bytes at byte {place}, found fewer")
        yield number, data[place : place + size]
        place += size
