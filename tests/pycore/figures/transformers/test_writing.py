"""FIG.07: it lists the model's own chances, draws come back the same, and any choice can be overruled."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pycore.data.transformers.speeches import END, speech_file, speech_model, speech_tokenizer
from pycore.figures.tokenizers._coloured import spoken
from pycore.figures.transformers import _models, _writing
from pycore.figures.transformers._writing import BEGINNINGS, LONGEST, MOST
from pycore.figures.transformers.writing import ROWS, Writing
from pycore.live import undo
from pycore.transformers.sampling import probabilities
from tests.pycore.figures.test_figures import Reader, outs, page
from tests.pycore.transformers.test_llama import in_transformers, its_states_and_logits


def listed(figure: Writing) -> list[tuple[int, str]]:
    rows = [e for name, e in page(figure).all("data-control").items() if name.startswith("next-")]
    return [(int(e.attributes["data-arg"]), next(c.text for c in e.walk() if c.name == "b")) for e in rows]


def after(*events: tuple[str, list[object]]) -> Writing:
    figure = Writing()
    for name, args in events:
        figure.handle(name, args)
    return figure


def test_the_list_is_what_the_transformers_library_expects_next():
    ids = speech_tokenizer().encode("We must")
    logits = torch.tensor(its_states_and_logits(in_transformers(speech_file()), ids)[1][-1])
    likeliest = torch.softmax(logits, -1).sort(descending=True)
    found = listed(Writing())
    assert [id_ for id_, _ in found] == likeliest.indices[:ROWS].tolist()
    assert [text for _, text in found] == [f"{100 * p:.0f} %" for p in likeliest.values[:ROWS].tolist()]
    rest = 100 * likeliest.values[ROWS:].sum().item()
    assert outs(Writing())["rest"] == f"{rest:.0f} %"


def test_what_was_written_is_said_unless_it_writes_on():
    def status(figure: Writing) -> str:
        readout = Reader(figure.view()["readout"]).root
        (found,) = (e.text for e in readout.walk() if e.attributes.get("role") == "status")
        return found

    assert status(Writing()) == "Next: press the one you want"
    one = after(("step_once", []))
    model = speech_tokenizer()
    first = spoken(model.vocabulary[one.state.written[0]])
    assert status(one) == f"Next: press the one you want, after {first}, token 1"
    assert status(after(("step_once", []), ("go_to", ["0"]))) == f"What it was chosen from: {first}, token 1"
    writes = after(("play", []), ("tick", []))
    assert writes.state.playing
    assert writes.state.written
    assert status(writes) == status(Writing())
    writes.handle("play", [])
    assert f", token {len(writes.state.written)}" in status(writes)


def test_draws_come_back_the_same_and_another_seed_draws_others():
    steps = [("step_once", [])] * 12
    first = after(*steps).state.written
    assert after(*steps).state.written == first
    other = after(("again", []), *steps)
    assert (len(other.state.written), other.state.seed) == (12, 1)
    assert other.state.written != first


def test_tokens_are_drawn_as_often_as_their_chances_say():
    expected = probabilities(speech_model()(speech_tokenizer().encode("We must")))
    figure = Writing()
    drawn = []
    for seed in range(400):
        figure.change(written=(), seed=seed)
        figure.handle("step_once", [])
        drawn.append(figure.state.written[0])
    top = int(expected.argmax())
    assert drawn.count(top) / 400 == pytest.approx(expected[top], abs=0.08)
    assert len(set(drawn)) > 20


def test_a_choice_can_be_looked_at_and_overruled():
    figure = after(*[("step_once", [])] * 5)
    written = figure.state.written
    figure.handle("go_to", ["2"])
    ids = speech_tokenizer().encode("We must")
    assert listed(figure)[0][0] == int(speech_model()([*ids, *written[:2]]).argmax())
    pressed = [
        e for e in page(figure).all("data-control").values() if e.attributes.get("aria-pressed") == "true"
    ]
    assert str(written[2]) in [e.attributes["data-arg"] for e in pressed if "next" in e.attributes["class"]]
    figure.handle("choose", ["260"])
    assert figure.state.written == (*written[:2], 260)
    assert (figure.state.mine, figure.state.look) == ((2,), -1)


def test_cutting_the_tail_leaves_nothing_of_it():
    figure = after(("adjust", ["top_k=2"]))
    assert [text for _, text in listed(figure)][2:] == ["0 %"] * (ROWS - 2)
    assert outs(figure)["rest"] == "0 %"
    cold = after(("adjust", ["temperature", "0"]))
    assert [text for _, text in listed(cold)] == ["100 %", *["0 %"] * (ROWS - 1)]
    again = after(("adjust", ["temperature", "0"]), *[("step_once", [])] * 3).state
    best = speech_tokenizer().encode("We must")
    for token in again.written:
        assert token == int(speech_model()(best).argmax())
        best.append(token)


def test_the_end_of_a_text_ends_it_and_so_does_the_room():
    end = speech_tokenizer().special_tokens[END]
    figure = after(("choose", [str(end)]), ("play", []), ("tick", [0.1]))
    assert figure.state.written == (end,)
    assert not figure.state.playing
    assert "ends a text" in outs(figure)["said"]
    figure.change(written=tuple([260] * MOST))
    assert f"{MOST} tokens" in outs(figure)["said"]
    with pytest.raises(ValueError, match="all that find room"):
        figure.handle("choose", ["260"])


@pytest.mark.parametrize("text", ["", "x" * LONGEST, "🙂" * 150, "\0\n\t", "<|endoftext|>", "数学"])
def test_any_beginning_is_read_and_special_tokens_are_text(text):
    figure = after(("type_beginning", [text]), ("step_once", []))
    assert len(figure.state.written) == 1
    assert np.isclose(sum(float(t.rstrip(" %").replace("<1", "0")) for _, t in listed(figure)), 50, atol=50)
    ids = _writing.beginning(figure.state)
    assert text == "" or speech_tokenizer().decode(ids) == text
    assert (len(ids) > _writing.MOST_READ["own"]) == ("it reads the last" in figure.view()["more"])


def test_what_does_not_fit_is_refused():
    for state in (
        {"written": [5000]},
        {"written": [1], "look": 1},
        {"mine": [0]},
        {"model": "gpt"},
        {"written": [1] * (MOST + 1)},
        {"beginning": "half \ud83d"},
    ):
        with pytest.raises(ValueError, match=r"expected|surrogate"):
            Writing().restore(state)


def finish(figure: Writing) -> list[str]:
    said = []
    while "data-tick" in figure.view()["readout"]:
        said.append(outs(figure)["said"])
        figure.handle("work", [])
    return said


def test_smollm2_is_unpacked_and_reads_bit_by_bit(smollm2):
    figure = after(("use", ["smollm2"]), ("type_beginning", ["the cat sat on 1234 mats " * 2]))
    said = finish(figure)
    assert said[:2] == ["SmolLM2 unpacks its list of tokens …", "SmolLM2 unpacks its weights …"]
    assert "tokens to go" in said[2]
    with pytest.raises(LookupError, match=r"blk\.1 is here no longer"):  # its weights alone are kept
        _models.ON_DEMAND.read("blk.1")
    undo.forget()  # as a reader's edit does: they are there all the same
    assert finish(figure)
    assert len(listed(figure)) == ROWS
    assert len(listed(figure)) == ROWS
    figure.handle("step_once", [])
    assert len(figure.state.written) == 1


def test_smollm2_gets_a_question_in_the_form_of_a_conversation(smollm2):
    figure = after(("use", ["smollm2"]), ("take", ["sky"]))
    finish(figure)
    text = _models.tokenizer("smollm2").decode(_writing.beginning(figure.state))
    assert text == "<|im_start|>user\nWhy is the sky blue?<|im_end|>\n<|im_start|>assistant\n"
    figure.handle("adjust", ["answer=false"])
    assert (
        _models.tokenizer("smollm2").decode(_writing.beginning(figure.state)) == BEGINNINGS["smollm2"]["sky"]
    )


def test_until_smollm2_is_here_that_is_said_and_nothing_is_written():
    figure = after(("use", ["smollm2"]), ("step_once", []), ("play", []), ("tick", [0.1]), ("work", []))
    assert figure.state.written == ()
    assert "see the line above" in outs(figure)["said"]
