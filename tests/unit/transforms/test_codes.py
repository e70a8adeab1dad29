"""What the code of a figure is decided from, beside the words of the catalogue."""

import numpy as np
import pytest

import transforms
from schemas.metrics import codes
from transforms import figures
from transforms.codes import evidence, model
from transforms.codes.contexts import contexts
from transforms.readers import Document


def decided(text):
    """Contexts, evidence and codes of the figures of one sentence."""
    flat = figures.flatten_text(text)
    found = figures.find_figures(text, flat, figures.find_non_figures(flat))
    around = contexts(flat, found, [])
    return around, evidence.shared_evidence(around), [d.code for d in model.decide(around)]


def flagged(rows, column):
    """For each figure the codes for which a column of the evidence is set."""
    at = evidence.COLUMNS.index(column)
    return [{codes()[i] for i in np.flatnonzero(row[:, at])} for row in rows]


def test_parts_behind_a_total_go_on_until_the_list_ends():
    around, _, decisions = decided(
        "成功化解纠纷84起，其中邻里31起、劳资18起，涉及9人；另有婚姻5起。"
    )
    assert [c.part for c in around] == [0, 1, 2, 0, 0]
    assert decisions[:3] == ["disputes_resolved"] * 3


def test_a_share_between_a_total_and_its_parts_is_passed_over():
    around, _, decisions = decided("全年办理案件86起，比上年增长12%，其中市容类51起、环保类20起。")
    assert [c.part for c in around] == [0, 0, 1, 2]
    assert decisions == ["enforcement_cases", "other", "enforcement_cases", "enforcement_cases"]


def test_a_heading_inside_a_sentence_begins_another():
    text = "某镇2023年法治政府建设工作报告\n一、工作\n1.人民调解：调解212件，成功206件；2.热线：1830件，满意率95.2%。"
    report = transforms.parse(Document(text, "text/plain", "utf-8", "text/1"))
    assert [r.decision.code for r in report.readings] == [
        *("disputes_received", "disputes_resolved", "hotline_tickets", "hotline_satisfaction_rate")
    ]


def test_what_is_not_settled_yet_counts_as_received():
    _, rows, decisions = decided("排查矛盾纠纷90起，化解87起，尚未化解3起。")
    assert decisions == ["disputes_received", "disputes_resolved", "disputes_received"]
    received, settled = flagged(rows, "open&received"), flagged(rows, "open&settled")
    assert (
        received[:2] == [set(), set()]
        and {"disputes_received", "petitions_received"} <= received[2]
    )
    assert "disputes_resolved" in settled[2] and "disputes_received" not in settled[2]


@pytest.mark.parametrize(
    "text, changes",
    [
        ("受理信访33件，同比减少8件。", [set(), {"other"}]),
        ("讲座12场，比上年多3场。", [set(), {"other"}]),
        ("纠纷由40件减少到31件。", [set(), set()]),
        ("至少开展4次，至多6次。", [set(), set()]),
        ("今年新增4名。", [set()]),
    ],
)
def test_a_difference_to_another_time_is_noticed(text, changes):
    assert flagged(decided(text)[1], "other.change") == changes


def test_a_difference_has_no_code_of_its_own():
    assert decided("受理信访33件，同比减少8件。")[2] == ["petitions_received", "other"]


def test_an_average_is_noticed():
    assert flagged(decided("调解员84名，平均每村6名，日均办件20件。")[1], "other.average") == [
        set(),
        {"other"},
        {"other"},
    ]


@pytest.mark.parametrize(
    "text, code",
    [
        ("少数民族占总人口的37%。", "other"),
        ("占总户数的12%。", "other"),
        (
            "现有人民调解员46%。",
            "mediators",
        ),  # an error of the text: the words are clear, and a rule says that the unit is not
    ],
)
def test_a_measure_word_weighs_against_metrics_that_go_with_others(text, code):
    assert decided(text)[2] == [code]
