"""Read a GGUF file: a model's settings, its vocabulary and its weights, some of them in four or eight bits.

Follows the format's specification, version 3 (github.com/ggml-org/ggml, docs/gguf.md): a header, named
settings of thirteen types, a table of tensors, and their numbers from a multiple of 32 bytes on. A weight is
one of a block of 32 that share a scale: Q8_0 stores ``scale * q`` with q from -127 to 127, Q4_1 stores
``scale * q + lowest`` with q from 0 to 15. Left out: writing, big-endian files, lists of lists, and the many
other block types.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32  # weights that share a scale
TABLES = "tables"  # the part that says what the others hold

# What a setting can be, by the number that the format gives it.
_NUMBERS = {
    **{0: "<u1", 1: "<i1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4"},
    **{6: "<f4", 7: "?", 10: "<u8", 11: "<i8", 12: "<f8"},
}
_STRING, _ARRAY = 8, 9

_Q4_1 = np.dtype([("scale", "<f2"), ("lowest", "<f2"), ("pairs", "u1", BLOCK // 2)])
_Q8_0 = np.dtype([("scale", "<f2"), ("steps", "i1", BLOCK)])


def from_f32(data: memoryview) -> NDArray[np.float32]:
    """Copy little-endian float32 numbers, [n]."""
    return np.frombuffer(data, "<f4").astype(np.float32)


def from_q4_1(data: memoryview) -> NDArray[np.float32]:
    """Widen blocks of 20 bytes to 32 weights each.

    Parameters
    ----------
    data
        Blocks: a float16 scale, the block's lowest weight as float16, and 16 bytes that hold two steps each:
        byte i has weight i in its low half and weight i + 16 in its high half.

    Returns
    -------
    float32 [32 * blocks].

    Examples
    --------
    >>> halves = np.array([0.5, -4], "<f2").tobytes()
    >>> from_q4_1(memoryview(halves + bytes([0x10] * 16)))[[0, 16]]
    array([-4. , -3.5], dtype=float32)
    """
    blocks = np.frombuffer(data, _Q4_1)
    weights = np.empty((len(blocks), 2, BLOCK // 2), np.float32)
    weights[:, 0] = blocks["pairs"] & 15
    weights[:, 1] = blocks["pairs"] >> 4
    weights *= blocks["scale"].astype(np.float32)[:, None, None]
    weights += blocks["lowest"].astype(np.float32)[:, None, None]
    return weights.reshape(-1)


def from_q8_0(data: memoryview) -> NDArray[np.float32]:
    """Widen blocks of 34 bytes, a float16 scale and 32 steps of int8, to float32 [32 * blocks].

    Examples
    --------
    >>> from_q8_0(memoryview(np.float16(0.25).tobytes() + bytes([3, 255] * 16)))[:2]
    array([ 0.75, -0.25], dtype=float32)
    """
    blocks = np.frombuffer(data, _Q8_0)
    weights = blocks["steps"].astype(np.float32)
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


@dataclass(frozen=True)
class Kind:
    """How a tensor's numbers are stored: `size` bytes hold `weights` of them, and `widen` reads them."""

    name: str
    weights: int
    size: int
    widen: Callable[[memoryview], NDArray[np.float32]]


KINDS = {
    0: Kind("F32", 1, 4, from_f32),
    3: Kind("Q4_1", BLOCK, _Q4_1.itemsize, from_q4_1),
    8: Kind("Q8_0", BLOCK, _Q8_0.itemsize, from_q8_0),
}


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor as it lies in the file.

    Attributes
    ----------
    kind
        How it is stored.
    shape
        In numpy's order: rows of a matrix first. A matrix of weights is (outputs, inputs).
    read
        Gives its bytes, a view into the file or a part of it.
    """

    kind: Kind
    shape: tuple[int, ...]
    read: Callable[[], memoryview]

    def floats(self) -> NDArray[np.float32]:
        """Widen it to float32 of `shape`, rows contiguous; nothing of the file is kept."""
        return self.kind.widen(self.read()).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class GGUF:
    """A file that was read: its settings, and its tensors, which are widened one by one when asked.

    Attributes
    ----------
    metadata
        Numbers, strings, truth values, and lists of them, by name.
    tensors
        By name.
    """

    metadata: dict[str, Any]
    tensors: dict[str, Tensor]

    def setting(self, name: str) -> Any:
        """Return a setting; a ValueError names one that is not there."""
        if name not in self.metadata:
            raise ValueError(f"expected a setting named {name}, found {len(self.metadata)} others")
        return self.metadata[name]

    def floats(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Widen a tensor; a ValueError names one that is not there or has another shape."""
        tensor = self.tensors.get(name)
        if tensor is None:
            raise ValueError(f"expected a tensor named {name}, found {len(self.tensors)} others")
        if tensor.shape != shape:
            raise ValueError(f"{name}: expected shape {shape}, found {tensor.shape}")
        return tensor.floats()


def read_gguf(data: bytes | memoryview) -> GGUF:
    """Read a file.

    Parameters
    ----------
    data
        The file's content. Tensors are views into it: it stays in memory as long as one of them does.

    Raises
    ------
    ValueError
        When the bytes are no such file, are cut off, or hold a type that is left out here.

    Examples
    --------
    >>> header = b"GGUF" + b"".join(n.to_bytes(s, "little") for n, s in ((3, 4), (0, 8), (1, 8)))
    >>> key = (4).to_bytes(8, "little") + b"size" + (4).to_bytes(4, "little")
    >>> read_gguf(header + key + (135).to_bytes(4, "little")).metadata
    {'size': 135}
    """
    metadata, places, start = _whole(data)
    body = memoryview(data)[start:]
    return GGUF(metadata, {name: _tensor(place, lambda: body, 0) for name, place in places.items()})


def split(data: bytes) -> dict[str, bytes]:
    """Cut a file into parts that `read_parts` needs one at a time, so that each can be let go after it.

    Returns
    -------
    The parts by name: the tables, and the tensors of each block, or of a name without one.

    Raises
    ------
    ValueError
        As `read_gguf` does.
    """
    _, places, start = _whole(data)
    body = memoryview(data)[start:]
    parts = {name: bytes(body[first:last]) for name, (first, last) in _parts(places).items()}
    return {TABLES: data[:start], **parts}


def read_parts(read: Callable[[str], memoryview]) -> GGUF:
    """Read a file that `split` cut.

    Parameters
    ----------
    read
        Gives a part by its name: the tables at once, any other each time that a tensor in it is widened.
    """
    metadata, places, _ = _tables(read(TABLES))
    first = {name: first for name, (first, _) in _parts(places).items()}
    return GGUF(
        metadata,
        {
            name: _tensor(place, functools.partial(read, part_of(name)), first[part_of(name)])
            for name, place in places.items()
        },
    )


def part_of(tensor: str) -> str:
    """Name the part that a tensor lies in.

    Examples
    --------
    >>> part_of("blk.3.attn_q.weight"), part_of("token_embd.weight")
    ('blk.3', 'token_embd')
    """
    words = tensor.split(".")
    return ".".join(words[:2] if words[0] == "blk" else words[:1])


@dataclass(frozen=True)
class _Place:
    """Where the bytes of a tensor lie behind the tables."""

    kind: Kind
    shape: tuple[int, ...]
    first: int
    last: int


def _tensor(place: _Place, read: Callable[[], memoryview], start: int) -> Tensor:
    return Tensor(place.kind, place.shape, lambda: read()[place.first - start : place.last - start])


def _parts(places: dict[str, _Place]) -> dict[str, tuple[int, int]]:
    """Return the first byte of each part, and the one behind it."""
    parts: dict[str, tuple[int, int]] = {}
    for tensor, place in places.items():
        first, last = parts.get(part_of(tensor), (place.first, place.last))
        parts[part_of(tensor)] = min(first, place.first), max(last, place.last)
    return parts


def _whole(data: bytes | memoryview) -> tuple[dict[str, Any], dict[str, _Place], int]:
    """Read the tables of a file that has all the numbers they tell of; a ValueError says where it ends."""
    metadata, places, start = _tables(data)
    for name, place in places.items():
        if place.last > len(data) - start:
            raise ValueError(
                f"{name}: the file is cut off, it would end at byte {place.last} of {len(data) - start} "
                "behind the tables"
            )
    return metadata, places, start


def _tables(data: bytes | memoryview) -> tuple[dict[str, Any], dict[str, _Place], int]:
    """Read what stands before the numbers: settings, where each tensor lies, and where the first begins."""
    cursor = _Cursor(memoryview(data))
    if bytes(cursor.take(4)) != b"GGUF":
        raise ValueError(f"not a GGUF file: expected it to begin with GGUF, found {bytes(data[:4])!r}")
    if (version := cursor.integer(4)) != 3:
        raise ValueError(f"expected GGUF version 3, found {version}")
    tensors, settings = cursor.integer(8), cursor.integer(8)
    metadata = {}
    for _ in range(settings):
        name = cursor.string()
        metadata[name] = cursor.value(name, cursor.integer(4))
    places = {}
    for _ in range(tensors):
        name, axes = cursor.string(), cursor.integer(4)
        sizes = [cursor.integer(8) for _ in range(axes)]
        # The file names the axis first whose numbers lie side by side; numpy names it last.
        places[name] = _place(name, tuple(reversed(sizes)), cursor.integer(4), cursor.integer(8))
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment < 1:
        raise ValueError(f"general.alignment: expected a positive whole number, found {alignment!r}")
    return metadata, places, math.ceil(cursor.place / alignment) * alignment


def _place(name: str, shape: tuple[int, ...], number: int, first: int) -> _Place:
    kind = KINDS.get(number)
    if kind is None:
        known = ", ".join(f"{number} ({kind.name})" for number, kind in KINDS.items())
        raise ValueError(f"{name}: expected a tensor of type {known}; found {number}")
    if shape and shape[-1] % kind.weights:
        raise ValueError(f"{name}: expected rows of whole blocks of {kind.weights}, found {shape[-1]}")
    return _Place(kind, shape, first, first + math.prod(shape) // kind.weights * kind.size)


class _Cursor:
    """A place in the bytes, which moves on as they are read."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.place = data, 0

    def take(self, size: int) -> memoryview:
        if size > len(self.data) - self.place:
            raise ValueError(
                f"not a whole GGUF file: expected {size} bytes at byte {self.place}, "
                f"found {len(self.data) - self.place}"
            )
        self.place += size
        return self.data[self.place - size : self.place]

    def integer(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def string(self) -> str:
        try:
            return str(self.take(self.integer(8)), "utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"expected UTF-8 before byte {self.place}, found {error.object!r}") from None

    def value(self, name: str, kind: int) -> Any:
        """Read a setting's value: Python's own numbers and strings, and lists of them."""
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            inner, count = self.integer(4), self.integer(8)
            if inner == _STRING:
                return [self.string() for _ in range(count)]
            if inner in _NUMBERS:
                return self.numbers(inner, count)
            raise ValueError(f"{name}: expected a list of numbers or strings, found one of type {inner}")
        if kind in _NUMBERS:
            return self.numbers(kind, 1)[0]
        raise ValueError(f"{name}: expected a setting of type 0 to 12, found {kind}")

    def numbers(self, kind: int, count: int) -> list[Any]:
        dtype = np.dtype(_NUMBERS[kind])
        found: list[Any] = np.frombuffer(self.take(count * dtype.itemsize), dtype).tolist()
        return found
