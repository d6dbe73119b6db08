"""pycore as a wheel, beside the pages that run it: a program or a notebook goes on where a lesson ends."""

from __future__ import annotations

from pathlib import Path

from sitegen import digests, imports, unchanged
from sitegen.errors import ROOT
from sitegen.output import Output

FOLDER = "code"


def write(out: Output) -> str:
    """Write the wheel into the site; return its address there."""
    held = [file for file in digests.below(ROOT / "pycore") if "__pycache__" not in file.parts]
    held += [*(ROOT / "site_templates" / "css").iterdir(), *map(ROOT.joinpath, unchanged.FILES)]
    recipe = f"wheel {digests.of_files(held, ROOT)} {imports.code(__name__)}"
    return out.group(recipe, _build)


def _build(folder: Path) -> str:
    # It takes longer to import than a whole build whose wheel is kept.
    from hatchling.builders.wheel import WheelBuilder

    (folder / FOLDER).mkdir()
    (file,) = WheelBuilder(str(ROOT)).build(directory=str(folder / FOLDER), versions=["standard"])
    return f"{FOLDER}/{Path(file).name}"
