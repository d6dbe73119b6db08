"""What the build has made is kept, by what it was made from: drawings, lessons, checks, groups of files.

The recipe must name everything that the result depends on. Nothing is kept that was made while the code was
changing, since no recipe tells which of its versions ran.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sitegen import cache, imports

Made = TypeVar("Made")


_waiting: dict[str, bytes] | None = None  # what is put within `together`, by recipe


def kept(recipe: str, make: Callable[[], Made]) -> Made:
    """Return what `make` makes, or what it made by the same recipe before."""
    found: tuple[Made] | None = look(recipe)
    if found:
        return found[0]
    made = make()
    put(recipe, made)
    return made


def look(recipe: str) -> tuple[Made] | None:
    """Return what was made by a recipe, in a tuple; None when it was not."""
    content = _waiting[recipe] if _waiting and recipe in _waiting else cache.look(recipe)
    # The cache is the author's own folder, and its files are whole: their hashes were compared.
    return None if content is None else (pickle.loads(content),)  # noqa: S301


def put(recipe: str, made: object) -> None:
    """Keep what was made by a recipe."""
    if _waiting is not None:
        _waiting[recipe] = pickle.dumps(made)
    elif not imports.stale():
        cache.store(recipe, pickle.dumps(made))


@contextmanager
def together() -> Iterator[None]:
    """Keep at the end of the block what was put in it, so that the code is compared once for all of it."""
    global _waiting
    outer, _waiting = _waiting, {}
    try:
        yield
    finally:
        made, _waiting = _waiting, outer
        if made and not imports.stale():
            for recipe, content in made.items():
                cache.store(recipe, content)
