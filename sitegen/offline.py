"""What the service worker must know: the files of the site that work without a network, and their hashes."""

from __future__ import annotations

import json
from pathlib import Path

from sitegen import vendor

DIGITS = 20  # of a hash: enough to tell any two files apart
DISK = "disk"  # folder of the files that only pages opened from disk read
WORKER = "sw.js"


def files(dist: Path) -> dict[str, tuple[str, int]]:
    """Return the hash and the bytes of each file that a served page may want, by its path in the site."""
    found = (file for file in sorted(dist.rglob("*")) if file.is_file())
    paths = {file.relative_to(dist): file for file in found}
    return {
        path.as_posix(): (vendor.sha256(file)[:DIGITS], file.stat().st_size)
        for path, file in paths.items()
        if path.parts[0] not in (DISK, WORKER) and not path.name.startswith(".")
    }


def write(dist: Path, source: str) -> None:
    """Write the service worker from its source; it comes last, since it names every other file."""
    listed = json.dumps(files(dist), separators=(",", ":"))
    code = f"const FRESH = false;\nconst FILES = {listed};\n{source}"
    (dist / WORKER).write_text(code, "utf-8")
