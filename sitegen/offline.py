"""What the service worker must know: the files of the site that work without a network, and their hashes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sitegen import digests

DIGITS = 20  # of a hash: enough to tell any two files apart
DISK = "disk"  # folder of the files that only pages opened from disk read
WHEEL = ".whl"  # for programs of the reader's own, not for pages
WORKER = "sw.js"
FRONT = "index.html"


def files(dist: Path) -> dict[str, tuple[str, int]]:
    """Return the hash and the bytes of each file that a served page may want, by its path in the site."""
    paths = {file.relative_to(dist): file for file in sorted(digests.below(dist))}
    return {
        path.as_posix(): (digests.of_file(file)[:DIGITS], file.stat().st_size)
        for path, file in paths.items()
        if path.parts[0] not in (DISK, WORKER) and not path.name.startswith(".") and path.suffix != WHEEL
    }


def front_names(html: str) -> list[str]:
    """Name what the course's page has beside what every page has, without the hashes: styles, script, stores.

    >>> front_names('"assets/site.01234567.css" "assets/index.01234567.css" "store/a.01234567.js"')
    ['index.html', 'index.css', 'a.js']
    """
    found = re.findall(r"\b(?:assets/((?:index|front))|store/([\w-]+))\.[0-9a-f]{8}(\.\w+)", html)
    return [FRONT, *dict.fromkeys(own + store + ending for own, store, ending in found)]


def write(dist: Path, source: str) -> None:
    """Write the service worker from its source; it comes last, since it names every other file."""
    listed = json.dumps(files(dist), separators=(",", ":"))
    front = json.dumps(front_names((dist / FRONT).read_text("utf-8")))
    code = f"const FRESH = false;\nconst FILES = {listed};\nconst FRONT = {front};\n{source}"
    (dist / WORKER).write_text(code, "utf-8")
