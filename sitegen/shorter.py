"""Scripts made shorter by terser, in Node: what is never used goes, and local names get a letter or two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sitegen import cache, digests, jobs, vendor

JOB = Path(__file__).with_name("shorter_job.mjs")
# Of a script that shares names with no other.
ALONE: Mapping[str, Any] = {"compress": {"passes": 2}, "mangle": True}


def shorter(script: str, options: Mapping[str, Any] = ALONE) -> str:
    """Return a script that does the same; as it is, where there is no Node.

    Parameters
    ----------
    script
        What runs by itself: names at its top are seen by others, and stay, unless it is a module.
    options
        Terser's.
    """
    told = json.dumps(options, sort_keys=True)
    pins = sorted(vendor.table()["terser"].files.items())
    recipe = f"shorter {vendor.sha256(JOB)} {pins} {told} {digests.of_text(script)}"

    def files() -> jobs.Files:
        library = vendor.fetch("terser").read_bytes()
        return {"script.js": script, "options.json": told, "terser.js": library}

    try:
        made = cache.derived(recipe, lambda: jobs.by_node(JOB, files, "shorter.js", "making scripts shorter"))
    except jobs.NobodyError:
        return script
    return made.decode()
