"""Jobs that the build hands to another program, each in a folder of its own: Node, or another Python."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from sitegen import progress, scratch

Files = Mapping[str, bytes | str]
TIMEOUT = 300.0  # seconds that a job may take


class NobodyError(Exception):
    """No program that is here could do a job."""


def nodes() -> Iterator[str]:
    """Yield each Node there is; Playwright, which the tests use, brings one of its own."""
    own = shutil.which("node")
    if own:
        yield own
    try:
        from playwright._impl._driver import compute_driver_executable
    except ImportError:
        return
    yield compute_driver_executable()[0]


def by_node(job: Path, files: Callable[[], Files], result: str, label: str) -> bytes:
    """Let the first Node that can do a job; as `by_first`."""
    return by_first(([node, str(job)] for node in nodes()), files, result, label)


def by_first(commands: Iterable[list[str]], files: Callable[[], Files], result: str, label: str) -> bytes:
    """Let the first program that can do a job, and say why the others did not; return the file that it wrote.

    Parameters
    ----------
    commands
        Programs with their arguments; the folder becomes the last.
    files
        Gives what the folder holds, by path. It is not called where there is no program.
    result
        What the job writes there.
    label
        What is being done, for who waits.

    Raises
    ------
    NobodyError
        When there is no program, or none did it.
    """
    for command in commands:
        with scratch.folder() as work:
            for name, content in files().items():
                (work / name).parent.mkdir(exist_ok=True)
                (work / name).write_bytes(content.encode() if isinstance(content, str) else content)
            try:
                with progress.waiting(label):
                    subprocess.run(  # noqa: S603
                        [*command, str(work)], check=True, capture_output=True, text=True, timeout=TIMEOUT
                    )
                return (work / result).read_bytes()
            except (subprocess.SubprocessError, OSError) as error:
                said = (getattr(error, "stderr", None) or str(error)).strip()[-300:]
                progress.console().print(
                    f"{label}: {command[0]} cannot: {said}", markup=False, highlight=False
                )
    raise NobodyError
