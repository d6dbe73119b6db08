"""Files on demand, as Python sees them: not there, in pieces, there, and gone again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pycore.figures.examples.primes import Primes, sieve
from pycore.live import demand
from pycore.live.host import Host

FIGURE = {"id": "f", "name": "examples/primes", "params": {"power": "5"}}


def ask(host: Host, **request: object) -> dict:
    return json.loads(host.ask("demand", json.dumps({"name": "primes", **request})))


def drawn(host: Host) -> str:
    return json.loads(host.ask("mount", json.dumps(FIGURE)))["parts"].get("readout", "as the build drew it")


@pytest.fixture
def host() -> Iterator[Host]:
    yield Host()
    demand.drop("primes")


def test_pieces_are_written_where_the_figure_reads_them(host: Host) -> None:
    files = sieve(lambda name, file=None: pytest.fail("nothing is fetched"))
    assert drawn(host) == "as the build drew it"
    assert ask(host, sizes={name: len(content) for name, content in files.items()}, memory=1000) == {}
    for name, content in files.items():
        room = host.room(f"primes/{name}")
        for at in range(0, len(content), 100_000):
            room[at : at + 100_000] = content[at : at + 100_000]
        assert not Primes.on_demand.here
        assert drawn(host) == "as the build drew it"
    ask(host, whole=True)
    assert Primes.on_demand.here
    assert "1,299,709" in drawn(host)  # the build drew another picture
    whole = Primes.on_demand.read("low")
    assert whole.readonly
    assert whole.obj is host.room("primes/low")  # and no copy
    ask(host)
    assert drawn(host) == "as the build drew it"
    with pytest.raises(LookupError, match="must be asked for first"):
        Primes.on_demand.read("low")


@pytest.mark.parametrize("sizes", [{"low": 10**14}, {"low": 10**30}])
def test_too_little_memory_is_told_and_takes_none(host: Host, sizes: dict[str, int]) -> None:
    assert "too little free memory" in ask(host, sizes=sizes, memory=0)["refused"]
    ask(host, whole=True)  # what comes too late changes nothing
    assert not Primes.on_demand.here
    assert drawn(host) == "as the build drew it"


def test_what_is_made_again_takes_the_place_of_what_there_was(host: Host) -> None:
    demand.provide("primes", {"low": b"12"})
    assert bytes(Primes.on_demand.read("low")) == b"12"
    ask(host, sizes={"low": 3}, memory=0)
    assert not Primes.on_demand.here
