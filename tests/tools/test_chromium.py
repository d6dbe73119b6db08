"""Which browser tests, benchmarks and tools drive."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import chromium


@pytest.fixture
def kind(tmp_path, monkeypatch):
    """Playwright's idea of Chromium, which it has not installed, on a system without one."""
    monkeypatch.delenv(chromium.NAMED, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYCORE_CACHE", str(tmp_path / "cache"))
    whole = tmp_path / "ms-playwright/chromium-1234/chrome-linux64/chrome"
    return SimpleNamespace(executable_path=str(whole))


def made(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    file.chmod(0o755)
    return file


def test_a_shell_before_a_whole_browser_and_playwrights_before_the_systems(kind, tmp_path, monkeypatch):
    assert chromium.find(kind) is None
    whole = Path(kind.executable_path)
    shell = tmp_path / "ms-playwright/chromium_headless_shell-1234/chrome-headless-shell-linux64"
    made(shell / "LICENSE.headless_shell")
    for file in (
        tmp_path / "bin/chromium",
        tmp_path / "bin/chromium-headless-shell",
        whole,
        shell / "chrome-headless-shell",
    ):
        made(file)
        assert chromium.find(kind) == file
    assert chromium.find(kind, whole=True) == whole
    whole.unlink()
    assert chromium.find(kind, whole=True) == tmp_path / "bin/chromium"
    made(whole)
    monkeypatch.setenv(chromium.NAMED, str(whole))
    assert chromium.find(kind) == chromium.find(kind, whole=True) == whole
    monkeypatch.setenv(chromium.NAMED, str(shell / "chrome-headless-shell"))
    assert chromium.find(kind, whole=True) is None


def test_one_installs_and_what_does_not_work_says_what_to_do(kind, tmp_path, monkeypatch):
    tried = []

    def run(command, **_):
        tried.append(command[0])
        if works and command[-1] == "chromium":
            made(tmp_path / "bin/chromium")

    made(tmp_path / "bin/apt-get")
    monkeypatch.setattr(chromium.subprocess, "run", run)
    works = False
    with pytest.raises(chromium.NoBrowserError, match=f"package chromium.*{chromium.NAMED}"):
        chromium.find_or_install(kind)
    assert tried.count("apt-get") == 4
    assert "sudo" not in tried
    works = True
    assert chromium.find_or_install(kind) == tmp_path / "bin/chromium"
    tried.clear()
    assert chromium.find_or_install(kind) == tmp_path / "bin/chromium"
    assert not tried
