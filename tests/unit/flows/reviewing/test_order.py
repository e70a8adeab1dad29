"""Which figures are alike, and which batch of them a person sees first."""

import pytest

from flows.reviewing.batches import batches
from flows.reviewing.constructions import Construction, Said, of_sentence

SETTLED = Construction("化解", "纠纷", "起")
HELD = Construction("举办", "活动", "场")
NOTHING = Construction("", "", "")


@pytest.mark.parametrize(
    ("sentence", "quotes", "expected"),
    [
        (
            "全年受理矛盾纠纷106起，化解105起。",
            [("106起", "起", 106.0), ("105起", "起", 105.0)],
            [("受理", "纠纷", "起"), ("化解", "化解", "起")],
        ),
        ("聘请法律顾问2名。", [("2名", "名", 2.0)], [("聘请", "法律顾问", "名")]),
        ("化解率达96%。", [("96%", "%", 96.0)], [("化解", "化解率", "%")]),
        ("开展执法检查３次。", [("３次", "次", 3.0)], [("", "执法检查", "次")]),
        ("12", [("12", "", 12.0)], [("", "", "")]),
    ],
)
def test_a_construction_is_verb_noun_and_measure_word_of_the_clause(sentence, quotes, expected):
    said = [Said(sentence.index(quote), quote, unit, value) for quote, unit, value in quotes]
    assert of_sentence(sentence, said) == expected


def test_the_batch_that_settles_most_doubt_comes_first():
    constructions = [SETTLED, SETTLED, HELD, SETTLED]
    readings = [("disputes_resolved", "actual")] * 2 + [("publicity_events", "actual")]
    readings.append(("disputes_resolved", "planned"))
    first, second, third = batches(constructions, readings, [0.25, 0.5, 0.625, 0.125])
    assert (first.kind.construction, first.figures, first.doubt, first.alike) == (SETTLED, (1, 0), 0.75, 2)
    assert (second.figures, second.doubt) == ((2,), 0.625)
    assert (third.kind.status, third.figures) == ("planned", (3,))


def test_forty_one_alike_make_three_batches_the_most_doubtful_first():
    doubts = [i / 100 for i in range(41)]
    found = batches([HELD] * 41, [("publicity_events", "actual")] * 41, doubts)
    assert [len(batch.figures) for batch in found] == [20, 20, 1]
    assert found[0].figures == tuple(range(40, 20, -1)) and {batch.alike for batch in found} == {41}


def test_a_figure_that_others_of_its_construction_contradict_is_doubted_more():
    constructions = [SETTLED] * 4 + [HELD]
    codes = ["disputes_resolved"] * 3 + ["disputes_received", "publicity_events"]
    odd, *rest = batches(constructions, [(code, "actual") for code in codes], [0.1] * 5)
    assert (odd.figures, odd.others) == ((3,), (("disputes_resolved", 3),))
    assert odd.doubt == pytest.approx(1 - 0.9 * (1 - 0.5 * 3 / 4))
    assert [(batch.figures, round(batch.doubt, 6)) for batch in rest] == [((0, 1, 2), 0.3), ((4,), 0.1)]
    assert rest[0].others == (("disputes_received", 1),)


def test_figures_without_verb_and_noun_are_alike_in_nothing():
    found = batches([NOTHING] * 2, [("villages", "actual")] * 2, [0.2, 0.3])
    assert [(batch.figures, batch.others) for batch in found] == [((1,), ()), ((0,), ())]
