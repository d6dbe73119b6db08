from __future__ import annotations

import json

import pytest

from pycore.live import claims
from pycore.live.host import Host


def ask(source: str, name: str = "a") -> dict[str, str]:
    answer: dict[str, str] = json.loads(
        Host().claim(json.dumps({"source": source, "file": "x.claims.py", "name": name}))
    )
    return answer


def test_the_host_computes_a_claim() -> None:
    assert ask("_X = 7\n\ndef _twice(x): return 2 * x\n\ndef a(): return 1000 * _twice(_X)") == {
        "text": "14,000"
    }


def test_the_host_tells_what_a_claim_raises() -> None:
    assert ask("def a(): raise ValueError('not today')") == {"error": "not today"}
    assert ask("def a(): return 1 / 0") == {"error": "ZeroDivisionError: division by zero"}


@pytest.mark.parametrize("value", [0.5, True, None, b"1"])
def test_only_text_and_whole_numbers_are_claims(value: object) -> None:
    with pytest.raises(TypeError, match="a claim returns text"):
        claims.written(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-3, "−3"), ("-.5", "−.5"), ("a-1", "a-1"), ("1\u202f%\n ", "1 %"), ("(-2 to -1)", "(−2 to −1)")],
)
def test_what_is_written(value: object, expected: str) -> None:
    assert claims.written(value) == expected
