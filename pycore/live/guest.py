"""A reader's code is a guest: it does what it likes, and leaves everything as it was.

`visit` runs it. Meanwhile what it prints is kept, what a page has not got (a keyboard, a network, files to
write) is refused in words, and afterwards `undo` puts back what was changed. `judge` is an exercise: the
code, then the lesson's tests, apart from each other so that neither deceives the other.
"""

from __future__ import annotations

import ast
import atexit
import builtins
import contextvars
import io
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType, TracebackType
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

import numpy as np

from pycore.live import undo
from pycore.live.expect import cut
from pycore.live.later import FOLDER

T = TypeVar("T")

LONGEST = 100_000  # characters of code that are run
PRINTED = 20_000  # characters of what code prints that are shown
FLOOD = 1_000_000  # characters after which code that prints is stopped
DEEPEST = 500  # operators in each other that are read
BRACKET = 5  # operators: as much of the stack as a bracket takes
TOLD = 400  # characters of an error's message that are told
YOURS = "your "  # what the names of files with a reader's code start with, in a traceback
CODE = "your code"
TESTS = "the tests"

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = {  # audit events, by what they start with
    ("socket.", "urllib.", "http.client.", "ftplib.", "smtplib."): "this Python has no network",
    (
        *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink"),
        *("os.truncate", "os.utime", "shutil.", "tempfile."),
    ): "this Python has no files of yours, and nothing to write to",
    (
        *("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.kill", "pty."),
    ): "this Python cannot start other programs",
    ("_thread.start", "signal."): "this Python does one thing at a time",
    ("sys.addaudithook", "sys.monitoring", "ctypes.", "gc.get_"): "this door into Python itself is shut here",
}
_EVENTS = tuple(event for events in _REFUSED for event in events)
# A text in which none of these occurs has no way to what pycore keeps.
_REACHES = re.compile(r"pycore|modules|import|\bgc\b|frame|exec|eval|__")


class NotHereError(PermissionError):
    """What code asked for is not to be had in a page; the text says it in words."""


class FloodError(BaseException):
    """Code printed without end. It is no `Exception`, so that the code does not catch it in passing."""


class UnreadableError(ValueError):
    """Python cannot read a reader's text; the message starts with the line."""


class Printed(io.TextIOBase):
    """Takes what code prints, up to a limit.

    >>> said = Printed()
    >>> print("x" * 30_000, file=said)
    >>> len(said.text), said.is_cut
    (20000, True)
    """

    def __init__(self) -> None:
        self.text = ""
        self.size = 0

    def write(self, text: str, /) -> int:
        """Keep a text if there is room; raises `FloodError` when it becomes too much."""
        # Methods alone, and no function that a guest may have replaced.
        if self.size < PRINTED:
            self.text += text[: PRINTED - self.size]
        self.size += text.__len__()
        if self.size > FLOOD:
            raise FloodError
        return text.__len__()

    def writable(self) -> bool:
        """It can be written to."""
        return True

    @property
    def is_cut(self) -> bool:
        """Whether more was written than is kept."""
        return self.size > PRINTED


class _NoKeyboard(io.TextIOBase):
    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        _refuse_keyboard()

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # typeshed has bytes too
        _refuse_keyboard()


class Failure(NamedTuple):
    """What a reader's code raised, in words.

    Attributes
    ----------
    text
        What happened, without the place.
    file, line
        The innermost place in a reader's code; "" and 0 when there is none.
    by_tests
        Whether an assertion of the tests failed.
    """

    text: str
    file: str
    line: int
    by_tests: bool

    def __str__(self) -> str:
        if not self.file:
            return self.text
        place = f"Line {self.line}" if self.file == CODE else f"{self.file}, line {self.line}"
        return f"{place}: {self.text}"


@dataclass
class Visit(Generic[T]):
    """What came of running a reader's code: a value or an error, and the names that had to be put back."""

    value: T | None = None
    error: BaseException | None = None
    failure: Failure | None = None
    put_back: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What came of an exercise.

    Attributes
    ----------
    problem
        What went wrong first, in words; None when every test passes.
    printed
        What the code and the tests wrote.
    is_cut
        Whether they wrote more than that.
    put_back
        Names that had another value afterwards, such as "numpy.sqrt".
    """

    problem: str | None
    printed: str = ""
    is_cut: bool = False
    put_back: tuple[str, ...] = ()


# Who runs a reader's code, the newest last: the thread, and what hears of functions that it changes.
_guests: list[tuple[int, Callable[[Any, str], None]]] = []
_harm: list[str] = []  # what could not be mended


@contextmanager
def house(said: Printed) -> Iterator[undo.Memory]:
    """Make ready for guests, whose warnings are printed too; gives what each is to leave as it was."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda *warning, **_: _write_warning(said, *warning)
        _listen()  # before: what is remembered comes back, and it would listen once more for each guest
        yield undo.remember()


def visit(act: Callable[[], T], said: Printed, memory: undo.Memory) -> Visit[T]:
    """Call what runs a reader's code, whatever that does, and put everything back.

    Whatever it raises is told in the result. When something could not be put back, `harm` tells it.
    """
    result: Visit[T] = Visit()
    learn, note, put_back = memory
    context, guests, told, harm = contextvars.copy_context(), _guests, failure, _harm
    import_module, modules, count = builtins.__import__, sys.modules, len
    depth, learnt, anything, has_words = 0, count(modules), BaseException, _has_words
    caught: list[BaseException] = []

    def watched_import(*args: Any, **options: Any) -> Any:
        nonlocal depth, learnt
        depth += 1
        try:
            module = import_module(*args, **options)
        finally:
            depth -= 1
        if depth == 0 and count(modules) != learnt:  # a module that imports others is not whole yet
            learn()
            learnt = count(modules)
        return module

    def run() -> None:
        try:
            result.value = act()
        except anything as error:
            caught.append(error)

    python, system = vars(builtins), vars(sys)
    new: list[tuple[dict[str, Any], str, Any]] = [
        *((system, name, said) for name in ("stdout", "stderr")),
        (system, "stdin", _NoKeyboard()),
        (system, "setrecursionlimit", _limit(sys.getrecursionlimit())),
        (python, "__import__", watched_import),
        (python, "input", _refuse_keyboard),
        (vars(atexit), "register", lambda function, *_, **__: function),
    ]
    swaps = [(space, name, ours, space[name]) for space, name, ours in new]
    # Between here and `put_back` no name is looked up that code can have changed.
    for space, name, ours, _ in swaps:
        space[name] = ours
    guests.append((threading.get_ident(), note))
    try:
        context.run(run)
        for error in caught:
            result.failure = told(error) if has_words(error) else None
    except anything as error:  # it broke what would tell
        caught[:] = caught or [error]
    finally:
        for space, name, ours, theirs in swaps:
            if name in space and space[name] is ours:
                space[name] = theirs
        guests.pop()
        try:
            result.put_back = put_back()
        except anything:
            harm.append("what the code changed could not be put back")
    if caught:
        result.error, result.failure = caught[0], result.failure or failure(caught[0])
    if what := undo.unsound():
        harm.append(f"the code changed {what} in a way that cannot be undone")
    return result


def _has_words(error: BaseException) -> bool:
    """Whether the text of an error is the work of a reader's code."""
    return isinstance(type(error).__str__, FunctionType)


def harm() -> str:
    """What the last guests broke for good, told once: another Python is needed. Empty when all is well."""
    told = _harm[0] if _harm else ""
    _harm.clear()
    return told


def failure(error: BaseException) -> Failure:
    """Tell an error in words, with the innermost line of a reader's code."""
    file, line, in_tests = "", 0, False
    trace: TracebackType | None = error.__traceback__
    while trace:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(YOURS):
            file, line, in_tests = name, trace.tb_lineno, False
        elif name == TESTS:
            in_tests = True
        trace = trace.tb_next
    if isinstance(error, UnreadableError):
        found = re.fullmatch(r"line (\d+): (.*)", str(error), re.DOTALL)
        assert found
        return Failure(found[2], CODE, int(found[1]), by_tests=False)
    if isinstance(error, AssertionError) and in_tests:
        return Failure(_message(error) or "a test did not pass.", "", 0, by_tests=True)
    return Failure(_words(error), file, line, by_tests=False)


def _words(error: BaseException) -> str:
    if isinstance(error, FloodError):
        return f"the code printed more than {FLOOD:,} characters, and was stopped"
    if isinstance(error, NotHereError):
        return _message(error)
    name, message = cut(type(error).__name__, 60), _message(error)
    if isinstance(error, RecursionError):
        message = "a function calls itself again and again, and comes to no end"
    elif isinstance(error, SystemExit):
        message = "the code asks Python to stop; here that stops this run only"
    elif isinstance(error, MemoryError):
        message = message or "there is not so much memory here"
    elif isinstance(error, ModuleNotFoundError):
        message += ". Here are numpy and Python's own library"
    elif isinstance(error, FileNotFoundError):
        message += ". This Python has no files of yours"
    elif isinstance(error, SyntaxError):
        message = f"{cut(str(error.msg), TOLD)}, in a text that the code lets Python read"
    elif isinstance(error, BaseExceptionGroup) and error.exceptions:
        message += f"; the first: {type(error.exceptions[0]).__name__}: {_message(error.exceptions[0])}"
    return f"{name}: {message}" if message else name


def _message(error: BaseException) -> str:
    try:
        return cut(str(error), TOLD)
    except BaseException:  # it is the reader's own kind of error
        return "its message cannot be shown"


def readable(source: str, file: str) -> ast.Module:
    """Read a reader's text, and find all that Python will not compile.

    Raises
    ------
    UnreadableError
        With the line and what is wrong with it.
    """
    stray = re.search("[\0\ud800-\udfff]", source)
    if stray:
        what = "a character of code 0" if stray[0] == "\0" else "half of a character"
        raise UnreadableError(f"line {source.count(chr(10), 0, stray.start()) + 1}: there is {what} in it")
    if line := _too_deep(source):
        raise UnreadableError(f"line {line}: Python cannot read this: it is nested too deep")
    lines = source.split("\n")
    try:
        tree = ast.parse(source, file)
        compile(tree, file, "exec", dont_inherit=True)  # finds what parsing lets pass
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), len(lines))
        raise UnreadableError(f"line {line}: Python cannot read this: {cut(error.msg, TOLD)}") from None
    except (RecursionError, MemoryError):
        line = max(range(len(lines)), key=lambda i: len(lines[i])) + 1
        raise UnreadableError(f"line {line}: Python cannot read this: it is nested too deep") from None
    except (ValueError, OverflowError) as error:
        raise UnreadableError(f"line 1: Python cannot read this: {cut(str(error), TOLD)}") from None
    return tree


# What makes Python's parser call itself, what ends that, and what to pass over: texts and comments.
_TOKEN = re.compile(
    r"""(?P<text>\#[^\n]*|(?P<quotes>\"{3}|'{3})(?:\\.|.)*?(?P=quotes)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>[,;\n])|(?P<name>[^\W\d]\w*)|(?P<operator>[-+~*/%@&|^<>=.:!]+?)""",
    re.DOTALL | re.VERBOSE,
)
_RECURSIVE = frozenset("not lambda if else await and or in is for".split())


def _too_deep(source: str) -> int:
    """Line where more than `DEEPEST` operators stand in each other; 0 if there is none.

    A browser gives Python a small stack, which its own parser overruns before it notices.
    """
    depths = [0]
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "open":
            depths.append(depths[-1] + BRACKET)
        elif kind == "close":
            inner = len(depths) > 1 and depths.pop()
            depths[-1] += bool(inner)
        elif kind == "end" and (token[0] != "\n" or len(depths) == 1):
            depths[-1] = depths[-2] + 1 if len(depths) > 1 else 0
        elif kind == "operator" or (kind == "name" and token[0] in _RECURSIVE):
            depths[-1] += 1
        if depths[-1] > DEEPEST:
            return source.count("\n", 0, token.start()) + 1
    return 0


def judge(code: str, tests: str) -> Outcome:
    """Run a reader's code, then the lesson's tests; numpy is there as `np` for both.

    The tests have the names that the code made, except those that are Python's own or `np`: whoever calls a
    function `abs` gets no other verdict.
    """
    if len(code) > LONGEST:
        long = f"{len(code):,} characters are more than the {LONGEST:,} that can be run here"
        return Outcome(f"{long}. Nothing was run, and nothing was cut.")
    said = Printed()
    names: dict[str, Any] = {"np": np, "__name__": "exercise"}
    with house(said) as memory:
        first = visit(lambda: _run(code, names), said, memory)
        problem, put_back = str(first.failure) if first.failure else None, first.put_back
        if not first.failure:
            second = visit(lambda: _test(tests, names), said, memory)
            problem, put_back = _verdict(second), put_back + second.put_back
    if _REACHES.search(code):
        undo.forget()
    return Outcome(problem, said.text, said.is_cut, tuple(dict.fromkeys(put_back)))


def _run(code: str, names: dict[str, Any]) -> None:
    exec(compile(readable(code, CODE), CODE, "exec", dont_inherit=True), names)  # noqa: S102  (running the reader's code is the point)


def _test(tests: str, names: dict[str, Any]) -> None:
    own = {name: value for name, value in names.items() if name not in vars(builtins) and name != "np"}
    given = {name: value for name, value in own.items() if not name.startswith("__")}
    # The tests have Python's functions to themselves, also while they call the reader's.
    space = {**given, "np": np, "__name__": "exercise", "__builtins__": dict(vars(builtins))}
    exec(compile(tests, TESTS, "exec", dont_inherit=True), space)  # noqa: S102


def _verdict(tested: Visit[None]) -> str | None:
    if tested.failure:
        if tested.failure.by_tests:
            return f"Not yet: {tested.failure.text}"
        return str(tested.failure) if tested.failure.file else f"In the tests: {tested.failure.text}"
    if tested.put_back:
        name = tested.put_back[0]
        return f"Not yet: while it is tested the code puts something else in the place of {name}."
    return None


def check(code: str, tests: str) -> str | None:
    """Return what `judge` finds wrong with code first, in words; None when every test passes.

    >>> check("def double(x): return x", "assert double(2) == 4, 'double(2) should be 4'")
    'Not yet: double(2) should be 4'
    """
    return judge(code, tests).problem


# ---------------------------------------------------------------- what a page has not got


def _write_warning(
    said: Printed, message: Warning | str, category: type, file: str, line: int, *_: Any
) -> None:
    if file.startswith(YOURS):
        place = "Line" if file == CODE else f"{file}, line"
        said.write(f"{place} {line}: {category.__name__}: {cut(str(message), TOLD)}\n")


def _refuse_keyboard(*_: Any) -> NoReturn:
    raise NotHereError("there is no keyboard here that code could read from; write the value into the code")


def _limit(most: int) -> Callable[[int], None]:
    set_limit = sys.setrecursionlimit

    def setrecursionlimit(limit: int, /) -> None:
        if limit > most:
            raise NotHereError(f"functions may call each other {most:,} deep here, and not deeper")
        set_limit(limit)

    return setrecursionlimit


def _listen() -> None:
    """Hear of all that code does beyond computing; once, since Python lets nobody stop listening."""
    if not _hearing:
        sys.addaudithook(_ear())
        _hearing.append(True)


_hearing: list[bool] = []


def _ear() -> Callable[[str, tuple[Any, ...]], None]:
    # A guest may change this module, so nothing here is looked up in it.
    guests, thread, refused, words = _guests, threading.get_ident, _REFUSED, _EVENTS
    writes, error, is_a, text, number = _WRITES, NotHereError, isinstance, str, int
    later = str(FOLDER)  # where an import unpacks what it was brought

    def hear(event: str, args: tuple[Any, ...]) -> None:
        if not guests or guests[-1][0] != thread():
            return
        if event == "object.__setattr__" or event == "object.__delattr__":
            guests[-1][1](args[0], args[1])
        elif event == "open":
            path, _, flags = args
            if is_a(flags, number) and flags & writes and is_a(path, text) and not path.startswith(later):
                raise error("this Python has no files of yours, and nothing to write to")
        elif event == "os.mkdir" and is_a(args[0], text) and args[0].startswith(later):
            return
        elif event.startswith(words):
            for events in refused:
                if event.startswith(events):
                    raise error(refused[events])

    return hear
