"""Make pycore/data/transformers/{heads,ablations,lens}.npz and sentences.json: SmolLM2 reads ten sentences.

Run it with `python -m tools.make_heads`; it takes some ten minutes. For each sentence it keeps where all 270
heads look, what the model says when one of them, a block's nine, or a group is turned off, what each block's
vectors would say if the model ended there, and how long these vectors are. Heads are named by measure: on
random tokens read twice, and on sentences whose *it* has a noun, which were written for this.

Before each sentence stands the token that the file names as a text's first: heads that look at nothing look
there, so that the first word is not taken for something special.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.data.transformers.heads import (
    ABLATIONS,
    BLOCKS,
    FOLDER,
    GROUPS,
    HABIT,
    HEADS,
    LENS,
    MAPS,
    MEASURES,
    SENTENCES,
    STEPS,
    TOP,
)
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.attention import softmax
from pycore.transformers.heads import to_first, to_previous, to_what_followed, where_they_look, without
from pycore.transformers.llama import Llama
from tools import smollm

TEXTS = {
    "france": "The capital of France is",
    "mary": "When Mary and John went to the store, John gave a drink to",
    "lamp": "My sister bought a lamp, but it",
    "quirkle": "Mr Quirkle met Mrs Blatt. Mr Quirkle said to Mrs",
    "list": "lemon chair window seven lemon chair window",
    "salmon": "A robin is a bird. A salmon is a",
    "hot": "The opposite of hot is",
    "count": "One, two, three, four,",
    "save": "He opened an account at the bank because he wanted to save",
    "once": "Once upon a time there was a little girl who lived in a",
}
# Sentences up to their *it*, and its noun. A head is chosen by the even ones and checked on the odd ones.
IT = (
    ("My sister bought a lamp, but it", "lamp"),
    ("She put the cake in the oven, and when it", "cake"),
    ("The animal did not cross the street because it", "animal"),
    ("The ship left the harbour before it", "ship"),
    ("The trophy did not fit in the suitcase because it", "trophy"),
    ("The kite rose above the trees and then it", "kite"),
    ("He opened the letter at the table and read it", "letter"),
    ("The boy threw the ball to his friend, who caught it", "ball"),
    ("We watched the train until it", "train"),
    ("Grandmother baked a pie, and the children ate it", "pie"),
    ("The old clock in the hall stopped, and nobody could repair it", "clock"),
    ("I left my umbrella on the bus, and now it", "umbrella"),
    ("The farmer sold his horse because it", "horse"),
    ("Anna read the book twice because she liked it", "book"),
    ("The storm broke the window, so we had to replace it", "window"),
    ("When the soup was ready, we ate it", "soup"),
    ("The tree fell on the fence and broke it", "fence"),
    ("Tom lost his key in the garden but found it", "key"),
    ("The wolf saw the moon and howled at it", "moon"),
    ("The plane circled the airport until it", "plane"),
    ("He bought an apple at the market and put it", "apple"),
    ("The girl drew a house and painted it", "house"),
    ("The baker dropped the bread, then he picked it", "bread"),
    ("The bird built its nest in the barn before it", "bird"),
)
WHOLE = {
    "key": "Tom lost his key in the garden but found it at home.",
    "ball": "The boy threw the ball to his friend, who caught it.",
    "street": "The animal did not cross the street because it was too tired.",
}
RANDOM, PERIOD = 8, 24  # random texts, and how many tokens come twice in each
FIRST_WORD = 17  # smaller numbers are special tokens


def measured(model: Llama, first: int) -> list[Floats]:
    """Measure three habits on random tokens that come twice: each [blocks, heads]."""
    rng = np.random.default_rng(0)
    all_: list[list[Floats]] = []
    for _ in range(RANDOM):
        once = rng.integers(FIRST_WORD, len(model.table), PERIOD).tolist()
        looks = where_they_look(model, [first, *once, *once])
        all_.append([to_previous(looks), to_first(looks), to_what_followed(looks, PERIOD)])
    return [np.mean(habit, axis=0) for habit in zip(*all_, strict=True)]


def to_its_noun(model: Llama, tokenizer: GGUFTokenizer, first: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Measure how much *it* takes from its noun, [sentence, block, head], and whether from no word more."""
    shares, most = [], []
    for text, noun in IT:
        ids = tokenizer.encode(text)
        words = [tokenizer.decode([id_]).strip() for id_ in ids]
        assert words[-1] == "it", text
        at = words.index(noun)
        looks = where_they_look(model, [first, *ids])[:, :, -1, 1:]
        shares.append(looks[..., at])
        most.append(looks[..., :-1].argmax(-1) == at)
    return np.stack(shares), np.stack(most)


def chosen_groups(measures: Floats) -> dict[str, list[list[int]]]:
    """List the heads of each group, from 0: two habits, and as many others as the larger one, by lot."""
    groups = {}
    for name in ("previous", "induction"):
        found = np.argwhere(measures[MEASURES.index(name)] > HABIT)
        groups[name] = found.tolist()
    named = {tuple(head) for heads in groups.values() for head in heads}
    others = [[b, h] for b in range(BLOCKS) for h in range(HEADS) if (b, h) not in named]
    drawn = np.random.default_rng(0).choice(len(others), max(map(len, groups.values())), replace=False)
    return groups | {"lot": [others[i] for i in sorted(drawn.tolist())]}


def last_logits(model: Llama, states: Floats, off: Sequence[Sequence[int]]) -> Floats:
    """Score the next token with heads off; what happens before the first of them need not run again."""
    changed = without(model, [(block, head) for block, head in off])
    first = min(block for block, _ in off)
    x = states[first]
    for block in changed.decoder.blocks[first:]:
        x = block(x)
    return model.read(x[-1])


def likeliest(p: Floats) -> tuple[list[int], list[float]]:
    """Return the likeliest tokens and their chances."""
    ids = np.argsort(-p, kind="stable")[:TOP]
    return ids.tolist(), p[ids].tolist()


def main() -> int:
    """Write the arrays and the texts."""
    file = smollm.file()
    model, tokenizer = Llama.from_gguf(file), GGUFTokenizer.from_metadata(file.metadata)
    first = int(file.setting("tokenizer.ggml.bos_token_id"))
    shares, most = to_its_noun(model, tokenizer, first)
    even = shares[::2].mean(0)
    block, head = map(int, np.unravel_index(even.argmax(), even.shape))
    measures = np.stack([*measured(model, first), shares.mean(0)])
    groups = chosen_groups(measures)
    offs = [[[b, h]] for b in range(BLOCKS) for h in range(HEADS)]
    offs += [[[b, h] for h in range(HEADS)] for b in range(BLOCKS)]
    offs += [groups[name] for name in GROUPS]

    maps: list[NDArray[np.uint8]] = []
    lens_ids: list[NDArray[np.uint16]] = []
    lens_p: list[NDArray[np.float16]] = []
    sizes: list[NDArray[np.float32]] = []
    off_ids: list[list[list[int]]] = []
    off_p: list[list[list[float]]] = []
    off_bits: list[list[float]] = []
    read: dict[str, dict[str, object]] = {}
    for name, text in TEXTS.items():
        ids = [first, *tokenizer.encode(text)]
        n = len(ids)
        read[name] = {"text": text, "tokens": [tokenizer.decode([id_]) for id_ in ids[1:]]}
        states, looks = model.states(ids), where_they_look(model, ids)
        maps.append(np.rint(looks[..., *np.tril_indices(n)] * STEPS).astype(np.uint8).reshape(-1))
        tops = [[likeliest(p) for p in softmax(model.read(x).astype(np.float64))] for x in states]
        lens_ids.append(np.array([[ids for ids, _ in row] for row in tops], np.uint16))
        lens_p.append(np.array([[p for _, p in row] for row in tops], np.float16))
        added = np.stack([b.attend(x)[0] for b, x in zip(model.decoder.blocks, states[:-1], strict=True)])
        fed = states[1:] - states[:-1] - added
        last = np.zeros_like(states[:1])  # nothing is added to what leaves the last block
        parts = (states, np.concatenate([added, last]), np.concatenate([fed, last]))
        sizes.append(np.stack([np.linalg.norm(x, axis=-1) for x in parts], axis=-1).astype(np.float32))
        whole = softmax(model.read(states[-1, -1]).astype(np.float64))
        rows = [softmax(last_logits(model, states, off).astype(np.float64)) for off in offs]
        off_ids.append([likeliest(p)[0] for p in rows])
        off_p.append([likeliest(p)[1] for p in rows])
        off_bits.append([float(np.sum(whole * np.log2(whole / p))) for p in rows])
        print(name, n, [(tokenizer.decode([i]), round(p, 3)) for i, p in zip(*tops[-1][-1], strict=True)])
        for group, p in zip(GROUPS, rows[-len(GROUPS) :], strict=True):
            print(
                "   without",
                group,
                [(tokenizer.decode([i]), round(x, 3)) for i, x in zip(*likeliest(p), strict=True)],
            )

    np.savez_compressed(FOLDER / MAPS, maps=np.concatenate(maps), measures=measures.astype(np.float32))
    np.savez_compressed(
        FOLDER / ABLATIONS,
        ids=np.array(off_ids, np.uint16),
        p=np.array(off_p, np.float16),
        bits=np.array(off_bits, np.float16),
    )
    np.savez_compressed(
        FOLDER / LENS,
        ids=np.concatenate(lens_ids, axis=1),
        p=np.concatenate(lens_p, axis=1),
        sizes=np.concatenate(sizes, axis=1),
    )
    used = sorted({int(i) for array in (*lens_ids, np.array(off_ids)) for i in array.reshape(-1)})
    whole_looks = {}
    for name, text in WHOLE.items():
        ids = tokenizer.encode(text)
        looks = where_they_look(model, [first, *ids])[block, head]
        whole_looks[name] = {
            "tokens": [tokenizer.decode([id_]) for id_ in ids],
            "percent": np.rint(100 * looks).astype(int).tolist(),
        }
    record = {
        "content": "made by SmolLM2; the first token, <|im_start|>, stands before each sentence",
        **smollm.origin(),
        "script": "tools/make_heads.py",
        "random": f"{RANDOM} texts of {PERIOD} tokens drawn from {FIRST_WORD} on, each read twice over",
        "groups": groups,
        "it": {
            "head": [block, head],
            "sentences": [list(pair) for pair in IT],
            "share": [round(x, 4) for x in shares[:, block, head].tolist()],
            "most": most[:, block, head].tolist(),
            "whole": whole_looks,
        },
        "sentences": read,
        "vocabulary": {str(id_): tokenizer.decode([id_]) for id_ in used},
    }
    (FOLDER / SENTENCES).write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
    for made in (MAPS, ABLATIONS, LENS, SENTENCES):
        print(f"{made}: {(FOLDER / made).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
