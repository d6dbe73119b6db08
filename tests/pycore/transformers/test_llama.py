"""The transformers library runs the same widened weights: states, logits and greedy text must be its own.

With a stand-in of tiny sizes, and with SmolLM2 itself. `python -m pytest -m slow` compares all prompts, and
writes 50 tokens to each.
"""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import LlamaConfig, LlamaForCausalLM

from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.gguf import GGUF, read_gguf
from pycore.transformers.llama import Llama
from pycore.transformers.sampling import Sampler
from sitegen import vendor
from sitegen.errors import AuthorError
from tests.pycore.transformers import stand_in

PROMPTS = [
    "The capital of France is",
    "Once upon a time there was a little girl who",
    "def fibonacci(n):\n    ",
    "2 + 2 =",
    "The opposite of hot is",
    "In 1969, Neil Armstrong",
    "Water boils at",
    "naïve café — 数学 🙂",
    "She sat down by the bank of the river and",
    "He opened an account at the bank because",
    "Q: Why is the sky blue?\nA:",
    "To be, or not to be,",
    "The quick brown fox",
    "    indented\n\n\n",
    "a",
    "My favourite recipe for bread: first,",
    "SELECT name FROM users WHERE",
    "Dear Sir or Madam,",
    "The mitochondria is the",
    "<|im_start|>user",
]


def in_transformers(file: GGUF) -> LlamaForCausalLM:
    """Put the file's weights, widened, into the library's own model."""
    setting = file.metadata.__getitem__
    dim, blocks = setting("llama.embedding_length"), setting("llama.block_count")
    heads = {"q": setting("llama.attention.head_count"), "k": setting("llama.attention.head_count_kv")}
    config = LlamaConfig(
        vocab_size=setting("llama.vocab_size"),
        hidden_size=dim,
        intermediate_size=setting("llama.feed_forward_length"),
        num_hidden_layers=blocks,
        num_attention_heads=heads["q"],
        num_key_value_heads=heads["k"],
        rms_norm_eps=setting("llama.attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": setting("llama.rope.freq_base")},
        max_position_embeddings=setting("llama.context_length"),
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
    )
    names = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
    names |= {f"attn_{part}": f"self_attn.{part}_proj" for part in "qkv"} | {
        "attn_output": "self_attn.o_proj"
    }
    names |= {f"ffn_{part}": f"mlp.{part}_proj" for part in ("gate", "up", "down")}
    weights = {
        "model.embed_tokens.weight": file.tensors["token_embd.weight"].floats(),
        "lm_head.weight": file.tensors["token_embd.weight"].floats(),
        "model.norm.weight": file.tensors["output_norm.weight"].floats(),
    }
    for block in range(blocks):
        for own, its in names.items():
            x = file.tensors[f"blk.{block}.{own}.weight"].floats()
            if own in ("attn_q", "attn_k"):
                # The library rotates coordinates i and i + size / 2 together, GGUF has them side by side.
                x = x.reshape(heads[own[-1]], -1, 2, dim).swapaxes(1, 2).reshape(x.shape)
            weights[f"model.layers.{block}.{its}.weight"] = x
    model = LlamaForCausalLM(config).eval()
    model.load_state_dict({name: torch.tensor(x) for name, x in weights.items()})
    return model


def its_states_and_logits(reference, ids):
    with torch.no_grad():
        result = reference(torch.tensor([ids]), output_hidden_states=True)
    return [state[0].numpy() for state in result.hidden_states], result.logits[0].numpy()


def assert_the_same(model, reference, ids, atol):
    """Compare all states, the logits after each token and the ten likeliest next tokens."""
    states, logits = its_states_and_logits(reference, ids)
    found = model.states(ids)
    assert len(found) == len(states)
    # The library returns the last block's states after the last norm.
    for own, its in zip([*found[:-1], model.decoder.norm(found[-1])], states, strict=True):
        np.testing.assert_allclose(own, its, rtol=1e-4, atol=1e-5 * np.abs(its).max())
    np.testing.assert_allclose(model.read(found[-1]), logits, rtol=0, atol=atol)
    last = model(ids)
    np.testing.assert_allclose(last, logits[-1], rtol=0, atol=atol)
    assert np.argsort(-last)[:10].tolist() == np.argsort(-logits[-1])[:10].tolist()


# ---------------------------------------------------------------- the stand-in


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    stand_in.write(path)
    return read_gguf(path.read_bytes())


@pytest.fixture(scope="module")
def tiny_model(tiny):
    return Llama.from_gguf(tiny)


def test_the_stand_in_is_transformers(tiny, tiny_model):
    reference = in_transformers(tiny)
    rng = np.random.default_rng(0)
    for length in (1, 2, 7, stand_in.WINDOW):
        ids = rng.integers(0, len(tiny_model.table), length).tolist()
        assert_the_same(tiny_model, reference, ids, atol=1e-4)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_a_text_read_in_pieces_is_the_text_read_at_once(tiny_model, pieces, seed):
    ids = np.random.default_rng(seed).integers(0, len(tiny_model.table), sum(pieces))
    caches, ends = tiny_model.caches(), np.cumsum(pieces)
    for n, end in zip(pieces, ends, strict=True):
        logits = tiny_model(ids[end - n : end], caches)
        np.testing.assert_allclose(logits, tiny_model(ids[:end]), atol=1e-4)


def test_writing_ends_with_the_window_or_with_a_token_that_ends(tiny_model):
    written = list(tiny_model.write([5, 6, 7], Sampler(temperature=0)))
    # The last token is written, not read: there is no room to write another.
    assert len(written) == stand_in.WINDOW - 2
    for place, token in enumerate(written[:5]):
        assert tiny_model([5, 6, 7, *written[:place]]).argmax() == token
    end = written[4]
    assert list(tiny_model.write([5, 6, 7], Sampler(temperature=0), [end])) == written[: written.index(end)]


def test_progress_is_told(tiny):
    told = []
    Llama.from_gguf(tiny, lambda done, of: told.append((done, of)))
    assert told == [(k, stand_in.BLOCKS + 1) for k in range(1, stand_in.BLOCKS + 2)]


def test_bad_input_is_named(tiny, tiny_model):
    with pytest.raises(ValueError, match="at least one token number"):
        tiny_model([])
    with pytest.raises(ValueError, match=r"token numbers from 0 to \d+, found -1 to 3"):
        tiny_model([-1, 3])
    with pytest.raises(ValueError, match="at least one token number, found float64"):
        tiny_model([0.5])
    caches = tiny_model.caches()
    tiny_model([1] * stand_in.WINDOW, caches)
    with pytest.raises(ValueError, match="at most 48 tokens, found 49"):
        tiny_model([1], caches)
    assert len(caches[0]) == stand_in.WINDOW


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("general.architecture", "gpt2", "architecture llama, found gpt2"),
        ("llama.block_count", 0, "llama.block_count: expected a positive whole number, found 0"),
        ("llama.block_count", 4, r"a tensor named blk.3.attn_q.weight"),
        ("llama.vocab_size", 9, r"token_embd.weight: expected shape \(9, 64\), found"),
        ("llama.attention.head_count", 7, "expected heads that divide 64, found 7"),
        ("llama.attention.head_count_kv", 1, r"attn_k.weight: expected shape \(16, 64\), found \(32, 64\)"),
        ("llama.attention.head_count_kv", 3, r"groups that divide 4 heads, found 3"),
        ("llama.rope.dimension_count", 8, "all coordinates of a head to be rotated"),
        ("llama.rope.freq_base", None, "a setting named llama.rope.freq_base"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_named(tiny, setting, value, told):
    metadata = {**tiny.metadata, setting: value}
    if value is None:
        del metadata[setting]
    with pytest.raises(ValueError, match=told):
        Llama.from_gguf(GGUF(metadata, tiny.tensors))


# ---------------------------------------------------------------- SmolLM2 itself


@pytest.fixture(scope="module")
def smollm2():
    try:
        file = read_gguf(vendor.fetch("smollm2").read_bytes())
    except AuthorError as error:
        pytest.skip(f"the model cannot be had: {error}")
    return Llama.from_gguf(file), GGUFTokenizer.from_metadata(file.metadata), in_transformers(file)


def test_smollm2s_states_logits_and_likeliest_tokens_are_transformers(smollm2):
    model, tokenizer, reference = smollm2
    for prompt in PROMPTS[:4]:
        assert_the_same(model, reference, tokenizer.encode(prompt), atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("prompt", PROMPTS[4:])
def test_and_so_they_are_after_every_prompt(smollm2, prompt):
    model, tokenizer, reference = smollm2
    assert_the_same(model, reference, tokenizer.encode(prompt), atol=1e-3)


def test_smollm2_answers(smollm2):
    model, tokenizer, _ = smollm2
    likeliest = int(model(tokenizer.encode("The capital of France is")).argmax())
    assert tokenizer.decode([likeliest]) == " Paris"


def assert_writes_the_same(model, tokenizer, reference, prompt, tokens):
    ids = tokenizer.encode(prompt)
    greedy = model.write(ids, Sampler(temperature=0))
    found = [token for _, token in zip(range(tokens), greedy, strict=False)]
    with torch.no_grad():
        expected = reference.generate(
            torch.tensor([ids]),
            attention_mask=torch.ones(1, len(ids), dtype=torch.long),
            max_new_tokens=tokens,
            do_sample=False,
            pad_token_id=0,
        )
    assert found == expected[0, len(ids) :].tolist()


def test_a_greedy_text_is_transformers(smollm2):
    assert_writes_the_same(*smollm2, PROMPTS[1], 12)


@pytest.mark.slow
@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_greedy_text_is_transformers(smollm2, prompt):
    assert_writes_the_same(*smollm2, prompt, 50)


@pytest.mark.slow
def test_smollm2_says_of_mars_what_the_lesson_quotes(smollm2):
    model, tokenizer, _ = smollm2
    mark, end = (tokenizer.special_tokens[f"<|im_{name}|>"] for name in ("start", "end"))
    user, assistant = (tokenizer.encode(f"{who}\n") for who in ("user", "assistant"))
    asked = [
        *user,
        *tokenizer.encode("Who was the first person to walk on Mars?"),
        end,
        *tokenizer.encode("\n"),
    ]
    answer = model.write([mark, *asked, mark, *assistant], Sampler(temperature=0), [end])
    said = tokenizer.decode([token for _, token in zip(range(45), answer, strict=False)])
    quoted = "John Taylor, a British astronaut named Neil Armstrong, who on July 20, 1969, made the historic"
    assert f"{quoted} historic" in said
