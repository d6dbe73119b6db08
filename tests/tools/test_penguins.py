"""The shipped penguins: made by the script from the pinned table, and read back as they were."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from pycore import data
from pycore.data.networks.penguins import FILE, SPECIES, penguins
from sitegen import vendor
from sitegen.errors import AuthorError
from tools import make_penguins


def test_the_script_makes_the_shipped_bytes(monkeypatch, tmp_path, capsys):
    try:
        vendor.fetch("palmerpenguins", "penguins.csv")
    except AuthorError as error:
        pytest.skip(f"the penguins cannot be had: {error}")
    monkeypatch.setattr(make_penguins, "TARGET", tmp_path / "made.csv")
    assert make_penguins.main() == 0
    assert "342 penguins" in capsys.readouterr().out
    assert (tmp_path / "made.csv").read_bytes() == (data.FOLDER / FILE).read_bytes()


def test_the_readme_names_its_hash():
    readme = (data.FOLDER / "networks" / "README.md").read_text("utf-8")
    assert hashlib.sha256((data.FOLDER / FILE).read_bytes()).hexdigest() in readme


def test_what_is_read_is_plausible_and_cannot_be_changed():
    birds = penguins()
    assert [int((birds.species == i).sum()) for i in range(len(SPECIES))] == [151, 68, 123]
    low, high = birds.measures.min(axis=0), birds.measures.max(axis=0)
    assert np.all(low > [30, 13, 170, 2600])
    assert np.all(high < [60, 22, 232, 6400])
    with pytest.raises(ValueError, match="read-only"):
        birds.measures[0, 0] = 1


def test_rows_without_measurements_are_left_out():
    head = "species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year"
    rows = ["Adelie,Biscoe,39,18,181,3750,NA,2007", "Gentoo,Biscoe,NA,NA,NA,NA,NA,2009"]
    assert make_penguins.measured([head, *rows]) == [["Adelie", "39", "18", "181", "3750"]]
