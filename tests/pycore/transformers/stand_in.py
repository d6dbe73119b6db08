"""A stand-in for SmolLM2's file, written by the gguf package: the same kinds of tensors, tiny sizes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType

from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.byte_alphabet import BYTES, CHARACTERS
from pycore.tokenizers.gguf_bpe import CONTROL, NORMAL
from pycore.tokenizers.pretokenize import split_words_and_digits

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
ABSENT = (0x04, 0xC0, 0xF1, 0xFF)  # bytes without a token
TEXT = (
    "the cat sat on the mat, the cat ate 1234 rats; then the rats ran to the other 99 cats in the hat. " * 9
)
DIM, HIDDEN, HEADS, GROUPS, BLOCKS, WINDOW = 64, 96, 4, 2, 3, 48


def vocabulary() -> tuple[list[str], list[int], list[str]]:
    """Tokens, their types and the merges: special ones, single bytes but for some, and what was learned."""
    pairs = learn_merges(Counter(split_words_and_digits(TEXT)), 60)
    spelled = list(CHARACTERS)
    merges = []
    for left, right in pairs:
        merges.append(f"{spelled[left]} {spelled[right]}")
        spelled.append(spelled[left] + spelled[right])
    single = [c for c, byte in zip(CHARACTERS, BYTES, strict=True) if byte not in ABSENT]
    tokens = [*SPECIAL, *single, *spelled[256:]]
    return tokens, [CONTROL] * len(SPECIAL) + [NORMAL] * (len(tokens) - len(SPECIAL)), merges


def write(path: Path, seed: int = 0) -> None:
    """Write a file with random weights."""
    rng = np.random.default_rng(seed)
    tokens, types, merges = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(BLOCKS)
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(DIM)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_rope_freq_base(100_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_rope_dimension_count(DIM // HEADS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)

    def add(name: str, shape: tuple[int, ...], kind: GGMLQuantizationType | None = None) -> None:
        weights = rng.normal(0, 1 if kind is None else shape[-1] ** -0.5, shape).astype(np.float32)
        if kind is None:
            writer.add_tensor(name, weights)
        else:
            writer.add_tensor(name, gguf.quantize(weights, kind), raw_dtype=kind)

    shared = DIM // HEADS * GROUPS
    add("token_embd.weight", (len(tokens), DIM), GGMLQuantizationType.Q8_0)
    for block in range(BLOCKS):
        for name, shape in {
            "attn_q": (DIM, DIM),
            "attn_k": (shared, DIM),
            "attn_v": (shared, DIM),
            "attn_output": (DIM, DIM),
            "ffn_gate": (HIDDEN, DIM),
            "ffn_up": (HIDDEN, DIM),
            "ffn_down": (DIM, HIDDEN),
        }.items():
            add(f"blk.{block}.{name}.weight", shape, GGMLQuantizationType.Q4_1)
        for name in ("attn_norm", "ffn_norm"):
            add(f"blk.{block}.{name}.weight", (DIM,))
    add("output_norm.weight", (DIM,))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
