"""What the scripts of our own small model share: its text, its tokenizer, its sizes and its file.

The model has SmolLM2's form and reads and writes presidents' speeches: State of the Union, 1790 to 2021, in
the public domain. `tools.train_speech_model` trains it, `tools.make_speech_model` writes what the lesson
ships.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType
from numpy.typing import NDArray

from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.byte_alphabet import CHARACTERS
from pycore.tokenizers.gguf_bpe import CONTROL, NORMAL, GGUFTokenizer
from pycore.tokenizers.pretokenize import split_words_and_digits
from tools.corpus import texts

END = "<|endoftext|>"
VOCABULARY, DIM, HIDDEN, HEADS, GROUPS, BLOCKS, WINDOW = 2048, 128, 384, 4, 2, 5, 256
BASE, EPS = 10_000.0, 1e-5
EVERY = 20  # of so many speeches one is held out

_SHARED = DIM // HEADS * GROUPS
_IN_BLOCK = {
    "attn_norm": (DIM,),
    "attn_q": (DIM, DIM),
    "attn_k": (_SHARED, DIM),
    "attn_v": (_SHARED, DIM),
    "attn_output": (DIM, DIM),
    "ffn_norm": (DIM,),
    "ffn_gate": (HIDDEN, DIM),
    "ffn_up": (HIDDEN, DIM),
    "ffn_down": (DIM, HIDDEN),
}
SHAPES: dict[str, tuple[int, ...]] = {
    "token_embd.weight": (VOCABULARY, DIM),
    **{f"blk.{b}.{name}.weight": shape for b in range(BLOCKS) for name, shape in _IN_BLOCK.items()},
    "output_norm.weight": (DIM,),
}


def speeches() -> tuple[list[str], list[str]]:
    """Return the speeches that are learned from, and those that are held out."""
    *all_speeches, _novel = texts()
    return [speech for i, speech in enumerate(all_speeches) if i % EVERY], all_speeches[::EVERY]


def vocabulary(learned: list[str]) -> tuple[list[str], list[int], list[str]]:
    """Learn the tokens: the end of a speech, 256 bytes, and merges; with their types, as GGUF lists them."""
    words = Counter(word for speech in learned for word in split_words_and_digits(speech))
    spelled, merges = list(CHARACTERS), []
    for left, right in learn_merges(words, VOCABULARY - 1 - len(CHARACTERS)):
        merges.append(f"{spelled[left]} {spelled[right]}")
        spelled.append(spelled[left] + spelled[right])
    return [END, *spelled], [CONTROL] + [NORMAL] * len(spelled), merges


def stream(tokenizer: GGUFTokenizer, parts: list[str]) -> NDArray[np.uint16]:
    """Encode speeches one behind the other, `END` before each."""
    end = tokenizer.special_tokens[END]
    return np.concatenate([np.array([end, *tokenizer.encode(part)], np.uint16) for part in parts])


def write(
    path: Path,
    weights: dict[str, NDArray[np.float32]],
    words: tuple[list[str], list[int], list[str]],
) -> None:
    """Write a GGUF file of the form that `Llama.from_gguf` reads, its matrices in 8 bits (Q8_0)."""
    tokens, types, merges = words
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(BLOCKS)
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(DIM)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_rope_freq_base(BASE)
    writer.add_layer_norm_rms_eps(EPS)
    writer.add_vocab_size(VOCABULARY)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    for name, shape in SHAPES.items():
        if len(shape) == 1:
            writer.add_tensor(name, weights[name])
        else:
            kind = GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quantize(weights[name], kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
