"""What the code of a figure is decided from, and the codes of constructions that are easily confused."""

import pytest

import transforms
from transforms import figures
from transforms.codes import model
from transforms.codes.contexts import contexts
from transforms.codes.evidence import evidence
from transforms.codes.history import History
from transforms.codes.lexicon import nouns_of
from transforms.readers import Document


def around(text):
    """The contexts of the figures of one sentence."""
    flat = figures.flatten_text(text)
    found = figures.find_figures(text, flat, figures.find_non_figures(flat))
    return contexts(flat, found, [])


def decided(text):
    """The codes of the figures of one sentence."""
    return [decision.code for decision in model.decide(around(text))]


def test_verb_noun_and_measure_word_of_a_clause():
    (context,) = around("全年共审查行政规范性文件17件。")
    assert (context.clause, context.unit, context.right) == ("全年共审查行政规范性文件", "件", "")
    assert (context.last_verb, context.noun) == ("审查", "文件")


def test_the_noun_stands_behind_the_measure_word():
    (context,) = around("法律顾问为18家企业提供服务。")
    assert (context.clause, context.right) == ("法律顾问", "企业提供服务")
    assert {"wr0=企业", "end=为"} <= set(evidence([context])[0])


def test_a_law_is_no_object_of_the_count():
    (context,) = around("组织学习《行政复议法》11次。")
    assert context.clause == "组织学习《》" and context.laws == ["《行政复议法》"]
    assert not any("复议" in name for name in evidence([context])[0])


def test_a_shared_list_gives_each_number_its_part():
    clauses = [context.clause for context in around("排查、受理、化解纠纷分别为5、4、3件。")]
    assert clauses == ["排查纠纷", "受理纠纷", "化解纠纷"]


def test_a_number_alone_in_its_line_is_named_by_the_line_before():
    contexts_of_cells = around("行政许可\n17件\n行政处罚\n9件\n")
    assert [context.earlier for context in contexts_of_cells] == [["行政许可"], ["行政处罚"]]


def test_nouns_of_the_catalogue_are_carried_over_to_clauses_that_name_none():
    market, street, lectures = map(
        set, evidence(around("横幅方面，集市16条，街边9条，法治讲座7场。"))
    )
    assert nouns_of("集市") == () and "横幅" in nouns_of("横幅方面")
    assert {"nameless", "cT:publicity_banners", "cTU:publicity_banners"} <= market
    assert "cT:publicity_banners" not in lectures and "nameless" not in lectures
    assert "cT:publicity_banners" in street


def test_nothing_is_carried_over_from_another_sentence():
    _, other = evidence(around("横幅16条。集市9条。"))
    assert "nameless" in other and not any(name.startswith("cT:") for name in other)


def test_a_number_without_any_word_around_it_gets_a_code():
    assert len(decided("5件。")) == 1


def test_a_heading_inside_a_sentence_begins_another():
    text = (
        "某镇2023年法治政府建设工作报告\n一、工作\n"
        "1.人民调解：调解212件，成功206件；2.热线：1830件，满意率95.2%。"
    )
    report = transforms.parse(Document(text, "text/plain", "utf-8", "text/1"))
    assert [r.decision.code for r in report.readings] == [
        *("disputes_received", "disputes_resolved", "hotline_tickets", "hotline_satisfaction_rate")
    ]


def test_parts_behind_a_total_know_its_code_until_the_list_ends():
    text = "成功化解纠纷84起，其中邻里31起、劳资18起，涉及9人；另有婚姻5起。"
    history, totals = History(), []
    for context in around(text):
        names = history.evidence(context)
        totals.append("tc=disputes_resolved" in names)
        history.add(context, 0 if context.unit == "人" else _number("disputes_resolved"))
    assert totals == [False, True, True, False, False]


def _number(code):
    from schemas.metrics import codes

    return codes().index(code)


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "成功化解纠纷84起，其中邻里31起、劳资18起。",
            ["disputes_resolved", "disputes_resolved", "disputes_resolved"],
        ),
        (
            "排查矛盾纠纷90起，化解87起，尚未化解3起。",
            ["disputes_received", "disputes_resolved", "disputes_received"],
        ),
        ("受理信访33件，同比减少8件。", ["petitions_received", "other"]),
        ("少数民族占总人口的37%。", ["other"]),
        ("占总户数的12%。", ["other"]),
    ],
)
def test_codes_of_parts_rests_changes_and_shares(text, expected):
    assert decided(text) == expected


def test_the_reason_names_words_and_the_measure_word():
    (decision,) = model.decide(around("全年调解矛盾纠纷46起。"))
    assert decision.code == "disputes_received"
    words = [part.split(": ")[1] for part in decision.reason.split("; ")]
    assert set(words) & {"矛盾", "纠纷", "调解"} and words[-1] == "起"
    assert len(words) == len(set(words))
