"""The site, built aside and served, for what looks at it from outside: benchmarks, screenshots, tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sitegen import serve, site, vendor

UPSTREAM = "upstream"  # folder with Pyodide and numpy as their projects publish them


@contextmanager
def served(extra: Mapping[str, str] | None = None) -> Iterator[str]:
    """Build the site into a temporary folder, serve it, and give its address.

    Parameters
    ----------
    extra
        Files to put beside the pages, by name, with their text; with them comes the folder `UPSTREAM`.
    """
    with tempfile.TemporaryDirectory() as work:
        dist = Path(work) / "dist"
        site.build(dist=dist)
        for name, text in (extra or {}).items():
            (dist / name).write_text(text, "utf-8")
        if extra:
            (dist / UPSTREAM).mkdir()
            for name in ("pyodide", "numpy"):
                for file in vendor.table()[name].files:
                    shutil.copyfile(vendor.fetch(name, file), dist / UPSTREAM / file)
        with serve.serving(dist) as address:
            yield address
