"""Pyodide's engine, the script around its WebAssembly, without what nothing in this site uses.

A worker without permissions takes its whole source from one address, which is copied from process to
process, so each start pays for its length. The engine hands on thousands of functions, one by one, in case
that some package asks for them: windows, sound, sockets. Which ones the shipped modules ask for is known when
the site is built. Node does it, with terser; where there is none, the engine is shipped as it was published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sitegen import cache, jobs, scratch, vendor

JOB = Path(__file__).with_name("engine_job.mjs")
TIMEOUT = 120.0  # seconds


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
    modules = list(modules)
    made_from = [vendor.sha256(JOB), *vendor.table()["terser"].files.values()]
    made_from += [hashlib.sha256(part).hexdigest() for part in (source, users.encode(), *modules)]
    recipe = f"engine {' '.join(made_from)}"
    made = cache.look(recipe)
    if made is None:
        made = _shrink(source, users, modules)
        if made is None:
            return source
        cache.store(recipe, made)
    return made


def _shrink(source: bytes, users: str, modules: Iterable[bytes]) -> bytes | None:
    """Let the first Node that can do it; None where there is none."""
    for node in jobs.nodes():
        with scratch.folder() as work:
            (work / "engine.mjs").write_bytes(source)
            (work / "users.js").write_text(users, "utf-8")
            (work / "terser.js").write_bytes(vendor.fetch("terser").read_bytes())
            (work / "modules").mkdir()
            for i, module in enumerate(modules):
                (work / "modules" / f"{i}.wasm").write_bytes(module)
            if jobs.done([node, str(JOB)], work, "shrinking Pyodide's engine", TIMEOUT):
                return (work / "shrunk.mjs").read_bytes()
    return None
