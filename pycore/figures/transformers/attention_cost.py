"""FIG.07B: what one more token costs, with the cache of keys and values and without: counted, and timed here.

The times are taken by the reader's own machine when it is asked, with our own small model, and are part of
the state.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from pycore.data.transformers.speeches import MODEL, speech_model
from pycore.figures.transformers._models import OWN, SIZES, SMOLLM2
from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, rough_percent, tag
from pycore.live.plot import Plot
from pycore.live.readout import headline, honest, legend, readings
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide
from pycore.transformers.attention import KVCache
from pycore.transformers.cost import Sizes, cache_bytes, with_cache, without_cache

MODELS = {OWN: "our own", SMOLLM2: "SmolLM2"}
WINDOWS = {OWN: 256, SMOLLM2: 8192}  # tokens that each can look back at
LENGTHS = Scale(16, 8192, steps=9, log=True)
COUNTED = Scale(1e6, 1e13, log=True)
TIMED = (8, 16, 32, 64, 128, 255)  # tokens
LEAST = 0.02  # seconds that one measurement takes at least
_TICKS = ((16, "16"), (128, "128"), (1024, "1,024"), (8192, "8,192"))
COUNT = Plot.of(
    LENGTHS,
    COUNTED,
    x_title="tokens of the text so far",
    y_title="multiplications for one more token",
    x_ticks=_TICKS,
    y_ticks=((1e6, "million"), (1e9, "billion"), (1e12, "trillion")),
    height=300,
)
TIME = Plot.of(
    Scale(8, 256, log=True),
    Scale(0.1, 1000, log=True),
    x_title="tokens of the text so far",
    y_title="milliseconds for one more token, here",
    x_ticks=((8, "8"), (32, "32"), (128, "128"), (256, "256")),
    y_ticks=((0.1, "0.1"), (1, "1"), (10, "10"), (100, "100"), (1000, "1,000")),
    height=250,
)


@dataclass(frozen=True)
class AttentionCostState:
    """The model, the length of the text, and the milliseconds that were measured at each of some lengths."""

    sizes: str = SMOLLM2
    tokens: float = 16
    kept: tuple[float, ...] = ()
    anew: tuple[float, ...] = ()
    measuring: bool = False


class AttentionCost(Figure[AttentionCostState]):
    """Let the text grow, and time it."""

    State = AttentionCostState
    data = (MODEL,)
    code = (with_cache, without_cache, KVCache.extend)
    settings = {"sizes": MODELS, "tokens": LENGTHS}

    def check(self, state: AttentionCostState) -> None:
        """Refuse what no measurement gives."""
        if len(state.kept) != len(state.anew) or len(state.kept) > len(TIMED):
            raise ValueError(f"expected as many times with the cache as without, at most {len(TIMED)}")
        if not all(0 < ms < 1e6 for ms in (*state.kept, *state.anew)):
            raise ValueError("expected times above 0, in milliseconds")

    @event
    def measure(self) -> None:
        """Measure, or stop it; what was measured before goes."""
        measuring = not self.state.measuring
        self.state = replace(
            self.state,
            measuring=measuring,
            kept=() if measuring else self.state.kept,
            anew=() if measuring else self.state.anew,
        )

    @event
    def tick(self) -> None:
        """Measure at one more length."""
        s = self.state
        if s.measuring and len(s.kept) < len(TIMED):
            kept, anew = measured(TIMED[len(s.kept)])
            more = len(s.kept) + 1 < len(TIMED)
            self.state = replace(s, kept=(*s.kept, kept), anew=(*s.anew, anew), measuring=more)

    def view(self) -> Parts:
        """Draw what is counted, and what was measured."""
        s = self.state
        sizes, n = SIZES[s.sizes], round(s.tokens)
        kept, anew = with_cache(sizes, n), without_cache(sizes, n)
        more = "as many multiplications" if n <= WINDOWS[s.sizes] else "as many, if its window were so long"
        return {
            "controls": tag(
                "div",
                slide(self, "tokens", "text so far:", f"{n:,} tokens", name="Length of the text"),
                chips(self, "sizes", MODELS, "Model", control="sizes-{}"),
                class_="row",
            ),
            "stage": tag(
                "div",
                _counted(sizes, n),
                legend({"mark anew": "all read anew", "mark kept": "keys and values kept"}),
            ),
            "readout": tag(
                "div",
                headline("without the cache", f"{anew / kept:,.0f} ×", "ratio", more),
                readings(
                    [
                        ("kept", "kept", _count(kept)),
                        ("all anew", "anew", _count(anew)),
                        ("of it, attention", "attention", _percent(sizes, n)),
                        ("the cache holds", "bytes", _bytes(cache_bytes(sizes, n))),
                    ]
                ),
            ),
            "timing": tag(
                "div",
                tag(
                    "div",
                    chip("stop" if s.measuring else "time it here", "measure", None, "measure"),
                    tag("span", _said(s), class_="label", data_out="said", role="status"),
                    class_="row",
                    data_tick="tick" if s.measuring else None,
                ),
                _timed(s),
                honest(
                    "Our own small model writes, in numpy, in this page. Each time is a mean, and wavers "
                    "when the machine is busy."
                ),
            ),
        }


def measured(tokens: int) -> tuple[float, float]:
    """Return the milliseconds that our own model takes for the last of so many tokens: kept, and all anew."""
    model = speech_model()
    ids = [1 + place % 2000 for place in range(tokens)]
    caches = model.caches()
    model(ids[:-1], caches)

    def kept() -> None:
        model(ids[-1:], caches)
        for cache in caches:
            cache.keep(tokens - 1)

    return _milliseconds(kept), _milliseconds(lambda: model(ids))


def _milliseconds(call: Callable[[], object]) -> float:
    call()
    start, times = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < LEAST:
        call()
        times += 1
    return float(f"{1000 * passed / times:.3g}")


def _counted(sizes: Sizes, n: int) -> Markup:
    lengths = [LENGTHS.value(step) for step in range(10)]
    kept, anew = ([count(sizes, round(x)) for x in lengths] for count in (with_cache, without_cache))
    return COUNT.draw(
        f"Multiplications for one more token against the length of the text; at {n:,} tokens "
        f"{_count(with_cache(sizes, n))} with the cache, {_count(without_cache(sizes, n))} without.",
        COUNT.upright(n),
        COUNT.curve(lengths, anew, "curve anew"),
        COUNT.curve(lengths, kept, "curve kept"),
        COUNT.points([n], [without_cache(sizes, n)], "point anew"),
        COUNT.points([n], [with_cache(sizes, n)], "point kept"),
    )


def _timed(s: AttentionCostState) -> Markup:
    lengths = list(TIMED[: len(s.kept)])
    said = (
        f"At {lengths[-1]} tokens {_ms(s.kept[-1])} ms with the cache and {_ms(s.anew[-1])} ms without."
        if lengths
        else "Nothing is measured yet."
    )
    return TIME.draw(
        said,
        TIME.curve(lengths, list(s.anew), "curve anew"),
        TIME.points(lengths, list(s.anew), "point anew"),
        TIME.curve(lengths, list(s.kept), "curve kept"),
        TIME.points(lengths, list(s.kept), "point kept"),
    )


def _said(s: AttentionCostState) -> str:
    if s.measuring:
        return f"{len(s.kept)} of {len(TIMED)} lengths"
    if not s.kept:
        return "six lengths, some seconds"
    return f"at {TIMED[len(s.kept) - 1]} tokens: {_ms(s.kept[-1])} ms kept, {_ms(s.anew[-1])} ms anew"


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.3g}"


def _count(products: int) -> str:
    for size, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if products >= size:
            return f"{products / size:.{2 - min(2, int(math.log10(products / size)))}f} {name}"
    return f"{products:,}"


def _percent(sizes: Sizes, n: int) -> str:
    """Tell how much of the work without a cache is attention's, which grows with the square."""
    pairs = sizes.blocks * sizes.width * n * (n + 1)
    return rough_percent(pairs / without_cache(sizes, n))


def _bytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
