"""FIG.04 and FIG.04B: windows, runs and shared states, against skip-gram and GloVe used directly."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from pycore.data.embeddings import speeches, word_vectors
from pycore.embeddings import skipgram
from pycore.figures.embeddings import _company as company
from pycore.figures.embeddings._company import TICKS, judge, met, text
from pycore.figures.embeddings.glove_counts import COLUMNS, ROWS, GloveCounts
from pycore.figures.embeddings.skipgram_window import RATE, SHOWN, STRANGERS, SkipgramWindow
from pycore.live.host import Host


def outs(figure):
    return dict(re.findall(r'data-out="([^"]+)"[^>]*>([^<]*)<', "".join(figure.view().values())))


def value(shown):
    return float(shown.replace("−", "-").rstrip(" %"))


def run_to_the_end(figure):
    figure.handle("run", [])
    while figure.state.running:
        figure.handle("tick", [])
        figure.view()


@pytest.fixture(scope="module", params=[SkipgramWindow, GloveCounts])
def finished(request):
    figure = request.param()
    before = outs(figure)
    run_to_the_end(figure)
    return figure, before, outs(figure)


def test_before_related_is_random_and_after_it_is_not(finished):
    figure, before, after = finished
    keys = ("", "-skipgram") if isinstance(figure, GloveCounts) else ("",)
    for key in keys:
        assert abs(value(before[f"related{key}"])) < 0.1
        assert abs(value(before[f"random{key}"])) < 0.02
        assert abs(value(before[f"ahead{key}"]) - 50) < 8
        assert value(after[f"related{key}"]) - value(after[f"random{key}"]) > 0.2
        assert value(after[f"ahead{key}"]) > 70
    assert figure.state.trained == TICKS
    assert figure.changes() == {"trained": TICKS}


def test_a_run_in_ticks_is_a_run_at_once(finished):
    figure, _, after = finished
    assert outs(type(figure)({"trained": TICKS})) == after


def test_a_shared_state_is_trained_again_and_stops_where_it_was():
    for kind in (SkipgramWindow, GloveCounts):
        figure, other = kind(), kind()
        figure.handle("run", [])
        for _ in range(3):
            figure.handle("tick", [])
        figure.handle("stop", [])
        figure.handle("tick", [])
        other.restore(figure.changes())
        assert other.state.running
        assert other.state.trained == 0
        while other.state.running:
            other.handle("tick", [])
        parts, again = figure.view(), other.view()
        assert parts == again
        other.handle("run", [])
        assert other.state.until == 0


@pytest.mark.parametrize(
    "bad", [{"trained": -1}, {"trained": TICKS + 1}, {"until": -1}, {"trained": 3, "until": 2}, {"until": 99}]
)
def test_states_that_cannot_be_are_refused(bad):
    for kind in (SkipgramWindow, GloveCounts):
        with pytest.raises(ValueError, match=r"trained <= until"):
            kind().restore(bad)
    for wrong in ({"sentence": 12}, {"sentence": -1}, {"position": 40}, {"position": -1}):
        with pytest.raises(ValueError, match=r"expected a (sentence|position) from 0 to"):
            SkipgramWindow().restore(wrong)


def test_a_run_that_broke_is_made_anew(monkeypatch):
    host = Host()
    host.mount('{"id": "a", "name": "skipgram_window", "params": {}}')
    host.send('{"id": "a", "event": "run", "args": []}')

    def broken(*_):
        raise ValueError("no more")

    with monkeypatch.context() as patch:
        patch.setattr(skipgram, "loss_and_gradients", broken)
        assert '"refused": "no more"' in host.send('{"id": "a", "event": "tick", "args": []}')
    answer = host.send('{"id": "a", "event": "tick", "args": []}')
    assert '"error"' not in answer
    assert '"refused"' not in answer


def test_a_window_learns_what_the_formulas_say():
    """The first window of a fresh table: one step of gradient descent for each pair, worked out by hand."""
    figure = SkipgramWindow({"position": "0"})
    words = [w for w in speeches().sentences[SHOWN[0]] if w in text().vocabulary.index]
    model, _ = company.skipgram()
    vectors, contexts = model.vectors.copy(), model.contexts.copy()
    shown = re.findall(r"<b>([^<]*)</b><span class=\"p\">([\d.]+) → <b>([\d.]+)", figure.view()["window"])
    center = text().vocabulary.index[words[0]]
    for start in range(0, len(shown), 3):
        targets = [text().vocabulary.index[word] for word, _, _ in shown[start : start + 3]]
        assert targets[0] == text().vocabulary.index[words[start // 3 + 1]]
        v, pull = vectors[center].copy(), np.zeros(company.DIM)
        before = []
        for place, target in enumerate(targets):
            p = 1 / (1 + math.exp(-float(contexts[target] @ v)))
            before.append(p)
            pull += RATE * ((place == 0) - p) * contexts[target]
        for p, place, target in zip(before, (1, 0, 0), targets, strict=True):
            contexts[target] = contexts[target] + RATE * (place - p) * v
        vectors[center] = v + pull
        after = [1 / (1 + math.exp(-float(contexts[t] @ vectors[center]))) for t in targets]
        assert [float(b) for _, b, _ in shown[start : start + 3]] == pytest.approx(before, abs=0.0051)
        assert [float(a) for _, _, a in shown[start : start + 3]] == pytest.approx(after, abs=0.0051)
    assert len(shown) == 6  # two neighbours: it is the first word


@pytest.mark.parametrize("trained", [0, 5, TICKS])
def test_true_pairs_go_up_and_random_words_go_down_in_every_window(trained):
    """Also after a run: by hand, a sentence starts from the untrained tables."""
    figure = SkipgramWindow({"trained": str(trained)})
    for _ in range(len(SHOWN)):
        position = -1
        while position != figure.state.position:
            position = figure.state.position
            rows = re.findall(r'class="(seen|drawn)"', figure.view()["window"])
            moves = re.findall(r'class="gauge (up|down)"', figure.view()["window"])
            assert moves == ["up" if row == "seen" else "down" for row in rows]
            figure.handle("move", ["1"])
        figure.handle("next_sentence", [])
    assert figure.state.sentence == 0


def test_means_over_all_windows_start_at_a_half_and_part_around_chance(finished):
    figure, before, after = finished
    if isinstance(figure, SkipgramWindow):
        assert (before["true-pair"], before["drawn-pair"]) == ("0.50", "0.50")
        assert value(after["drawn-pair"]) < 1 / 6 < value(after["true-pair"]) < 0.5


def test_agreement_stands_beside_chance_and_another_seed(finished):
    figure, before, after = finished
    if isinstance(figure, GloveCounts):
        names = ("shared-methods", "shared-seeds", "shared-chance")
        methods, seeds, chance = (value(after[name]) for name in names)
        assert chance < methods < seeds < 10
        assert value(before["shared-methods"]) == pytest.approx(chance, abs=0.1)


def test_back_unlearns():
    figure = SkipgramWindow()
    before = figure.view()
    figure.handle("move", ["1"])
    assert figure.view()["window"] != before["window"]
    figure.handle("move", ["-1"])
    assert figure.view() == before


def test_the_judge_is_glove_and_the_text_does_not_know_it():
    vectors, words = word_vectors(), text().vocabulary.words
    for one, other in judge().pairs.tolist():
        a, b = (words[judge().ids[i]] for i in (one, other))
        own = vectors.unit[vectors.id(a)] @ vectors.unit[vectors.id(b)]
        assert own > 0.5499
        assert vectors.id(a) >= 100
        rest = [vectors.unit[vectors.id(words[i])] @ vectors.unit[vectors.id(a)] for i in judge().ids]
        assert sorted(rest)[-2] == pytest.approx(own, abs=1e-5)
    sentences = [set(sentence) for sentence in speeches().sentences]
    apart = [
        pair
        for pair in ([words[judge().ids[i]] for i in places] for places in judge().pairs)
        if not any(sentence.issuperset(pair) for sentence in sentences)
    ]
    assert sorted(STRANGERS) in map(sorted, apart)
    assert len(apart) == company.strangers()


def test_counts_by_a_loop():
    vocabulary = text().vocabulary
    sentences = [[w for w in s if w in vocabulary.index] for s in speeches().sentences]
    figure = GloveCounts()
    for i, one in enumerate(ROWS):
        for j, other in enumerate(COLUMNS):
            count = sum(
                1 / abs(a - b)
                for s in sentences
                for a, x in enumerate(s)
                if x == one
                for b in range(max(a - 5, 0), min(a + 6, len(s)))
                if b != a and s[b] == other
            )
            assert met(one, other) == pytest.approx(count)
            figure.handle("choose", [f"{i} {j}"])
            shown = outs(figure)["log-count"]
            assert (
                shown == "none" if count == 0 else value(shown) == pytest.approx(math.log(count), abs=0.0051)
            )
