"""The scorer, the baselines, and the pairs of sentences in which one word changes the code."""

import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from schemas import metrics
from tests.benchmark import baselines, score
from tests.support.scoring import parse
from tests.tools import training

PAIRS = Path(__file__).with_name("pairs.tsv")
_MARK = re.compile(r"\{([^|}]+)\|(\w+)\}")


def sentences():
    """Group -> its sentences as (text, code)."""
    groups = defaultdict(list)
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        group, marked = line.split("\t")
        mark = _MARK.search(marked)
        groups[group].append((_MARK.sub(r"\1", marked), mark[2]))
    return groups


def test_pairs_in_which_one_word_changes_the_code_are_told_apart():
    wrong, pairs = [], 0
    for group in sentences().values():
        given = {
            text: [r.decision.code for r in parse(training.SENTENCE_FRAME + text).readings]
            for text, _ in group
        }
        for one, other in combinations(group, 2):
            if one[1] != other[1]:
                pairs += 1
                wrong += [(x, given[x[0]]) for x in (one, other) if given[x[0]] != [x[1]]]
    assert pairs >= 200 and {(x, tuple(y)) for x, y in wrong} == set()


def test_the_example_of_a_metric_has_its_code_and_the_counter_example_another():
    def codes_in(clause):
        readings = parse(f"{training.SENTENCE_FRAME}{clause}。").readings
        return {r.decision.code for r in readings}

    for metric in metrics.metrics():
        assert codes_in(metric.example) == {metric.code}
        if metric.code != "other":
            assert codes_in(metric.counter_example) == {metric.counter_code}, metric.code


LABEL = {
    "start": 4,
    "value": 12.0,
    "value_high": None,
    "qualifier": "exact",
    "unit": "％",
    "metric": "service_rate",
    "status": "actual",
}


def test_the_scorer_counts_hits_fields_and_facts():
    right, wrong_code = {**LABEL, "unit": "%"}, {**LABEL, "metric": "other"}
    assert score.count([right], [LABEL]) == {
        **dict.fromkeys(("true", "given", "hit", "fact", *score.FIELDS), 1)
    }
    n = score.count([wrong_code, {**LABEL, "start": 9}], [LABEL])
    assert (n["true"], n["given"], n["hit"], n["metric"], n["fact"]) == (1, 2, 1, 0, 0)


def test_no_answer_is_nothing_found():
    measures = score.score({}, [])
    assert measures["figures"] > 500 and measures["fact F1"] == 0


def test_the_regular_expression_reads_numbers_with_measure_words():
    (figure,) = baselines.regex()("全年受理信访32余件。")
    assert (figure["value"], figure["unit"], figure["qualifier"], figure["metric"]) == (
        *(32.0, "件", "over", "petitions_received"),
    )
