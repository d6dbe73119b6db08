"""The command line of the build."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from sitegen import cache, spoken, unchanged
from sitegen.errors import ROOT, AuthorError, of_machine

CONTENT = ROOT / "content"
DIST = ROOT / "dist"
INTERRUPTED = 130  # what shells take for "by Ctrl-C"
NAMED = 50  # pages that are named when they are built
RED, PLAIN = "\033[31m", "\033[0m"


def main(argv: list[str] | None = None) -> int:
    """Build, check or serve the site; return 0, or 1 for a mistake that an author can mend."""
    parser = argparse.ArgumentParser(prog="build.py", description="Build the course into dist/.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--serve", action="store_true", help="serve the site and build again at each change")
    parser.add_argument("--port", type=int, default=8000, help="where to serve (default 8000)")
    mode.add_argument("--check", action="store_true", help="check the content and write nothing")
    parser.add_argument(
        "--content", type=Path, metavar="DIR", default=CONTENT, help="the course to build (default content/)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", default=DIST, help="where the site goes (default dist/)"
    )
    parser.add_argument(
        "--without",
        metavar="NAME",
        action="append",
        default=[],
        help="leave out files that figures load on demand; may be given again",
    )
    parser.add_argument(
        "--address",
        metavar="URL",
        help="where the site will be published, if course.toml does not name it; it ends with /",
    )
    _add_new(parser)
    options = parser.parse_args(argv)
    try:
        content, dist = _resolved("--content", options.content), _resolved("--out", options.out)
        if options.command == "new":
            print(_new(options, content))
            return 0
        if problem := wrong_folders(content, dist):
            raise AuthorError(problem)
        if problem := cache.problem():
            complain(f"{problem}. What is made now will be made again")
        if options.serve and options.address:
            raise AuthorError("--address: what is served here is not published; leave out one of the two")
        if options.serve:
            from sitegen import author

            author.serve_and_build(content, dist, options.port, options.without)
        else:
            report = build(
                content, dist, only_check=options.check, without=options.without, address=options.address
            )
            print(summary(report, dist))
    except AuthorError as error:
        complain(str(error))
        return 1
    except OSError as error:
        if not (said := of_machine(error)):
            raise
        complain(said)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the site is as it was", file=sys.stderr, flush=True)
        return INTERRUPTED
    return 0


def _resolved(option: str, path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise AuthorError(f"{option}: {path} is a link that leads back to itself") from error


def _add_new(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", metavar="new")
    start = commands.add_parser("new", help="make a working start: new lesson NAME, new figure LESSON/NAME")
    start.add_argument("kind", choices=("lesson", "figure"))
    start.add_argument("name", help="the lesson's NAME, or LESSON/NAME for a figure of a lesson")
    for option in ("--content", "--out"):  # also behind the command
        start.add_argument(option, type=Path, metavar="DIR", default=argparse.SUPPRESS, help="as above")


def _new(options: argparse.Namespace, content: Path) -> str:
    from sitegen import new

    kind, begun = options.kind, not (content / "course.toml").exists()
    made = (new.lesson if kind == "lesson" else new.figure)(options.name, content)
    files = [f"  {file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}" for file in made]
    command = ["python", "build.py"]
    if options.content != CONTENT:
        out = options.out if options.out != DIST else f"{content}-site"
        command += ["--content", str(options.content), "--out", str(out)]
    said = f"a {kind} to begin with; see it with: {shlex.join([*command, '--serve'])}"
    return "\n".join(
        [*files, *(["a course was begun: say in course.toml what it is"] if begun else []), said]
    )


def wrong_folders(content: Path, dist: Path) -> str | None:
    """Say what is wrong with the folders: a build replaces the site's folder as a whole."""
    if not content.is_dir():
        return f"--content: no such folder: {content}"
    for kept in (content, ROOT, ROOT / "pycore", ROOT / "sitegen", ROOT / "site_templates", Path.cwd()):
        if kept.is_relative_to(dist):
            return f"--out: {dist} would be replaced as a whole, and holds {kept}; name a folder of its own"
        if kept not in (ROOT, Path.cwd()) and dist.is_relative_to(kept):
            return f"--out: {dist} lies in {kept}, from which the site is built; name a folder of its own"
    if dist.exists() and not dist.is_dir():
        return f"--out: {dist} is not a folder"
    if dist != DIST and dist.is_dir() and any(dist.iterdir()) and not (dist / ".nojekyll").is_file():
        return f"--out: {dist} holds something else than a site, which would be lost; name an empty folder"
    return None


def build(
    content: Path,
    dist: Path,
    *,
    only_check: bool = False,
    without: Sequence[str] = (),
    address: str | None = None,
) -> unchanged.Report:
    """Build, unless the site is there as a build would make it."""
    report = None if only_check else unchanged.report(content, dist, without, address)
    if report is None:
        spoken.begin(spoken.of_course(content))
        from sitegen import site  # it takes longer to import than it takes to see that nothing has changed

        report = site.build(content, dist, only_check=only_check, without=without, address=address)
    return report


def summary(report: unchanged.Report, dist: Path) -> str:
    """Say what was built."""
    pages = report.pages if len(report.pages) <= NAMED else [*report.pages[:NAMED], "…"]
    place = f"{dist.relative_to(ROOT)}/" if dist.is_relative_to(ROOT) else f"{dist}/"
    written = f", {report.size / 1e6:.1f} MB in {place}" if report.size else ", nothing written"
    last = f"{len(report.pages)} pages, {report.figures} figures{written}, in {report.seconds:.1f} s"
    return "\n".join([*(f"  {page}" for page in pages), last])


def complain(said: str) -> None:
    """Say what is wrong."""
    print(f"{RED}{said}{PLAIN}" if sys.stderr.isatty() else said, file=sys.stderr, flush=True)
