from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from sitegen import site
from tests.shared import made_once

# Machines differ; a slow one makes no test fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real course, built once for all workers; not to be changed."""
    return made_once(tmp_path_factory, "site", lambda folder: site.build(dist=folder))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line of its own which browsers the figures were not driven in."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {report.longrepr[2] for report in skipped if "engines" in report.nodeid}
    for reason in sorted(reasons):
        terminalreporter.write_line(
            f"Not every engine was tried: {reason.removeprefix('Skipped: ')}", yellow=True
        )
