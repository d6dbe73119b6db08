"""Jobs that the build hands to another program, each in a folder of its own: Node, or another Python."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from sitegen import progress, scratch


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


def by_node(
    job: Path, files: Mapping[str, bytes | str], result: str, label: str, timeout: float
) -> bytes | None:
    """Let the first Node that can do a job; return the file that it wrote, None where there is none.

    Parameters
    ----------
    job
        The script.
    files
        What its folder holds, by path.
    result
        What it writes there.
    label, timeout
        As of `done`.
    """
    for node in nodes():
        with scratch.folder() as work:
            for name, content in files.items():
                (work / name).parent.mkdir(exist_ok=True)
                (work / name).write_bytes(content.encode() if isinstance(content, str) else content)
            if done([node, str(job)], work, label, timeout):
                return (work / result).read_bytes()
    return None


def done(command: list[str], work: Path, label: str, timeout: float) -> bool:
    """Run a program on a folder; say why when it does not do its job.

    Parameters
    ----------
    command
        The program and its arguments; the folder becomes the last.
    work
        What it reads, and where it writes.
    label
        What is being done, for who waits.
    timeout
        Seconds that it may take.
    """
    try:
        with progress.waiting(label):
            subprocess.run(  # noqa: S603
                [*command, str(work)], check=True, capture_output=True, text=True, timeout=timeout
            )
    except (subprocess.SubprocessError, OSError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()[-300:]
        progress.console().print(f"{label}: {command[0]} cannot: {said}", markup=False, highlight=False)
        return False
    return True
