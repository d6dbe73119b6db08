"""The site, built aside and served, for what looks at it from outside: benchmarks, screenshots, tests."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sitegen import serve, site


@contextmanager
def served(extra: Mapping[str, Callable[[str], str]] | None = None) -> Iterator[str]:
    """Build the site into a temporary folder, serve it, and give its address.

    Parameters
    ----------
    extra
        Files to put beside the pages, by name: each is written by a function that is given the folder of
        Python's files, relative to the page.
    """
    with tempfile.TemporaryDirectory() as work:
        dist = Path(work) / "dist"
        site.build(dist=dist)
        base = next((dist / "py").iterdir()).relative_to(dist).as_posix() + "/"
        for name, write in (extra or {}).items():
            (dist / name).write_text(write(base), "utf-8")
        with serve.serving(dist) as address:
            yield address
