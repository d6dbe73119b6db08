"""The local cache: fetched files and what is derived from them, outside the checkout."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import platformdirs


def folder() -> Path:
    """Where the cache lies: $PYCORE_CACHE, or the user's cache folder."""
    named = os.environ.get("PYCORE_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("pycore-course"))


def write(target: Path, content: bytes) -> None:
    """Write beside a file's place first, then rename, so that a stopped build leaves no half file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(target)


def derived(recipe: str, make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes, from the cache where it lies undamaged, made by the same recipe."""
    kept = folder() / "derived" / hashlib.sha256(recipe.encode()).hexdigest()
    if kept.exists():
        stored = kept.read_bytes()
        digest, content = stored[:32], stored[32:]
        if hashlib.sha256(content).digest() == digest:
            return content
    content = make()
    write(kept, hashlib.sha256(content).digest() + content)
    return content
