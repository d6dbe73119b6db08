"""Undo what a reader's code changes outside itself: modules, classes, functions, what is set in Python.

`remember()` notes what stands where, without copying what cannot change, and `put_back` restores it: the
names in every module and class, the attributes of functions, the lists, dictionaries, sets and arrays at the
top of numpy's and pycore's modules, and what is set in Python itself. Not covered is what only C can see:
extension types refuse changes anyway, and `guest` shuts the few doors that nobody can close again, such as
audit hooks. What still slips through is found by `unsound`, and then the page takes another Python.
"""

from __future__ import annotations

import builtins
import gc
import json
import math
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import is_, methodcaller
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

Namespace = dict[str, Any]

KEPT = ("numpy", "pycore")  # packages whose tables are kept as well
TOLD = ("builtins", "math", "random", *KEPT)  # of these a reader wants to know that they were put back
SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], Any]], ...] = (
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (sys.getswitchinterval, sys.setswitchinterval),
    (sys.get_int_max_str_digits, sys.set_int_max_str_digits),
    (sys.gettrace, sys.settrace),
    (sys.getprofile, sys.setprofile),
    (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    (gc.get_threshold, lambda counts: gc.set_threshold(*counts)),
    (gc.get_debug, gc.set_debug),
    (os.getcwd, os.chdir),
)
_HEAP, _IMMUTABLE = 1 << 9, 1 << 8  # flags of a type, from Python's object.h
_MISSING = object()
_values = methodcaller("values")


class Parts(NamedTuple):
    """What in a module can be changed without the module's own names showing it."""

    module: ModuleType
    classes: list[type]
    tables: list[Any]


_known: dict[str, Parts] = {}


class Memory(NamedTuple):
    """How everything was.

    Attributes
    ----------
    learn
        Notes the modules that were imported since; it is called before they can have been changed.
    note
        Notes an attribute of a function that is about to be changed: the function, and the attribute's name.
    put_back
        Restores all, and returns the names of what it had to restore, such as "numpy.sqrt". It works
        whatever was changed, `builtins` and this module included.
    """

    learn: Callable[[], None]
    note: Callable[[Any, str], None]
    put_back: Callable[[], tuple[str, ...]]


def remember() -> Memory:
    """Note how everything is now."""
    record = _Record()
    mend = record.put_back
    settings = [(get, put, get()) for get, put in SETTINGS]
    chance = _chance()
    environment = dict(os.environ)
    functions: list[tuple[Any, str, Any]] = []
    read, write, backwards = getattr, setattr, reversed
    # What is looked up in a namespace may have been changed, until that has been mended.
    ours, own, python, update = globals(), dict(globals()), dict(vars(builtins)), dict.update
    theirs = vars(builtins)

    def note(function: Any, attribute: str) -> None:
        functions.append((function, attribute, read(function, attribute)))

    def put_back() -> tuple[str, ...]:
        changed = [name for name in python if name not in theirs or theirs[name] is not python[name]]
        update(theirs, python)
        update(ours, own)
        for function, attribute, value in backwards(functions):
            write(function, attribute, value)
        for get, put, value in settings:
            if get() != value:
                put(value)
        names = [f"builtins.{name}" for name in changed]
        names += [_name(function) for function, _, _ in functions]
        functions.clear()
        names += mend()
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        for go_on, state in chance:
            go_on(state)
        names = [name for name in names if name.partition(".")[0] in TOLD and "._" not in name]
        return tuple(dict.fromkeys(names))

    return Memory(record.learn, note, put_back)


def unsound() -> str:
    """Say what in Python does not work as it should; empty when all does."""
    for what, works in _TRIALS.items():
        try:
            if not works():
                return what
        except BaseException:
            return what
    return ""


_TRIALS: dict[str, Callable[[], bool]] = {
    "Python's numbers": lambda: (
        sum([1, 2]) == 3 and len("ab") == 2 and abs(-1.5) == max(1, 1.5) and math.sqrt(4) == 2
    ),
    "Python's lists": lambda: (
        sorted({"b": 1, "a": 2}) == ["a", "b"] and list(map(str, range(2))) == ["0", "1"]
    ),
    "Python's way to write text": lambda: json.loads(json.dumps({"a": [0.5, "é"]})) == {"a": [0.5, "é"]},
    "numpy": lambda: bool(
        np.sqrt(np.array([4.0]))[0] == 2
        and np.array([[1.0, 2.0]] @ np.array([3.0, 4.0]))[0] == 11
        and np.exp(np.zeros(2)).sum() == 2
        and np.argsort(np.array([2, 1])).tolist() == [1, 0]
        and f"{np.float32(0.5):.2f}" == "0.50"
    ),
}


class _Record:
    """Names, classes and tables, as they were when it was made."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._spaces: dict[str, tuple[Any, Namespace]] = {}  # of modules: the living one, and a copy
        self._classes: list[tuple[type, tuple[type, ...]]] = []
        self._members: list[tuple[Any, Namespace]] = []  # of these classes
        self._dicts: list[tuple[Any, Namespace]] = []  # which numpy and pycore keep
        self._tables: list[tuple[Any, Any]] = []  # and what else can be changed in place
        self.learn()
        for table in (sys.path, sys.meta_path, sys.path_hooks, gc.callbacks):
            self._tables.append((table, table.copy()))

    def learn(self) -> None:
        found: dict[str, Parts] = {}
        for name, module in list(sys.modules.items()):
            if name in self._modules or _is_being_imported(module):
                continue
            self._modules[name] = module
            if isinstance(module, ModuleType) and _is_of_a_page(name):
                found[name] = _parts(name, module)
        # What `_parts` has found is itself a table of pycore, so it is copied only now that all is in it.
        for name, (module, classes, tables) in found.items():
            self._spaces[name] = vars(module), vars(module).copy()
            parent, _, child = name.rpartition(".")
            if parent in self._spaces and child in self._spaces[parent][0]:
                self._spaces[parent][1][child] = self._spaces[parent][0][child]
            for kind in classes:
                self._classes.append((kind, kind.__bases__))
                self._members.append((vars(kind), vars(kind).copy()))
            for table in tables:
                (self._dicts if type(table) is dict else self._tables).append((table, table.copy()))

    def put_back(self) -> Iterator[str]:
        self._put_modules_back()
        if not _all_same(list(self._spaces.values())):
            for name, (now, kept) in self._spaces.items():
                yield from (f"{name}.{key}" for key in _restore(now, kept))
        if not _all_same(self._members):
            for (kind, _), (now, kept) in zip(self._classes, self._members, strict=True):
                yield from (f"{_name(kind)}.{key}" for key in _restore_class(kind, now, kept))
        for kind, bases in self._classes:
            if kind.__bases__ is not bases:
                kind.__bases__ = bases
                yield _name(kind)
        if not _all_same(self._dicts):
            for table, kept in self._dicts:
                _restore_table(table, kept)
        for table, kept in self._tables:
            _restore_table(table, kept)

    def _put_modules_back(self) -> None:
        for name in [name for name in sys.modules if name not in self._modules]:
            # It came by a way that `learn` does not see, so it may have been changed. C is not loaded twice,
            # and the functions of pycore are who they are.
            if name.partition(".")[0] not in KEPT and not _is_extension(sys.modules[name]):
                del sys.modules[name]
        _restore(sys.modules, {**sys.modules, **self._modules})


def _parts(name: str, module: ModuleType) -> Parts:
    """What a module has; looked for once, when it has just been imported or nobody's guest has come yet."""
    known = _known.get(name)
    if known is None or known.module is not module:
        values = [value for key, value in vars(module).items() if not key.startswith("__")]
        classes = [value for value in values if isinstance(value, type) and value.__module__ == name]
        classes = [kind for kind in classes if kind.__flags__ & _HEAP and not kind.__flags__ & _IMMUTABLE]
        values += [value for kind in classes for value in vars(kind).values()]
        tables: dict[int, Any] = {}
        if name.partition(".")[0] in KEPT:
            _gather(values, tables)
        known = _known[name] = Parts(module, classes, list(tables.values()))
    return known


def _gather(values: Iterable[Any], tables: dict[int, Any], depth: int = 3) -> None:
    """Find what can be changed in place, also within each other."""
    for value in values:
        if type(value) in (list, dict, set, np.ndarray) and id(value) not in tables:
            tables[id(value)] = value
            if depth and type(value) in (list, dict) and len(value) < 1000:
                _gather(value.values() if type(value) is dict else value, tables, depth - 1)


def _same(now: Any, kept: Namespace) -> bool:
    return _all_same([(now, kept)])


def _all_same(pairs: list[tuple[Any, Namespace]]) -> bool:
    """Whether no name is another one, and none has another value. All of it runs in C: there are 25,000."""
    now, kept = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return (
        list(map(len, now)) == list(map(len, kept))
        and all(map(is_, chain.from_iterable(map(_values, now)), chain.from_iterable(map(_values, kept))))
        and all(map(is_, chain.from_iterable(now), chain.from_iterable(kept)))
    )


def _restore(now: Namespace, kept: Namespace) -> list[str]:
    """Put names back, and return those that had another value."""
    if _same(now, kept):
        return []
    changed = [key for key, value in kept.items() if now.get(key, _MISSING) is not value]
    now.update(kept)
    for key in [key for key in now if key not in kept]:
        del now[key]
    return [key for key in changed if not key.startswith("__")]


def _restore_class(kind: type, now: Any, kept: Namespace) -> list[str]:
    if _same(now, kept):
        return []
    changed = [key for key, value in kept.items() if now.get(key, _MISSING) is not value]
    changed = [key for key in changed if not _is_python_s(key)]
    for key in changed:
        type.__setattr__(kind, key, kept[key])
    for key in [key for key in now if key not in kept and not _is_python_s(key)]:
        type.__delattr__(kind, key)
    return changed


def _is_python_s(key: str) -> bool:
    """Whether Python itself keeps this in a class when it is first asked for."""
    return key.startswith(("__annotat", "__abstractmethods__", "_abc_", "__static", "__firstline"))


def _restore_table(now: Any, kept: Any) -> None:
    if isinstance(now, np.ndarray):
        if now.tobytes() != kept.tobytes():
            now.setflags(write=True)
            now[...] = kept
        return
    if type(now) is dict:
        if not _same(now, kept):
            now.clear()
            now.update(kept)
    elif type(now) is list:
        if len(now) != len(kept) or not all(map(is_, now, kept)):
            now[:] = kept
    elif len(now) != len(kept) or now != kept:
        now.clear()
        now.update(kept)


def _chance() -> list[tuple[Callable[[Any], Any], Any]]:
    """How chance stands; put back, and then one draw on, so that a second run does not draw the same."""

    def go_on(state: Any) -> None:
        if random.getstate() != state:
            random.setstate(state)
            random.random()  # noqa: S311  (for no secret)

    def go_on_in_numpy(state: Any) -> None:
        legacy = _numpy_s_chance()
        if legacy and state is None:
            legacy.seed()  # a guest was the first to draw
        elif legacy:
            now = legacy.get_state()
            if now[2:] != state[2:] or not np.array_equal(now[1], state[1]):
                legacy.set_state(state)
                legacy.random_sample()

    legacy = _numpy_s_chance()
    return [(go_on, random.getstate()), (go_on_in_numpy, legacy.get_state() if legacy else None)]


def _numpy_s_chance() -> Any:
    module = sys.modules.get("numpy.random.mtrand")  # few figures draw with it, so it may not be here yet
    return module._rand if module else None


def _is_of_a_page(name: str) -> bool:
    """Whether a page may have a module too; what only a build or a test has imported may be very much."""
    top = name.partition(".")[0]
    return sys.platform == "emscripten" or top in KEPT or top in sys.stdlib_module_names


def _is_being_imported(module: Any) -> bool:
    """Whether a module is not whole yet, since its own code has not come to its end."""
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


def _is_extension(module: Any) -> bool:
    spec = getattr(module, "__spec__", None)
    origin = str(getattr(spec, "origin", ""))
    return isinstance(module, ModuleType) and (origin.endswith((".so", ".pyd")) or origin == "built-in")


def _name(its: Any) -> str:
    return f"{its.__module__}.{its.__qualname__}"


def forget() -> None:
    """Clear every cache in pycore: what was computed before may not hold any more."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "pycore":
            held = list(vars(module).values())
            classes = [value for value in held if isinstance(value, type) and value.__module__ == name]
            held += [getattr(value, "__func__", value) for kind in classes for value in vars(kind).values()]
            for value in held:
                if not isinstance(value, type) and callable(clear := getattr(value, "cache_clear", None)):
                    clear()
