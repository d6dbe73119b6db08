"""The command line of the build."""

from __future__ import annotations

import argparse
import subprocess
import sys

from rich.console import Console

from sitegen import serve, site
from sitegen.errors import ROOT, AuthorError

# No emoji: rich would print a place such as "lesson.md:100:" as a picture of the number.
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def main(argv: list[str] | None = None) -> int:
    """Build, check or serve the site; return 0, or 1 for a mistake that an author can mend."""
    parser = argparse.ArgumentParser(prog="build.py", description="Build the course into dist/.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--serve", action="store_true", help="serve dist/ and build again when a file changes")
    parser.add_argument("--port", type=int, default=8000, help="where to serve (default 8000)")
    mode.add_argument("--check", action="store_true", help="check the content and write nothing")
    options = parser.parse_args(argv)
    try:
        report = site.build(only_check=options.check)
        _print(report)
        if options.serve:
            _serve(options.port)
    except AuthorError as error:
        err.print(str(error), style="red", markup=False)
        return 1
    return 0


def _serve(port: int) -> None:
    with serve.serving(site.DIST, port, application=serve.fresh(site.DIST)) as address:
        out.print(f"serving {address} (stop with Ctrl-C)")
        serve.rebuild_on_change(_build_again)


def _build_again() -> None:
    # A fresh interpreter, so that changed figures are imported anew.
    subprocess.run([sys.executable, str(ROOT / "build.py")], check=False)  # noqa: S603


def _print(report: site.Report) -> None:
    for page in report.pages:
        out.print(f"  {page}", markup=False)
    written = f", {report.size / 1e6:.1f} MB in dist/" if report.size else ", nothing written"
    out.print(f"{len(report.pages)} pages, {report.figures} figures{written}, in {report.seconds:.1f} s")
