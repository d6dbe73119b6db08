"""What the scripts that run SmolLM2-135M-Instruct share: its file, and where it came from."""

from __future__ import annotations

from typing import Any

from pycore.transformers.gguf import GGUF, read_gguf
from sitegen import vendor


def file() -> GGUF:
    """Read the file that holds the model, fetching it first if need be: 98 MB."""
    return read_gguf(vendor.fetch("smollm2").read_bytes())


def origin() -> dict[str, Any]:
    """Tell, for the record beside the data, which model this is and under what licence."""
    pins = vendor.table()["smollm2"]
    return {
        "model": "SmolLM2-135M-Instruct, weights of 4 bits (Q4_1)",
        "home": pins.home,
        "license": f"{pins.license} (the model and these numbers, which were computed from it)",
        "pin": f"smollm2 {pins.version} in pyproject.toml",
        "sha256": pins.files,
    }
