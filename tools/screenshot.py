"""Make the picture in the README, FIG.05 of lesson 03 after a drag: `python -m tools.screenshot`."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.chromium import launched
from tools.served import served

TARGET = Path("docs/lesson-03.png")


def main() -> int:
    """Build the site aside, open it, drag, and take the picture."""
    with served() as address, launched() as browser:
        page = browser.new_page(viewport={"width": 1180, "height": 1300}, reduced_motion="reduce")
        page.goto(address + '03-embeddings.html#fig-05~{"moved":true,"x":262,"y":98}')
        page.wait_for_selector("#fig-05[state=live]", timeout=120_000)
        page.locator("#fig-05").screenshot(path=TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
