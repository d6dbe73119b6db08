"""Lighthouse on every page: its four scores, on its simulated phone (slow 4G, a slow processor)."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks import Row
from sitegen import serve
from tools.chromium import QUIET, ROOT_USER, find_or_install
from tools.served import built

LIGHTHOUSE = "lighthouse@13.5.0"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3
GOAL = 98.0


def rows() -> Iterator[Row]:
    """Run it on each page; needs Node's npx."""
    npx = shutil.which("npx")
    if npx is None:
        raise SystemExit("benchmarks lighthouse needs npx, which comes with Node")
    with sync_playwright() as playwright:
        chromium = find_or_install(playwright.chromium)
    with built() as dist, serve.serving(dist) as address:
        for page in sorted(file.name for file in dist.glob("*.html")):
            runs = [_run(npx, chromium, address + page) for _ in range(RUNS)]
            for category in CATEGORIES:
                score = statistics.median(run["categories"][category]["score"] * 100 for run in runs)
                yield Row(f"{page}: {category}", score, "", "the goal", GOAL, ">= 1")


def _run(npx: str, chromium: Path, address: str) -> dict[str, Any]:
    flags = ["--headless=new", *QUIET, *(["--no-sandbox"] if ROOT_USER else [])]
    command = [
        npx,
        "--yes",
        LIGHTHOUSE,
        address,
        "--output=json",
        "--quiet",
        f"--chrome-flags={' '.join(flags)}",
    ]
    done = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": str(chromium)}, capture_output=True, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result
