"""Find the modules that the figures import, and write them down as those that every start fetches.

    python -m tools.find_start_modules

It wakes every figure of every lesson in a browser and asks Python what it has imported from its archives.
"""

from __future__ import annotations

from sitegen import archives
from tools import in_page
from tools.chromium import launched
from tools.served import served

# Pyodide imports them if they are there, and does without.
SPARED = ("ssl", "_ssl", "bz2", "lzma", "compression")
LIVE = """() => [...document.querySelectorAll("py-figure:not([still])")]
    .every((figure) => figure.getAttribute("state") === "live")"""
CODE = """
import sys
specs = [getattr(module, "__spec__", None) for module in sys.modules.values()]
found = {spec.name for spec in specs if spec and str(spec.origin).startswith("/lib/")}
"""


def main() -> None:
    """Write sitegen/start_modules.txt."""
    found: set[str] = set()
    with served() as address, launched() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        lessons = page.eval_on_selector_all(".course-list a", "(links) => links.map((link) => link.href)")
        for lesson in lessons:
            page.goto(lesson)
            figures = page.locator("py-figure:not([still])")
            for figure in figures.all():
                figure.scroll_into_view_if_needed()
            if figures.count():
                page.wait_for_function(LIVE, timeout=in_page.START)
                found.update(in_page.evaluate(page, CODE, "' '.join(found)").split())
    apart = tuple(filter(None, archives.LATER))  # what has an archive of its own need not be in the start
    names = sorted(
        name
        for name in found
        if name.partition(".")[0] not in ("pycore", *SPARED)
        and not f"{name}/".replace(".", "/").startswith(apart)
    )
    archives.LIST.write_text("\n".join(names) + "\n", "utf-8")
    print(f"{len(names)} modules")


if __name__ == "__main__":
    main()
