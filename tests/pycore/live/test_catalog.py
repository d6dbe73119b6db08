from __future__ import annotations

import pytest

from pycore.live import catalog


def test_the_subject_of_a_lesson_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "paths", lambda: ["alone", "one/map", "other/map", "other/row"])
    assert catalog.find("map", "one") == "one/map"
    assert catalog.find("map", "other") == "other/map"
    assert catalog.find("row", "one") == "other/row"
    assert catalog.find("alone", "one") == "alone"
    assert catalog.find("other/map", "one") == "other/map"


def test_a_name_that_several_have_is_refused_with_their_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "paths", lambda: ["one/map", "other/map"])
    with pytest.raises(KeyError) as raised:
        catalog.find("map", "third")
    assert raised.value.args == ("one/map", "other/map")
    with pytest.raises(KeyError) as raised:
        catalog.find("mop", "one")
    assert raised.value.args == ()
