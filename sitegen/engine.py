"""Pyodide's engine, the script around its WebAssembly, without what nothing in this site uses.

A worker without permissions takes its whole source from one address, which is copied from process to
process, so each start pays for its length. The engine hands on thousands of functions, one by one, in case
that some package asks for them: windows, sound, sockets. Which ones the shipped modules ask for is known when
the site is built. Node finds out; where there is none, the engine is shipped as it was published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sitegen import cache, jobs, shorter, vendor

JOB = Path(__file__).with_name("engine_job.mjs")
# Nothing is written in another way: it is only not there, or has a shorter name.
OPTIONS: Mapping[str, Any] = {
    "compress": {"defaults": False, "passes": 2, "side_effects": True, "unused": True},
    "mangle": True,
    "module": True,
}


def shrunk(source: bytes, users: str, modules: Iterable[bytes]) -> bytes:
    """Return the engine as the site needs it.

    Parameters
    ----------
    source
        The engine as it was published. One that is written otherwise comes back as it is.
    users
        The scripts that use it: what they name stays.
    modules
        Every module of WebAssembly that may be loaded: what they import stays.
    """
    files = {"engine.mjs": source, "users.js": users.encode()}
    files |= {f"modules/{i}.wasm": module for i, module in enumerate(modules)}
    made_from = " ".join(hashlib.sha256(content).hexdigest() for content in files.values())
    recipe = f"engine {vendor.sha256(JOB)} {made_from}"
    label = "looking for what Pyodide's engine need not hold"
    try:
        less = cache.derived(recipe, lambda: jobs.by_node(JOB, lambda: files, "less.mjs", label))
    except jobs.NobodyError:
        return source
    return shorter.shorter(less.decode(), OPTIONS).encode()
