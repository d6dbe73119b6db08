"""A drag in a figure, beside the same picture moved by plain JavaScript, and where the time goes.

What a drag changes in the picture is recorded once, answer by answer, in a figure that runs. A page without
the site's scripts then makes the same changes by a pointer handler of its own: nothing is computed, sent or
compared there, so what it takes is the browser's own time for that picture.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

START = 600_000  # milliseconds
MEASURE = "figure:event→figure:painted"
# The page's own name for a frame that shows an answer, as site_templates/js/draw.js measures it.
PAINTED = f"""
    const painted = (at) => requestAnimationFrame(() => {{
        const channel = new MessageChannel();
        channel.port1.onmessage = () => performance.measure("{MEASURE}", {{ start: at }});
        channel.port2.postMessage(null);
    }});
"""
# All that the floor runs. A step holds what one answer changed: the path to a node, what of it, its value.
PLAIN = f"""([id, handle, button, steps]) => addEventListener("DOMContentLoaded", () => {{
    {PAINTED}
    const figure = document.getElementById(id);
    let step = 0, held = false;
    const change = (event) => {{
        for (const [path, name, value] of steps[step++ % steps.length]) {{
            const node = path.reduce((parent, i) => parent.childNodes[i], figure);
            if (name === "#children") node.innerHTML = value;
            else if (name === "#text") node.data = value;
            else if (value === null) node.removeAttribute(name);
            else node.setAttribute(name, value);
        }}
        painted(event.timeStamp);
    }};
    if (button) return figure.querySelector(button).addEventListener("click", change);
    figure.addEventListener("pointerdown", (event) => {{
        if (!event.target.closest(handle)) return;
        event.preventDefault();
        event.target.closest(handle).focus({{ preventScroll: true }});
        figure.setPointerCapture(event.pointerId);
        held = true;
    }});
    figure.addEventListener("pointerrawupdate", (event) => held && change(event));
    figure.addEventListener("lostpointercapture", () => {{ held = false; }});
}})"""
# Tells after each answer what it changed. Where nodes came or went, their parent's markup stands for them.
RECORD = """(id) => {
    const figure = document.getElementById(id);
    const records = [];
    const observer = new MutationObserver((list) => records.push(...list));
    const place = (node) => [...node.parentNode.childNodes].indexOf(node);
    const path = (node) => node === figure ? [] : [...path(node.parentNode), place(node)];
    observer.observe(figure, { subtree: true, childList: true, attributes: true, characterData: true });
    window.changes = async () => {
        while (!figure.quiet) await new Promise((done) => setTimeout(done, 1));
        const all = [...records.splice(0), ...observer.takeRecords()];
        const list = all.filter(({ target }) => figure.contains(target));
        const anew = new Set(list.filter(({ type }) => type === "childList").map(({ target }) => target));
        const inside = ({ parentNode: parent }) =>
            parent && (anew.has(parent) || (parent !== figure && inside(parent)));
        const found = new Map();
        for (const { type, target, attributeName } of list) {
            if (target !== figure && inside(target)) continue;
            const name = { childList: "#children", characterData: "#text" }[type] ?? attributeName;
            const value = type === "childList" ? target.innerHTML
                : type === "characterData" ? target.data : target.getAttribute(name);
            const at = path(target);
            found.set(JSON.stringify([at, name]), [at, name, value]);
        }
        // Markup first: the paths are those of the picture as it is now.
        return [...found.values()].sort((a, b) => (b[1] === "#children") - (a[1] === "#children"));
    };
    window.stop = () => observer.disconnect();
}"""
# Notes from outside when a message leaves and comes, and when the page has been morphed and laid out. It runs
# before the site's own script.
NOTE = """
    window.notes = [];
    window.Worker = class extends Worker {
        constructor(...given) {
            super(...given);
            // Set up first, it hears first: the page's own listener goes on to draw.
            this.addEventListener("message", ({ data }) => {
                const note = window.notes.find(({ n }) => n === data.n);
                if (note && ["begun", "reply"].includes(data.type)) note[data.type] = performance.now();
            });
        }
        postMessage(message, ...more) {
            if (message.method === "send") window.notes.push({ n: message.n, posted: performance.now() });
            super.postMessage(message, ...more);
        }
    };
    addEventListener("load", () => {
        const morph = Idiomorph.morph;
        Idiomorph.morph = (...given) => {
            const note = window.notes.findLast(({ reply }) => reply);
            if (note && !note.morphed) requestAnimationFrame(() => {
                note.frame = performance.now();
                document.body.getBoundingClientRect(); // what is laid out now is not laid out again
                note.laid = performance.now();
            });
            const result = morph(...given);
            if (note) note.morphed = performance.now();
            return result;
        };
    });
"""
NOTES = f"""() => {{
    const measures = performance.getEntriesByName("{MEASURE}");
    // A note whose answer changed nothing has no frame of its own.
    return notes.slice(0, measures.length).map((note, i) => {{
        const {{ startTime: at, duration }} = measures[i];
        return {{ ...note, at, painted: at + duration }};
    }}).filter(({{ laid }}) => laid);
}}"""
PARTS = (
    ("events and queue, in the page", "at", "posted"),
    ("a message there and back", "posted", "begun"),
    ("Python", "begun", "reply"),
    ("reading the answer, and morph", "reply", "morphed"),
    ("waiting for the next frame", "morphed", "frame"),
    ("style and layout", "frame", "laid"),
    ("paint", "laid", "painted"),
)


@dataclass(frozen=True)
class Handle:
    """What is dragged: in which figure, and its name there."""

    figure: str
    name: str

    @property
    def selector(self) -> str:
        """Where the figure's markup has it."""
        return f"[data-drag={self.name}]"


def without_scripts(html: str) -> str:
    """Take a page's scripts out; all that it shows stays as it is."""
    pieces = html.split("<script")
    return pieces[0] + "".join(piece.partition("</script>")[2] for piece in pieces[1:])


def be_plain(page: Page, figure: str, steps: list[Any], *, handle: str = "", button: str = "") -> None:
    """Let a page without scripts make the changes `steps` when a handle is dragged or a button pressed."""
    page.add_init_script(f"({PLAIN})({json.dumps([figure, handle, button, steps])})")


def wait_until_live(page: Page, figure: str) -> None:
    """Bring a figure into the window and wait for Python there."""
    page.locator(f"#{figure}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figure}[state=live]", timeout=START)


def record_press(page: Page, figure: str, button: str) -> list[Any]:
    """What a press of a button changes, as one step."""
    page.evaluate(RECORD, figure)
    page.locator(f"#{figure} {button}").click()
    step = page.evaluate("changes()")
    page.evaluate("stop()")
    return [step]


def record(page: Page, handle: Handle, moves: int) -> list[Any]:
    """What each place of a drag changes, as a step each."""
    places = _grab(page, handle, lambda: page.evaluate(RECORD, handle.figure))
    steps = []
    for x, y in _circle(places, moves):
        page.mouse.move(x, y)
        steps.append(page.evaluate("changes()"))
    page.mouse.up()
    page.evaluate("stop()")
    return steps


def drag(page: Page, handle: Handle, moves: int) -> list[float]:
    """Drag a handle around its picture; return the milliseconds to paint, sorted."""
    places = _grab(page, handle, lambda: page.evaluate("performance.clearMeasures(); window.notes = []"))
    for x, y in _circle(places, moves):
        page.mouse.move(x, y)
    page.mouse.up()
    page.wait_for_function(f"document.getElementById('{handle.figure}').quiet ?? true")
    # The last measure is taken when its frame has been drawn.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    found = page.evaluate(f"performance.getEntriesByName('{MEASURE}').map((measure) => measure.duration)")
    assert len(found) > moves / 4, f"{handle.figure}: {len(found)} of {moves} moves were answered"
    return sorted(found)


def picture(page: Page, figure: str) -> str:
    """Markup of what the figure shows, without the order of its tab stops, which is a matter of scripts."""
    return re.sub(r' tabindex="[-\d]+"', "", page.locator(f"#{figure} .body").inner_html())


def part(times: list[float], share: float) -> float:
    """Find the time that a share of sorted times does not exceed."""
    return times[math.ceil(share * len(times)) - 1]


def _grab(page: Page, handle: Handle, ready: Any) -> dict[str, float]:
    grip = page.locator(f"#{handle.figure} {handle.selector}")
    surface = page.locator(f"#{handle.figure} svg:has({handle.selector})")
    surface.scroll_into_view_if_needed()
    page.evaluate("new Promise((done) => requestIdleCallback(() => done()))")
    knob, box = grip.locator("circle").first.bounding_box(), surface.bounding_box()
    assert knob is not None
    assert box is not None
    page.mouse.move(knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2)
    ready()
    page.mouse.down()
    return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "radius": box["width"] / 5}


def _circle(around: dict[str, float], moves: int) -> list[tuple[float, float]]:
    turns = [i / moves * 2 * math.pi for i in range(moves)]
    x, y, radius = around["x"], around["y"], around["radius"]
    return [(x + radius * math.cos(turn), y - radius * math.sin(turn)) for turn in turns]
