"""FIG.06C: InfoNCE on a batch of eight real pairs: similarities, softmax, loss, and where each is pushed.

The steps are those of gradient descent on the sixteen vectors themselves, each brought back to length one.
Training a model moves its weights instead, and the vectors follow.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import sentences
from pycore.embeddings.contrastive import InfoNCE, info_nce
from pycore.embeddings.similarity import normalize
from pycore.live import expect
from pycore.live.controls import button, chip, group, slider
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, number, percent, signed, tag
from pycore.live.readout import headline, readings

TEMPERATURES = (0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0)
PAIRS = 8
RATE = 0.02  # of gradient descent
MOST = 100  # steps
FULL = 60  # per cent of a colour that a cell may have, so that the arrow on it stays visible


@dataclass(frozen=True)
class InfonceState:
    """The temperature (a place in TEMPERATURES), the query that is looked at, and the steps taken."""

    temperature: int = 2
    row: int = 3
    steps: int = 0


class Infonce(Figure[InfonceState]):
    """Set the temperature, choose a query, take steps of gradient descent."""

    State = InfonceState
    data = ("embeddings/sentences.npz", "embeddings/sentences.json")
    code = (info_nce, normalize)

    def check(self, state: InfonceState) -> None:
        """Refuse what is out of range."""
        for name, most in (("temperature", len(TEMPERATURES) - 1), ("row", PAIRS - 1), ("steps", MOST)):
            expect.between(name, getattr(state, name), most)

    @event
    def heat(self, temperature: str) -> None:
        """Take another temperature, by its place in TEMPERATURES; the steps are taken anew with it."""
        self.state = self.parse({"temperature": temperature}, base=self.state)

    @event
    def choose(self, row: str) -> None:
        """Look at a query, by its number."""
        self.state = self.parse({"row": row}, base=self.state)

    @event
    def descend(self, by: str) -> None:
        """Take some steps more, or some back; there are never fewer than none or more than MOST."""
        steps = min(max(self.state.steps + int(by), 0), MOST)
        self.state = replace(self.state, steps=steps)

    def view(self) -> Parts:
        """Draw the controls, the matrix, the loss, and the softmax of the chosen query."""
        s = self.state
        *_, result = batch(TEMPERATURES[s.temperature], s.steps)
        return {
            "controls": _controls(s),
            "stage": _stage(result, s),
            "readout": _readout(result, s),
            "row": _row(result, s),
        }


@functools.lru_cache(maxsize=MOST + 20)
def batch(temperature: float, steps: int) -> tuple[Floats, Floats, InfoNCE]:
    """Take steps from the model's vectors; return queries and documents, and what InfoNCE says of them."""
    if steps == 0:
        queries: Floats = sentences().query_vectors
        documents: Floats = sentences().document_vectors[:PAIRS]
    else:
        queries, documents, last = batch(temperature, steps - 1)
        queries = normalize(queries - RATE * last.query_gradient)
        documents = normalize(documents - RATE * last.document_gradient)
    return queries, documents, info_nce(queries, documents, temperature)


# ---------------------------------------------------------------- what is drawn


def _controls(s: InfonceState) -> Markup:
    tau = f"{TEMPERATURES[s.temperature]:.2f}"
    return tag(
        "div",
        slider(
            ["temperature τ ", tag("b", tau, data_out="temperature")],
            "heat",
            "temperature",
            s.temperature,
            len(TEMPERATURES) - 1,
            name="Temperature",
            spoken=tau,
        ),
        group(
            "Gradient descent",
            chip("1 step", "descend", "1", "step"),
            chip("10 steps", "descend", "10", "ten-steps"),
            chip("undo all", "descend", str(-MOST), "start"),
        ),
        class_="row",
    )


def _stage(result: InfoNCE, s: InfonceState) -> Markup:
    heads = (tag("span", f"d{j}", class_="own" if j == s.row + 1 else None) for j in range(1, PAIRS + 1))
    return tag(
        "div",
        tag(
            "p",
            tag("span", tag("i", class_="key"), " cosine −1 to 1"),
            tag("span", tag("b", class_="up"), " pulled"),
            tag("span", tag("b", class_="down"), " pushed"),
            class_="legend",
        ),
        tag("div", heads, class_="heads", aria_hidden="true"),
        tag("ol", (_line(result, i, s) for i in range(PAIRS)), aria_label="Queries", data_group="vertical"),
        tag(
            "p",
            "Each row is a query, each column a text; query 1 belongs to d1, and so on down the diagonal. An "
            "arrow says which way the loss pushes that cosine; the longest, that the softmax errs by 1.",
            class_="honest",
        ),
    )


def _line(result: InfoNCE, i: int, s: InfonceState) -> Markup:
    """Draw a query and its cosines, all of it a button."""
    cosines, p = result.similarities[i].tolist(), result.probabilities[i].tolist()
    # How far the softmax errs: the gradient, less the factor that all of them share.
    errors = (result.similarity_gradient[i] * TEMPERATURES[s.temperature] * PAIRS).tolist()
    text = sentences().queries[i]
    best = max(range(PAIRS), key=lambda j: round(p[j], 9))
    told = ", ".join(f"d{j} {signed(cosine)}" for j, cosine in enumerate(cosines, 1))
    return tag(
        "li",
        button(
            tag("span", tag("b", i + 1), " ", tag("span", text), class_="query"),
            tag("span", (_cell(cosines[j], errors[j], i == j) for j in range(PAIRS)), class_="cells"),
            event="choose",
            arg=i,
            control=f"row-{i}",
            pressed=i == s.row,
            aria_label=f"{i + 1}: {text} Cosines: {told}. Most probable: d{best + 1}, {percent(p[best])}.",
        ),
    )


def _cell(cosine: float, error: float, own: bool) -> Markup:
    strength = round(FULL * min(abs(cosine), 1))
    size = round(100 * abs(error))
    return tag(
        "i",
        tag("b", class_="up" if own else "down", style=f"--g:{size}") if size else None,
        class_=("n" if round(cosine, 9) < 0 else "p") + " own" * own,
        style=f"--v:{strength}",
    )


def _readout(result: InfoNCE, s: InfonceState) -> Markup:
    tau = TEMPERATURES[s.temperature]
    *_, first = batch(tau, 0)
    own = np.eye(PAIRS, dtype=bool)
    right = int(np.sum(np.argmax(np.round(result.similarities, 9), axis=1) == np.arange(PAIRS)))
    rows = (
        ("steps taken", "steps", f"{s.steps} of {MOST}"),
        ("loss at the start", "first-loss", f"{first.loss:.3f}"),
        (f"knowing nothing, ln {PAIRS}", "chance", f"{math.log(PAIRS):.3f}"),
        ("own text nearest", "right", f"{right} of {PAIRS}"),
        ("mean cosine, own", "own", signed(float(result.similarities[own].mean()))),
        ("mean cosine, others", "others", signed(float(result.similarities[~own].mean()))),
    )
    return tag(
        "div",
        headline("loss, in nats", f"{result.loss:.3f}", "loss", _verdict(tau)),
        readings(rows),
    )


def _verdict(tau: float) -> str:
    if tau < 0.05:
        return "cold: only the texts most like the query count"
    if tau <= 0.1:
        return "a usual choice for retrieval"
    return "warm: every text counts a little" if tau < 1 else "hot: all texts count nearly alike"


def _row(result: InfoNCE, s: InfonceState) -> Markup:
    tau = TEMPERATURES[s.temperature]
    cosines, p, gradient = (
        x[s.row].tolist() for x in (result.similarities, result.probabilities, result.similarity_gradient)
    )
    rows = (
        tag(
            "tr",
            tag("th", tag("b", f"d{j + 1}"), " ", tag("span", sentences().documents[j]), scope="row"),
            tag("td", signed(cosines[j]), data_out=f"cosine-{j}"),
            tag("td", percent(p[j], 1), class_="soft", data_out=f"p-{j}", style=f"--p:{100 * p[j]:.0f}%"),
            tag("td", signed(gradient[j]), data_out=f"gradient-{j}"),
            class_="own" if j == s.row else None,
        )
        for j in range(PAIRS)
    )
    heads = ("text", "cosine s", "softmax p", "∂L/∂s")
    return tag(
        "div",
        tag("p", tag("b", s.row + 1), " ", sentences().queries[s.row], class_="asked", data_out="query"),
        tag(
            "table",
            tag("thead", tag("tr", (tag("th", head, scope="col") for head in heads))),
            tag("tbody", rows),
        ),
        tag(
            "p",
            "∂L/∂s = (p − y) / (τ n), with y = 1 for the query’s own text and 0 for the others, and ",
            tag("b", f"1 / (τ n) = {number(1 / (tau * PAIRS), 3)}", data_out="factor"),
            f". A step goes against it, at a rate of {RATE}, and moves the sixteen vectors, nothing else. "
            "Training a model moves weights that all sentences share, over very many batches like this one.",
            class_="honest",
        ),
    )
