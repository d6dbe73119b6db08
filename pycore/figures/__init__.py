"""The figures of the course: a module a figure, named as lessons name it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

from pycore.live.figure import Figure


def names() -> list[str]:
    """Names of all figures, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> type[Figure[Any]]:
    """Return a figure's class: the one subclass of `Figure` that the module of this name defines.

    Raises
    ------
    KeyError
        When there is no such module.
    TypeError
        When the module does not define one figure.
    """
    if name not in names():
        raise KeyError(name)
    module = importlib.import_module(f"{__name__}.{name}")
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Figure) and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise TypeError(f"{module.__name__} defines {len(found)} figures; expected one")
    return found[0]
