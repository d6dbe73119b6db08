"""Training small networks: in the browser's Python, in CPython, and in plain JavaScript, in one run.

All train the same network from the same weights on the same batches, and must come to the same loss. Then the
figures of lesson 01 run as a reader sees them, drawing included, and presses are timed while they do.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from benchmarks import Row
from pycore.figures.networks.playground import STRIDE, Playground
from tools import in_page
from tools.chromium import launched
from tools.served import served

CASES = {
    "2-8-8-2, tanh, batch 32": ([2, 8, 8, 2], "tanh", 200, 2000),
    "64-32-10, relu, batch 32": ([64, 32, 10], "relu", 1437, 450),
}
LESSON = "01-neural-network.html"
PRESSES = 20
SETUP = """
import json, time
import numpy as np
from pycore.networks.backprop import Network, Trainer

def made(sizes, kind, points):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(points, sizes[0]))
    y = (np.arange(points) % sizes[-1]).astype(np.intp)
    network = Network(sizes, [kind] * (len(sizes) - 2), np.random.default_rng(1))
    return network, Trainer(network, x, y, "Adam", 0.01, 32, rng=np.random.default_rng(2))

def measured(sizes, kind, points, steps):
    made(sizes, kind, points)[1].train(50)
    network, trainer = made(sizes, kind, points)
    start = time.perf_counter()
    trainer.train(steps)
    seconds = time.perf_counter() - start
    return [seconds, network.loss(trainer.x, trainer.targets)]
"""
# The same in plain JavaScript: loops over typed arrays, nothing allocated within a step.
PLAIN = """({ sizes, kind, parameters, x, y, order, steps, rate }) => {
    const layers = [];
    for (let l = 0, at = 0; l + 1 < sizes.length; l++) {
        const [n, m] = [sizes[l], sizes[l + 1]];
        layers.push({ n, m, w: at, b: at + n * m });
        at += (n + 1) * m;
    }
    const run = (count) => {
        const p = Float64Array.from(parameters), g = new Float64Array(p.length);
        const mean = new Float64Array(p.length), square = new Float64Array(p.length);
        const values = sizes.map((size) => new Float64Array(size));
        const back = sizes.map((size) => new Float64Array(size));
        const forward = (row) => {
            for (let i = 0; i < sizes[0]; i++) values[0][i] = x[row * sizes[0] + i];
            layers.forEach(({ n, m, w, b }, l) => {
                const from = values[l], to = values[l + 1], last = l === layers.length - 1;
                for (let j = 0; j < m; j++) to[j] = p[b + j];
                for (let i = 0; i < n; i++) {
                    const v = from[i];
                    if (v !== 0) for (let j = 0; j < m; j++) to[j] += v * p[w + i * m + j];
                }
                if (last) return;
                for (let j = 0; j < m; j++) to[j] = kind === "tanh" ? Math.tanh(to[j]) : Math.max(to[j], 0);
            });
            const scores = values.at(-1), most = Math.max(...scores);
            let sum = 0;
            for (let j = 0; j < scores.length; j++) sum += Math.exp(scores[j] - most);
            return Math.log(sum) + most;
        };
        let at = 0;
        for (let step = 1; step <= count; step++) {
            g.fill(0);
            const batch = order[at++ % order.length];
            for (const row of batch) {
                const log = forward(row), scores = values.at(-1), top = back.at(-1);
                for (let j = 0; j < scores.length; j++)
                    top[j] = (Math.exp(scores[j] - log) - (j === y[row] ? 1 : 0)) / batch.length;
                for (let l = layers.length - 1; l >= 0; l--) {
                    const { n, m, w, b } = layers[l], from = values[l], up = back[l + 1], down = back[l];
                    for (let j = 0; j < m; j++) g[b + j] += up[j];
                    for (let i = 0; i < n; i++) {
                        let sum = 0;
                        const v = from[i];
                        for (let j = 0; j < m; j++) {
                            g[w + i * m + j] += v * up[j];
                            sum += p[w + i * m + j] * up[j];
                        }
                        down[i] = sum * (kind === "tanh" ? 1 - v * v : v > 0 ? 1 : 0);
                    }
                }
            }
            const a = 1 - 0.9 ** step, c = 1 - 0.999 ** step;
            for (let i = 0; i < p.length; i++) {
                mean[i] = 0.9 * mean[i] + 0.1 * g[i];
                square[i] = 0.999 * square[i] + (1 - 0.999) * g[i] * g[i];
                p[i] -= (rate * (mean[i] / a)) / (Math.sqrt(square[i] / c) + 1e-8);
            }
        }
        let loss = 0;
        for (let row = 0; row < y.length; row++) loss += (forward(row) - values.at(-1)[y[row]]) / y.length;
        return loss;
    };
    run(50);
    const start = performance.now();
    const loss = run(steps);
    return [(performance.now() - start) / 1000, loss];
}"""
# Seconds until a press on the button that stops has been answered, in the middle of a run.
PRESS = """async (id) => {
    const figure = document.getElementById(id);
    const until = (holds) => new Promise((done) => {
        const look = () => (holds() ? done() : requestAnimationFrame(look));
        look();
    });
    const button = () => figure.querySelector("[data-control=run]");
    button().click();
    const from = figure.querySelector("progress").value;
    await until(() => figure.querySelector("progress").value >= from + 3);
    const start = performance.now();
    button().click();
    await until(() => !figure.querySelector("[data-tick]"));
    return (performance.now() - start) / 1000;
}"""


def rows() -> Iterator[Row]:
    """Train, then run the figures."""
    namespace: dict[str, Any] = {}
    exec(SETUP, namespace)
    with served() as address, launched(whole=True) as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        in_page.open_lesson(page, address)
        for name, case in CASES.items():
            steps = case[-1]
            native, native_loss = namespace["measured"](*case)
            there, loss = json.loads(in_page.evaluate(page, SETUP, f"json.dumps(measured(*{case!r}))"))
            plain, plain_loss = page.evaluate(PLAIN, _task(namespace, case))
            if max(abs(loss - native_loss), abs(plain_loss - native_loss)) > 1e-4:
                raise RuntimeError(f"not the same training: losses {native_loss}, {loss} and {plain_loss}")
            yield Row(f"{name}: steps a second in Pyodide", steps / there, "/s", "CPython", steps / native)
            yield Row(
                f"{name}: steps a second in Pyodide", steps / there, "/s", "plain JavaScript", steps / plain
            )
        page.goto(address + LESSON)
        yield _figure_row(page)
        yield _digits_row(page)
        _wake(page, "fig-06")  # what is out of sight does not train
        page.locator("#fig-06 [data-control=again]").click()
        waits = [page.evaluate(PRESS, "fig-06") for _ in range(PRESSES)]
        yield Row(
            f"FIG.06: a press while it trains, the slowest of {PRESSES}",
            max(waits) * 1000,
            "ms",
            "the median one",
            statistics.median(waits) * 1000,
            "≤ 100 ms",
        )


def _task(namespace: dict[str, Any], case: tuple[Any, ...]) -> dict[str, Any]:
    """What plain JavaScript needs to do the same: the first weights, the points, and the batches in order."""
    sizes, kind, points, steps = case
    network, trainer = namespace["made"](sizes, kind, points)
    order: list[list[int]] = []
    while len(order) < steps:
        whole = trainer.rng.permutation(points)
        order += [whole[at : at + 32].tolist() for at in range(0, points, 32)]
    return {
        "sizes": sizes,
        "kind": kind,
        "parameters": network.parameters.tolist(),
        "x": trainer.x.ravel().tolist(),
        "y": trainer.targets.tolist(),
        "order": order[:steps],
        "steps": steps,
        "rate": 0.01,
    }


def _wake(page: Page, figure: str) -> None:
    page.locator(f"#{figure}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figure}[state=live]", timeout=in_page.START)


def _figure_row(page: Page) -> Row:
    """Steps a second of the figure as it runs, drawing and all; CPython computes and draws as text."""
    _wake(page, "fig-06")
    value = "document.querySelector('#fig-06 progress').value"
    page.locator("#fig-06 [data-control=run]").click()
    page.wait_for_function(f"{value} >= {5 * STRIDE}", timeout=in_page.START)
    start, first = time.perf_counter(), page.evaluate(value)
    page.wait_for_timeout(4000)
    steps, seconds = page.evaluate(value) - first, time.perf_counter() - start
    page.locator("#fig-06 [data-control=run]").click()
    page.wait_for_selector("#fig-06 [data-tick]", state="detached")
    figure = Playground()
    figure.parts()
    figure.handle("run", [])
    start = time.perf_counter()
    for _ in range(50):
        figure.handle("tick", [])
        figure.parts()
    native = 50 * STRIDE / (time.perf_counter() - start)
    return Row("FIG.06: steps a second as it is drawn", steps / seconds, "/s", "CPython", native, "≥ 100 /s")


def _digits_row(page: Page) -> Row:
    """Seconds from the press until 95 % of the held-out digits are read right."""
    _wake(page, "fig-06a")
    shown = "parseFloat(document.querySelector('#fig-06a [data-out=accuracy]').textContent)"
    start = time.perf_counter()
    page.locator("#fig-06a [data-control=run]").click()
    page.wait_for_function(f"{shown} >= 95", timeout=in_page.START)
    reached = time.perf_counter() - start
    page.wait_for_selector("#fig-06a [data-tick]", state="detached", timeout=in_page.START)
    whole = time.perf_counter() - start
    return Row(
        "FIG.06A: seconds to 95 % of the held-out digits", reached, "s", "the whole run", whole, "≤ 10 s"
    )
