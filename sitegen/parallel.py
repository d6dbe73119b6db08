"""Work that takes long, on all cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from typing import TypeVar

from sitegen import progress, spoken
from sitegen.errors import AuthorError

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def context() -> BaseContext:
    """How processes are started: as copies of one without threads, where the system can copy."""
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")


def each(work: Callable[[Item], Result], items: Sequence[Item], least: int = 2) -> list[Result]:
    """Do a piece of work for each item, in order.

    Parameters
    ----------
    work
        A function of a module, so that other processes can find it.
    least
        From how many items on it is worth to start processes.

    Raises
    ------
    Exception
        What the work raised for the first item for which it raised.
    """
    processes = min(cores(), len(items))
    if len(items) < least or processes < 2:
        done: list[Result] = []
        for item in items:
            done.append(work(item))
            progress.advance()
        return done
    chunk = max(1, min(32, len(items) // (4 * processes)))
    with ProcessPoolExecutor(
        processes, mp_context=context(), initializer=_begin, initargs=(spoken.language(),)
    ) as pool:
        chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
        futures = [pool.submit(_all, work, some) for some in chunks]
        try:
            found: list[Result] = []
            for future, some in zip(futures, chunks, strict=True):
                found += future.result()
                progress.advance(len(some))
        except (KeyboardInterrupt, SystemExit):
            for process in list((pool._processes or {}).values()):  # the pool would wait for their work
                process.terminate()
            raise
        except BrokenProcessPool as error:
            message = (
                "a process of the build has been ended, by the system or by what it ran; nothing is built"
            )
            raise AuthorError(message) from error
        except Exception:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def _all(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [work(item) for item in items]


def _begin(language: str) -> None:
    """Speak as the process that asked; leave Ctrl-C, which reaches all processes of a terminal, to it."""
    spoken.begin(language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
