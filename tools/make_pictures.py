"""Make the pictures of README and author guide, and the film at the top: `python -m tools.make_pictures`.

So are the pictures that are shown with links to this course's pages, and the icon of a phone's home screen:
`python -m tools.make_pictures shown` makes these alone.

The site is built aside and used as a reader would: what the pictures show is what it is now. Needs Pillow
(`pip install -e '.[pictures]'`).
"""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from sitegen.content import front_page, load_course
from tools.chromium import launched
from tools.served import served

FOLDER = Path("docs")
CONTENT = Path("content")
TOUCH_ICON = Path("site_templates/touch-icon.png")
FILM = FOLDER / "film.webp"
LARGEST = 1_000_000  # bytes
FRAME = 90  # milliseconds
QUALITY = 62  # of WebP
START = 120_000  # milliseconds that Python may take to start
# A pointer that screenshots show: the browser's own is not a part of the page.
POINTER = """() => {
  const pointer = document.createElement("div");
  pointer.id = "pointer";
  pointer.style.cssText = `position: fixed; z-index: 9; left: -50px; width: 22px; height: 22px; margin: -11px;
    border-radius: 50%; background: rgb(189 61 11 / 0.3); border: 2px solid rgb(189 61 11);
    pointer-events: none`;
  document.body.append(pointer);
  addEventListener("pointermove", ({ clientX, clientY }) => {
    pointer.style.left = `${clientX}px`;
    pointer.style.top = `${clientY}px`;
  }, true);
}"""


class Camera:
    """Takes frames of a part of a page while the mouse is moved."""

    def __init__(self, page: Page, part: Locator) -> None:
        self.page = page
        self.part = part
        self.frames: list[Image.Image] = []
        self.at = (0.0, 0.0)

    def hold(self, frames: int = 1) -> None:
        """Take frames of what is there."""
        for _ in range(frames):
            shot = Image.open(io.BytesIO(self.part.screenshot()))
            self.frames.append(shot.convert("RGB"))

    def go(self, x: float, y: float, frames: int = 5) -> None:
        """Move the mouse in a straight line."""
        x0, y0 = self.at
        for i in range(1, frames + 1):
            share = (1 - math.cos(math.pi * i / frames)) / 2
            self._move(x0 + share * (x - x0), y0 + share * (y - y0))

    def turn(self, x: float, y: float, radius: float, start: float, end: float, frames: int) -> None:
        """Move it on an arc around a place; angles in degrees, as on paper."""
        for i in range(frames + 1):
            share = (1 - math.cos(math.pi * i / frames)) / 2
            angle = math.radians(start + share * (end - start))
            self._move(x + radius * math.cos(angle), y - radius * math.sin(angle))

    def press(self, control: Locator) -> None:
        """Go to a control and press it."""
        self.go(*middle(control))
        control.click()
        self.hold(6)

    def _move(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)
        self.at = (x, y)
        self.page.wait_for_function("document.querySelector('#fig-05').quiet")
        self.hold()

    def write(self, target: Path) -> None:
        """Write the film."""
        first, *rest = self.frames
        first.save(
            target, save_all=True, append_images=rest, duration=FRAME, loop=0, quality=QUALITY, method=6
        )


def middle(control: Locator) -> tuple[float, float]:
    """Return the middle of a control, in the window."""
    box = control.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def film(browser: Browser, address: str) -> None:
    """FIG.05: a vector is turned by hand, two words are chosen, and the reader's own code runs."""
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.goto(address + "03-embeddings.html#fig-05")
    page.wait_for_selector("#fig-05[state=live]", timeout=START)
    page.evaluate(POINTER)
    figure = page.locator("#fig-05 .body")
    figure.scroll_into_view_if_needed()
    camera = Camera(page, figure)
    handle = page.locator("#fig-05 [data-drag=b]")
    centre = middle(page.locator("#fig-05 svg").first)
    camera.hold(4)
    camera.go(*middle(handle.locator(".knob")))
    x, y = camera.at
    right, up = x - centre[0], centre[1] - y
    radius, start = math.hypot(right, up), math.degrees(math.atan2(up, right))
    page.mouse.down()
    camera.turn(*centre, radius, start, start + 150, 20)
    camera.turn(*centre, radius, start + 150, start - 20, 20)
    page.mouse.up()
    camera.hold(5)
    for control in ("good", "cat"):
        camera.press(page.locator("#fig-05 .chips .chip", has_text=control).last)
    camera.write(FILM)
    page.close()


def pictures(browser: Browser, address: str) -> Iterator[Path]:
    """Give one picture after the other, each of something that a reader does."""
    page = browser.new_page(viewport={"width": 1180, "height": 1300}, reduced_motion="reduce")

    def take(name: str, part: Locator | None = None) -> Path:
        target = FOLDER / f"{name}.webp"
        shot = (
            part.screenshot()
            if part
            else page.screenshot(clip={"x": 0, "y": 0, "width": 1180, "height": 900})
        )
        Image.open(io.BytesIO(shot)).save(target, quality=78, method=6)
        return target

    page.goto(address + "index.html")
    page.wait_for_selector("py-figure[stored]", timeout=START)
    yield take("course")
    page.keyboard.press("/")
    page.locator("[data-control=search-text]").fill("what does temperature do")
    page.wait_for_selector(".search [role=option]")
    yield take("search")
    page.goto(address + "01-neural-network.html#fig-06")
    page.wait_for_selector("#fig-06[state=live]", timeout=START)
    page.locator("#fig-06 [data-control=run]").click()
    page.wait_for_function(
        "parseFloat(document.querySelector('#fig-06 [data-out=score]')?.textContent ?? '0') >= 95",
        timeout=START,
    )
    page.locator("#fig-06 [data-control=run]").click()
    page.wait_for_function("document.querySelector('#fig-06').quiet")
    yield take("lesson-01", page.locator("#fig-06"))
    page.goto(address + "04-attention.html#fig-00")
    page.wait_for_selector("#fig-00[stored]", timeout=START)
    yield take("lesson-04")
    page.goto(address + '03-embeddings.html#fig-05~{"moved":true,"x":262,"y":98}')
    page.wait_for_selector("#fig-05[state=live]", timeout=START)
    page.locator("#fig-05 [data-control=take]").click()
    page.wait_for_selector(".take")
    yield take("save", page.locator("#fig-05"))
    page.locator("[data-control=take-close]").click()
    page.locator("#fig-05 [data-control=source]").click()
    page.wait_for_selector("#fig-05 textarea")
    yield take("code", page.locator("#fig-05"))


# A lesson's first window without what stands around its title and its hero.
ALONE = """
  :is(.house, .colophon, .trail, .facts, .ledger > :last-child, .bar),
  :is(.source, .resume, .body .chip, figcaption, .moving),
  .lesson:not(.front) > :not(.masthead), .front > :not(.masthead, py-figure) { display: none !important }
  html { zoom: 1.12 }
  .front { zoom: 0.72; width: 100%; max-width: none; padding-top: 0 }
  .title > py-figure { align-self: center !important }
"""


def shown(browser: Browser, address: str) -> Iterator[Path]:
    """Give the pictures that are shown with links: title and hero of each page; and the touch icon."""
    page = browser.new_page(viewport={"width": 1200, "height": 630}, reduced_motion="reduce")
    course, lessons = load_course(CONTENT)
    for lesson in (front_page(course, CONTENT), *lessons):
        page.goto(address + lesson.page)
        page.wait_for_selector("py-figure[stored]", timeout=START)
        page.add_style_tag(content=ALONE)
        yield _few_colours(page.screenshot(), CONTENT / lesson.meta.picture)
    page.set_viewport_size({"width": 180, "height": 180})
    icon = Path("site_templates/icon.svg").read_text("utf-8").replace('rx="7"', 'rx="0"')
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{icon}")
    yield _few_colours(page.screenshot(), TOUCH_ICON)


def _few_colours(shot: bytes, target: Path) -> Path:
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(target, optimize=True)
    return target


def main() -> int:
    """Build the site aside, use it, and take the pictures."""
    with served() as address, launched() as browser:
        made = [*shown(browser, address)]
        if sys.argv[1:] != ["shown"]:
            film(browser, address)
            made += [FILM, *pictures(browser, address)]
    for file in made:
        print(f"{file}: {file.stat().st_size:,} bytes")
    return int(FILM.stat().st_size > LARGEST)


if __name__ == "__main__":
    sys.exit(main())
