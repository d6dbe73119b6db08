"""FIG.07A: what training does to our own model: what it writes, and what that is worth beside counting.

All of it was recorded by tools/make_speech_model.py: bits per byte on speeches that nothing learned from.
"""

from __future__ import annotations

from dataclasses import dataclass

from pycore.data.transformers.speeches import TRAINING, speech_training
from pycore.live.figure import Figure, Parts
from pycore.live.markup import Markup, tag
from pycore.live.plot import Plot
from pycore.live.readout import fold, headline, honest, readings
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide
from pycore.transformers.kneser_ney import KneserNey, discounts

MOMENTS = 6
HIGHEST = 3.2  # bits a byte: all tokens alike take about 3


@dataclass(frozen=True)
class TrainingCourseState:
    """Which moment of training, and which beginning."""

    moment: int = 0
    beginning: int = 0


class TrainingCourse(Figure[TrainingCourseState]):
    """Move through the training."""

    State = TrainingCourseState
    data = (TRAINING,)
    code = (KneserNey.probabilities, discounts)
    settings = {"moment": range(MOMENTS), "beginning": (0, 1)}

    def view(self) -> Parts:
        """Draw the moment, what the model writes then, and the curve so far."""
        s, record = self.state, speech_training()
        now = record.checkpoints[s.moment]
        read = now.step * record.tokens_a_step
        steps = "no step yet" if not now.step else f"{now.step:,} steps"
        return {
            "controls": tag(
                "div",
                slide(self, "moment", "trained:", steps, name="Moment of training", spoken=steps),
                chips(self, "beginning", dict(enumerate(record.prompts)), "Beginning", control="begin-{}"),
                class_="row",
            ),
            "stage": tag(
                "div",
                tag(
                    "p",
                    tag("span", record.prompts[s.beginning], class_="given"),
                    tag("span", now.texts[s.beginning], data_out="text"),
                    class_="text",
                ),
                _curve(s.moment),
            ),
            "readout": tag(
                "div",
                headline(
                    "bits for each byte of other speeches", f"{now.bits:.2f}", "bits", _verdict(now.bits)
                ),
                readings(
                    [
                        ("tokens read", "read", f"{read / 1e6:.2f} million"),
                        ("counting, 5 tokens", "counting", f"{record.counting[-1]:.2f}"),
                    ]
                ),
            ),
            "more": tag(
                "div",
                fold(
                    "Counting with fewer tokens",
                    readings(
                        (f"{order} token{'s' if order > 1 else ''}", f"counting-{order}", f"{bits:.2f}")
                        for order, bits in enumerate(record.counting, 1)
                    ),
                ),
                honest(
                    f"{record.weights / 1e6:.1f} million weights in 8 bits; {record.tokens / 1e6:.1f} "
                    f"million tokens to learn from, in half an hour on one core. Measured on "
                    f"{record.held_out:,} bytes of speeches held out from both. The texts are drawn at "
                    "temperature 0.8, always with the same dice."
                ),
            ),
        }


def _verdict(bits: float) -> str:
    counting = speech_training().counting
    best = next((order for order in range(len(counting), 0, -1) if bits < counting[order - 1]), 0)
    if not best:
        return "worse than counting single tokens"
    if best == len(counting):
        return "better than counting"
    tokens = "single tokens" if best == 1 else f"sequences of {best}"
    return f"better than counting {tokens}, but not sequences of {best + 1}"


def _curve(moment: int) -> Markup:
    record = speech_training()
    plot = Plot.of(
        Scale(0, MOMENTS - 1),
        Scale(1, HIGHEST),
        x_title="steps of training",
        y_title="bits per byte",
        x_ticks=tuple((i, f"{each.step:,}") for i, each in enumerate(record.checkpoints)),
        y_ticks=((1, "1"), (2, "2"), (3, "3")),
        height=260,
    )
    places = list(range(moment + 1))
    bits = [each.bits for each in record.checkpoints[: moment + 1]]
    counting = record.counting[-1]
    return plot.draw(
        f"Bits per byte up to step {record.checkpoints[moment].step:,}: {bits[0]:.2f} at the start, "
        f"{bits[-1]:.2f} now; counting {counting:.2f}.",
        plot.level(counting, "level"),
        plot.name(0.55, counting, "counting, 5 tokens", "name"),
        plot.curve(places, bits),
        plot.points([moment], [bits[-1]]),
    )
