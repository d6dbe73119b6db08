"""Make the data of our own small model from the checkpoints that `tools.train_speech_model` left in a folder.

Run it with `python -m tools.make_speech_model FOLDER`. It writes the model, in 8 bits, and what the lesson
tells of its training: for each checkpoint the bits per byte on held-out speeches, of the weights in 8 bits,
and texts that it writes; and the same measure for counting, Kneser-Ney, on the same tokens.
"""

from __future__ import annotations

import json
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.gguf import GGUF, read_gguf
from pycore.transformers.kneser_ney import KneserNey
from pycore.transformers.llama import Llama
from pycore.transformers.sampling import Sampler
from tools.speech_model import END, SHAPES, VOCABULARY, WINDOW, speeches, write
from tools.train_speech_model import BATCH, CHECKPOINTS, score

MODEL = Path("pycore/data/transformers/speech-model.gguf")
RECORD = Path("pycore/data/transformers/speech-training.json")
PROMPTS = ("We must", "The people of the United States")
SAMPLE, TEMPERATURE, SEED = 48, 0.8, 1  # tokens; the same draws at each checkpoint
AHEAD = 64  # tokens of a window that are read but not counted: so every token has some before it


def nats(file: GGUF, tokens: NDArray[np.uint16]) -> float:
    """Sum the cross-entropy of all tokens but the first."""
    weights = {name: torch.from_numpy(file.floats(name, shape).copy()) for name, shape in SHAPES.items()}
    ids = torch.from_numpy(tokens.astype(np.int64))
    total, known = 0.0, 1  # the first token is given
    with torch.no_grad():
        while known < len(ids):
            first = max(0, known - AHEAD)
            window = ids[first : first + WINDOW + 1]
            chances = torch.log_softmax(score(weights, window[None, :-1])[0], -1)
            own = chances[torch.arange(len(window) - 1), window[1:]]
            total -= own[known - first - 1 :].double().sum().item()
            known = first + len(window)
    return total


def samples(file: GGUF) -> list[str]:
    """Let the model go on from each prompt."""
    model, tokenizer = Llama.from_gguf(file), GGUFTokenizer.from_metadata(file.metadata)
    written = []
    for prompt in PROMPTS:
        choose = Sampler(TEMPERATURE, seed=SEED)
        tokens = model.write(tokenizer.encode(prompt), choose, [tokenizer.special_tokens[END]])
        written.append(tokenizer.decode(islice(tokens, SAMPLE)))
    return written


def main(folder: Path) -> int:
    """Write the files."""
    torch.set_num_threads(1)
    words = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    with np.load(folder / "tokens.npz") as arrays:
        learned, held_out = arrays["learned"], arrays["held_out"]
    size = sum(len(speech.encode("utf-8")) for speech in speeches()[1])
    bits = 1 / (np.log(2) * size)  # of a nat, for each byte
    record: dict[str, Any] = {
        "learned": {"tokens": len(learned)},
        "held_out": {"tokens": len(held_out), "bytes": size},
        "weights": sum(int(np.prod(shape)) for shape in SHAPES.values()),
        "tokens_a_step": BATCH * WINDOW,
        "prompts": PROMPTS,
        "checkpoints": [],
        "counting": {},
    }
    with tempfile.TemporaryDirectory() as temporary:
        for step in CHECKPOINTS:
            path = Path(temporary) / "model.gguf"
            with np.load(folder / f"step-{step}.npz") as weights:
                write(path, dict(weights), words)
            content = path.read_bytes()
            file = read_gguf(content)
            found = {
                "step": step,
                "bits": round(float(nats(file, held_out) * bits), 4),
                "texts": samples(file),
            }
            record["checkpoints"].append(found)
            print(found, flush=True)
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_bytes(content)
    for order in range(1, 6):
        counted = KneserNey(learned, VOCABULARY, order)
        chances = counted.probabilities(held_out)[1:]
        record["counting"][str(order)] = round(float(-np.log(chances).sum()) * bits, 4)
    record["sequences"] = counted.size
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{MODEL}: {len(content):,} bytes; {RECORD}: {record['counting']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
