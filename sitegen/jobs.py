"""Jobs that the build hands to another program, each in a folder of its own: Node, or another Python."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sitegen import progress


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
