"""The benchmarks' own workings: rows come as they are measured, time is kept, only scripts are taken out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks import Row, __main__, _drags, browser

HTML = '<p>a</p><script>one < "two"</script><b>b</b><script defer src="x.js"></script><i>c</i>'


def test_scripts_are_taken_out_and_nothing_else():
    assert _drags.without_scripts(HTML) == "<p>a</p><b>b</b><i>c</i>"


def test_what_cannot_be_done_in_time_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(browser.time, "monotonic", lambda: now[0])

    def part(name: str, seconds: float) -> Iterator[Row]:
        now[0] += seconds
        yield Row(name, 1, "ms", "", 1)

    parts = {"short": part("short", 10), "long": part("long", 60), "late": part("late", 10)}
    found = [row.what for row in browser._in_time(parts, 100)]
    assert found == ["short", "long"]
    assert "left out: late" in capsys.readouterr().err


def test_a_row_is_printed_before_the_next_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def rows(quick: bool = False) -> Iterator[Row]:
        yield Row("first", 1, "ms", "floor", 2)
        seen.append(capsys.readouterr().out)
        yield Row("second", 1, "ms", "floor", 2)

    monkeypatch.setattr(browser, "rows", rows)
    assert __main__.main(["browser", "--quick"]) == 0
    assert "first" in seen[0]
    assert "second" not in seen[0]


def test_quick_is_refused_where_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["bpe", "--quick"]) == 1
    assert "no quick form has: bpe" in capsys.readouterr().err
