"""Train our own small language model on presidents' speeches, with torch on one core.

Run it with `python -m tools.train_speech_model FOLDER`: half an hour. It keeps its checkpoints in FOLDER,
and goes on from the last one when it was stopped; then `python -m tools.make_speech_model FOLDER` makes the
data. The matrices are trained with Muon (Jordan et al. 2024), the table and the norms with AdamW.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from tools.speech_model import (
    BASE,
    BLOCKS,
    DIM,
    EPS,
    GROUPS,
    HEADS,
    SHAPES,
    WINDOW,
    speeches,
    stream,
    vocabulary,
)

STEPS, BATCH = 5400, 6
CHECKPOINTS = (0, 30, 100, 300, 1000, STEPS)
SAVE_EVERY = 100
MUON_RATE, ADAM_RATE = 0.02, 0.004
WARM_UP, COOL_DOWN = 60, 1500  # steps in which the rate rises, and in which it falls to zero


def start() -> dict[str, Any]:
    """Draw the weights that training starts from: what is added to the stream starts small."""
    generator = torch.Generator().manual_seed(0)
    weights = {}
    for name, shape in SHAPES.items():
        if len(shape) == 1:
            drawn = torch.ones(shape)
        else:
            scale = 0.02 if name.startswith("token") else shape[1] ** -0.5
            if "output" in name or "down" in name:
                scale /= (2 * BLOCKS) ** 0.5
            drawn = torch.randn(shape, generator=generator) * scale
        weights[name] = drawn.requires_grad_()
    return weights


def turn(x: Any, cos: Any, sin: Any) -> Any:
    """Rotate pairs of coordinates, as `pycore.transformers.positions.rotate` does."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


def score(weights: dict[str, Any], ids: Any) -> Any:
    """Logits after each token of `ids` [texts, n]: [texts, n, vocabulary]."""
    texts, n = ids.shape
    size = DIM // HEADS
    angle = torch.arange(n)[:, None] * BASE ** (-torch.arange(0, size, 2) / size)
    cos, sin = angle.cos(), angle.sin()
    x = weights["token_embd.weight"][ids]
    for block in range(BLOCKS):

        def part(name: str, block: int = block) -> Any:
            return weights[f"blk.{block}.{name}.weight"]

        normed = functional.rms_norm(x, (DIM,), part("attn_norm"), EPS)
        query, key, value = (
            (normed @ part(f"attn_{name}").T).view(texts, n, -1, size).transpose(1, 2) for name in "qkv"
        )
        key, value = (each.repeat_interleave(HEADS // GROUPS, 1) for each in (turn(key, cos, sin), value))
        mixed = functional.scaled_dot_product_attention(turn(query, cos, sin), key, value, is_causal=True)
        x = x + mixed.transpose(1, 2).reshape(texts, n, DIM) @ part("attn_output").T
        normed = functional.rms_norm(x, (DIM,), part("ffn_norm"), EPS)
        hidden = functional.silu(normed @ part("ffn_gate").T) * (normed @ part("ffn_up").T)
        x = x + hidden @ part("ffn_down").T
    return functional.rms_norm(x, (DIM,), weights["output_norm.weight"], EPS) @ weights["token_embd.weight"].T


def loss(weights: dict[str, Any], windows: Any) -> Any:
    """Mean cross-entropy, in nats a token, of each next token in `windows` [texts, n + 1]."""
    logits = score(weights, windows[:, :-1])
    return functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())


class Muon:
    """Momentum whose every step is made orthogonal, so that all directions of a matrix learn alike.

    In float32: torch's own works in bfloat16, which this kind of processor has to imitate.
    """

    def __init__(self, matrices: list[Any], momentum: float = 0.95) -> None:
        self.matrices, self.momentum = matrices, momentum
        self.velocity = [torch.zeros_like(each) for each in matrices]

    def step(self, rate: float) -> None:
        """Go one step along the gradients."""
        with torch.no_grad():
            for matrix, velocity in zip(self.matrices, self.velocity, strict=True):
                velocity.lerp_(matrix.grad, 1 - self.momentum)
                ahead = matrix.grad.lerp(velocity, self.momentum)
                matrix.add_(orthogonal(ahead), alpha=-rate * max(1, len(matrix) / matrix.shape[1]) ** 0.5)


def orthogonal(x: Any) -> Any:
    """Bring all singular values of a matrix near 1: five steps of Newton and Schulz, Jordan's numbers."""
    wide = x.T if len(x) > x.shape[1] else x
    wide = wide / (wide.norm() + 1e-7)
    for _ in range(5):
        square = wide @ wide.T
        wide = 3.4445 * wide + (-4.775 * square + 2.0315 * square @ square) @ wide
    return wide.T if len(x) > x.shape[1] else wide


def rate(step: int) -> float:
    """The learning rate as a part of its highest: it rises, stays, and falls to zero in a line."""
    return min(1.0, (step + 1) / WARM_UP, (STEPS - step) / COOL_DOWN)


def places(step: int, tokens: int) -> list[int]:
    """Where the texts of a step begin; each part of the tokens is read once before any is read again."""
    parts = (tokens - 1) // WINDOW
    epoch, first = divmod(step * BATCH, parts - parts % BATCH)
    order = torch.randperm(parts, generator=torch.Generator().manual_seed(epoch))
    return (order[first : first + BATCH] * WINDOW).tolist()  # type: ignore[no-any-return]


def main(folder: Path) -> int:
    """Train, or go on training."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "tokens.npz").exists():
        learned, held_out = speeches()
        words = vocabulary(learned)
        tokenizer = GGUFTokenizer(*words)
        (folder / "vocabulary.json").write_text(json.dumps(words), "utf-8")
        np.savez(
            folder / "tokens.npz", learned=stream(tokenizer, learned), held_out=stream(tokenizer, held_out)
        )
    with np.load(folder / "tokens.npz") as arrays:
        tokens = torch.from_numpy(arrays["learned"].astype(np.int64))
        held_out = torch.from_numpy(arrays["held_out"].astype(np.int64))
    check = held_out[: 40 * (WINDOW + 1)].view(40, -1)
    weights = start()
    matrices = [each for name, each in weights.items() if each.ndim == 2 and name.startswith("blk")]
    rest = [each for name, each in weights.items() if each.ndim == 1 or not name.startswith("blk")]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(rest, lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)
    first, state = 0, folder / "state.pt"
    if state.exists():
        kept = torch.load(state)
        first = kept["step"]
        with torch.no_grad():
            for name, each in weights.items():
                each.copy_(kept["weights"][name])
        adam.load_state_dict(kept["adam"])
        muon.velocity = kept["velocity"]
    began, spent = first, time.process_time()
    for step in range(first, STEPS + 1):
        if step in CHECKPOINTS:
            np.savez(
                folder / f"step-{step}.npz", **{name: each.detach().numpy() for name, each in weights.items()}
            )
        if step in CHECKPOINTS or step % SAVE_EVERY == 0:
            with torch.no_grad():
                held = loss(weights, check).item()
            seconds = (time.process_time() - spent) / max(1, step - began)
            print(f"step {step}: {held:.3f} nats a token held out, {seconds:.3f} s of CPU a step", flush=True)
            kept = {
                "step": step,
                "weights": {name: each.detach() for name, each in weights.items()},
                "adam": adam.state_dict(),
                "velocity": muon.velocity,
            }
            torch.save(kept, state.with_suffix(".new"))
            state.with_suffix(".new").replace(state)
        if step == STEPS:
            break
        windows = torch.stack([tokens[place : place + WINDOW + 1] for place in places(step, len(tokens))])
        for each in weights.values():
            each.grad = None
        loss(weights, windows).backward()
        muon.step(MUON_RATE * rate(step))
        adam.param_groups[0]["lr"] = ADAM_RATE * rate(step)
        adam.step()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
