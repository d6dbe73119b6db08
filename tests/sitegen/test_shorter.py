"""Scripts made shorter: they do the same, and without Node they stay as they are."""

from __future__ import annotations

import subprocess

import pytest

from sitegen import jobs, scripts, shorter, vendor

SCRIPT = """(() => {
  "use strict";
  const unused = 1;
  class Counter { #count = 0; more(step) { return (this.#count += step); } }
  const longName = new Counter();
  globalThis.told = [longName.more(2), longName.more(3), `${"a".repeat(3)}`];
})();
"""


def told(script: str) -> str:
    """Return what a script leaves behind, as JSON."""
    command = [next(jobs.nodes()), "-e", f"{script}\nconsole.log(JSON.stringify(globalThis.told))"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_it_does_the_same_in_fewer_letters() -> None:
    made = shorter.shorter(SCRIPT)
    assert len(made) < 0.6 * len(SCRIPT)
    assert "unused" not in made
    assert told(made) == told(SCRIPT) == '[2,5,"aaa"]'


def test_names_at_the_top_stay_for_others() -> None:
    assert "function asked(" in shorter.shorter("function asked(longName) { return longName }")


def test_a_script_that_cannot_be_read_is_told_and_stays(capsys: pytest.CaptureFixture[str]) -> None:
    broken = "const a = ;"
    assert shorter.shorter(broken) == broken
    assert "SyntaxError" in capsys.readouterr().err


def test_without_node_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "nodes", lambda: iter(()))
    script = "const neverSeen = 1 + 1;"
    assert shorter.shorter(script) == script


def test_the_page_has_no_long_names_of_its_own() -> None:
    library = vendor.fetch("idiomorph").read_text("utf-8")
    before = len(library) + sum(len(scripts.lean(part)) for part in scripts.PAGE)
    assert len(scripts.page()) < 0.85 * before
