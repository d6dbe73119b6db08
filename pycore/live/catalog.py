"""The figures of the course: where they lie, and how a lesson's name for one leads to its class.

A figure is a module in `pycore/figures/`, in the folder of its subject; its path there, such as
"embeddings/cosine", is its full name. Modules whose names start with an underscore hold what several figures
share.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

from pycore import figures
from pycore.live.figure import Figure


@functools.cache
def paths() -> list[str]:
    """Paths of all figures, sorted."""
    return sorted(_below(list(figures.__path__), ""))


def _below(folders: list[str], prefix: str) -> Iterator[str]:
    for module in pkgutil.iter_modules(folders):
        if module.name.startswith("_"):
            continue
        if module.ispkg:
            yield from _below([f"{folder}/{module.name}" for folder in folders], f"{prefix}{module.name}/")
        else:
            yield prefix + module.name


def find(name: str, subject: str = "") -> str:
    """Return the path of the figure that a lesson means by a name.

    Parameters
    ----------
    name
        The figure's name, or its path.
    subject
        The folder in which it is looked for first.

    Raises
    ------
    KeyError
        When no figure has that name, or several have it, none of them in the subject's folder. It carries the
        paths of those that have it.
    """
    known = paths()
    for path in (f"{subject}/{name}", name):
        if path in known:
            return path
    same = [path for path in known if path.endswith(f"/{name}")]
    if len(same) == 1:
        return same[0]
    raise KeyError(*same)


def load(path: str) -> type[Figure[Any]]:
    """Return a figure's class: the one subclass of `Figure` that the module at this path defines.

    Raises
    ------
    KeyError
        When there is no such module.
    TypeError
        When the module does not define one figure; its last argument is the list of those that it does.
    """
    if path not in paths():
        raise KeyError(path)
    module = importlib.import_module(f"{figures.__name__}.{path.replace('/', '.')}")
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Figure) and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise TypeError(f"{module.__name__} defines {len(found)} figures; expected one", found)
    return found[0]
