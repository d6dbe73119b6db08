"""all-MiniLM-L6-v2 in a small file, for a page to fetch: int8 rows with a float16 scale each, compressed.

The weights are those of an ONNX file that others had quantized to 8 bits, row by row. More than half of them
are the table of words, which bears larger steps: an eighth of a row's root mean square hardly changes the
vector of a sentence, and saves 3 MB of 21. The file is numpy's own `.npz`; vectors are float32 in it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.transformers.minilm import BLOCKS, MiniLM
from pycore.transformers.onnx import read_onnx
from pycore.transformers.rows import Rows

FINENESS = 8.0  # steps to the root mean square of a word's row
_TABLE = "embeddings.word_embeddings.weight"
_TABLES = (_TABLE, "embeddings.position_embeddings.weight")
# The matrices of a block in the order in which the graph uses them: the exporter numbered them.
_MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_SCALE = " scale"


def tensors_of_onnx(data: bytes) -> dict[str, NDArray[Any] | Rows]:
    """Arrays of the ONNX file, under the names that `MiniLM.from_tensors` knows.

    Raises
    ------
    ValueError
        When the file is none, or another model's.
    """
    arrays = {name.removeprefix("inner."): array for name, array in read_onnx(data).items()}
    numbered = [name for name in arrays if name.startswith("val_") and name.endswith("_q")]
    names = [f"encoder.layer.{block}.{part}.weight" for block in range(BLOCKS) for part in _MATRICES]
    if len(numbered) != len(names) or any(f"{name}_q" not in arrays for name in _TABLES):
        raise ValueError(f"expected {len(names)} matrices and two tables in 8 bits, found {len(numbered)}")
    kept = ("embeddings.", "encoder.")
    tensors: dict[str, NDArray[Any] | Rows] = {
        name: array
        for name, array in arrays.items()
        if name.startswith(kept) and array.dtype == np.float32 and not name.endswith("_scale")
    }
    for name in _TABLES:
        tensors[name] = Rows(arrays[f"{name}_q"], arrays[f"{name}_scale"][:, 0])
    for name, number in zip(names, numbered, strict=True):
        # It multiplies from the right, so its columns are what a `Linear` has as rows.
        tensors[name] = Rows(arrays[number].T, arrays[f"{number.removesuffix('_q')}_scale"][0])
    return tensors


def pack(onnx: bytes) -> bytes:
    """Make the file from the ONNX file."""
    tensors = tensors_of_onnx(onnx)
    table = tensors[_TABLE]
    assert isinstance(table, Rows)
    tensors[_TABLE] = Rows.quantize(table.floats(), FINENESS)
    return write(tensors)


def write(tensors: Mapping[str, NDArray[Any] | Rows]) -> bytes:
    """Write arrays and rows as `unpack` reads them.

    Raises
    ------
    ValueError
        When a row's scale is too large or too small for a float16.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, tensor in tensors.items():
        if isinstance(tensor, Rows):
            with np.errstate(over="ignore"):
                scale = tensor.scale.astype(np.float16)
            if not np.all((scale > 0) & (scale < np.inf)):
                raise ValueError(
                    f"{name}: expected scales that fit a float16, found one too large or too small"
                )
            arrays |= {name: tensor.steps, name + _SCALE: scale}
        else:
            arrays[name] = tensor
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpack(data: bytes | memoryview) -> MiniLM:
    """Read the model from the file.

    The table of words stays in 8 bits, since a sentence needs few of its rows; all else becomes float32.

    Raises
    ------
    ValueError
        When an array is missing, or its shape does not fit.
    """
    with np.load(io.BytesIO(data)) as file:
        tensors = {
            name: Rows(file[name], file[name + _SCALE]) if name + _SCALE in file else file[name]
            for name in file
            if not name.endswith(_SCALE)
        }
    return MiniLM.from_tensors(tensors)
