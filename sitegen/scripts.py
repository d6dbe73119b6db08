"""The scripts that pages load: put together, without what only authors read, under names with their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from rjsmin import jsmin

from sitegen import language, runtime, shorter, styles, vendor
from sitegen.lessons import TEMPLATES

Words = Mapping[str, str]

# They share one scope, and each may use those before it. Folds open before figures look at the address.
PAGE = (
    "site.js",
    "python.js",
    "store.js",
    "questions.js",
    "closer.js",
    "groups.js",
    "draw.js",
    "ticks.js",
    "address.js",
    "written.js",
    "input.js",
    "instant.js",
    "states.js",
    "machine.js",
    "figure.js",
    "source.js",
    "claims.js",
    "page.js",
    "version.js",
    "find.js",
    "offline.js",
    "print.js",
)
START = ("files.js", "snapshot.js", "launch.js")  # what comes when Python is wanted; the same
WORKER = ("memory.js", "worker.js")  # the same in the worker
TAKE = (
    "hand.js",
    "paint.js",
    "picture.js",
    "program.js",
    "take.js",
)  # when a figure is to be saved; the same
DEMAND = ("pieces.js", "demand.js")  # when a figure that has files on demand comes near; the same
FRONT = ("hand.js", "front.js")  # of the course's page; the same
ENGLISH: Words = MappingProxyType({})
STYLES = {
    "moving.js": "moving.css",
    "take.js": "take.css",
    "claim.js": "claim.css",
}  # that travel within a script


def lean(script: str, words: Words = ENGLISH) -> str:
    """Return one of the site's scripts in a course's words, without what only its author reads."""
    return str(jsmin(language.said((TEMPLATES / "js" / script).read_text("utf-8"), words)))


def hashed(folder: Path, name: str, content: str | bytes) -> str:
    """Write a file into a folder at the top of the site; return its address there."""
    content = content.encode() if isinstance(content, str) else content
    digest = hashlib.sha256(content).hexdigest()[:8]
    stem, _, ending = name.rpartition(".")
    folder.mkdir(exist_ok=True)
    (folder / f"{stem}.{digest}.{ending}").write_bytes(content)
    return f"{folder.name}/{stem}.{digest}.{ending}"


def page(words: Words = ENGLISH) -> str:
    """Return the browser runtime: one classic script, so that it runs from disk too."""
    library = vendor.fetch("idiomorph").read_text("utf-8")
    return f"{library}\n{_alone([lean(part, words) for part in PAGE])}"


def worker() -> str:
    """Return the source of the worker."""
    return "".join(map(lean, WORKER))


def start(python: runtime.Runtime, worker: str) -> str:
    """Return the script of what only a start of Python needs; python.js says what it hands over."""
    told = python.told() | {"worker": worker}
    made = f"return {{ Files, SnapshotShelf, launch, ...{json.dumps(told)} }};"
    return _handed("pyStart", "runScript", [*map(lean, START), made])


def moving(words: Words = ENGLISH) -> str:
    """Return the script of moving on, fetched by wide pages and when ? is pressed, with its styles."""
    return shorter.shorter(_styled("moving.js", words)) + "\n"


def demand(words: Words = ENGLISH) -> str:
    """Return the script of files on demand, of lessons that have some."""
    return _alone([lean(part, words) for part in DEMAND])


def take(faces: str, words: Words = ENGLISH) -> str:
    """Return the script that gives figures away, with the site's faces, which a picture needs too."""
    *parts, last = TAKE
    own = _styled(last, words).replace('"FACES"', json.dumps(faces))
    return _alone([*(lean(part, words) for part in parts), own])


def claims(told: str, words: Words = ENGLISH) -> str:
    """Return the script of a lesson's claims, with what shows them; `told` is JSON (`Claims.script`)."""
    return _handed("pyClaims", "page", [_styled("claim.js", words), f"return explainer({told}, page);"])


def code(panels: Mapping[str, str], words: Words = ENGLISH) -> str:
    """Return the script of the code behind figures: the panels, by the figures' ids, and what works them."""
    return _handed("pyCode", "page", [lean("code.js", words), f"return coder({json.dumps(panels)}, page);"])


def front(words: Words = ENGLISH) -> str:
    """Return the script of the course's page."""
    return _alone([lean(part, words) for part in FRONT])


def _handed(name: str, given: str, parts: Sequence[str]) -> str:
    """Give scripts a scope, in the function with which they answer the page (`bring`, site.js)."""
    return "\n".join([f"{name}(({given}) => {{", '"use strict";', *parts, "});"]) + "\n"


def _alone(parts: Sequence[str]) -> str:
    """Give scripts a scope that they share with no others."""
    return shorter.shorter("\n".join(["(() => {", '"use strict";', *parts, "})();"]) + "\n") + "\n"


def _styled(script: str, words: Words) -> str:
    style = json.dumps(styles.of_site(TEMPLATES / STYLES[script]))
    return lean(script, words).replace('"STYLE"', style)
