"""One case a rule: rows that break it, like rows that do not, and what the finding says.

A new rule needs one entry in CASES. A row names only the columns that matter; DEFAULTS fills the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

Rows = dict[str, list[dict[str, object]]]  # table -> rows

DEFAULTS: dict[str, dict[str, object]] = {
    "reports": {
        "report_id": "r1",
        "township_id": "t1",
        "township_name": "东村镇",
        "county_name": "临川县",
        "report_year": 2023,
        "title": "东村镇2023年法治政府建设工作报告",
        "report_kind": "rule_of_law",
        "text": "化解纠纷9起。",
    },
    "sections": {"section_id": "s1", "report_id": "r1", "report_year": 2023, "kind": "work"},
    "metrics": {
        "metric_id": "m1",
        "report_id": "r1",
        "township_id": "t1",
        "report_year": 2023,
        "metric_code": "disputes",
        "confidence": 0.9,
        "qualifier": "exact",
        "status": "actual",
        "unit": "起",
        "sentence": "化解纠纷9起。",
        "char_start": 4,
    },
    "metric_links": {"metric_id": "m1", "report_id": "r1", "report_year": 2023},
    "metric_definitions": {"metric_code": "disputes", "kind": "count", "aggregation": "sum"},
    "units": {"unit": "起", "unit_group": "case", "base_unit": "起", "factor": 1.0},
    "numerals": {"numeral_id": "n1", "report_id": "r1", "quote": "9", "char_start": 4},
    "townships": {"township_id": "t1", "township_name": "东村镇"},
    "section_terms": {"section_id": "s1", "report_id": "r1"},
    "text_fingerprints": {"report_year": 2023, "band": 0, "hash": 7},
    "decisions": {"decision_id": "d1", "report_id": "r1", "quote": "9起", "message": "in force"},
    "report_history": {"report_id": "r0", "source_name": "second.docx"},
    "runs": {"run_id": "run1", "outcome": "published"},
}


@dataclass(frozen=True)
class Case:
    """Rows for one rule: `given` stand beside both; `breaks` give one finding, `holds` give none."""

    breaks: Rows
    holds: Rows
    message: str
    evidence: str | None
    given: Rows = field(default_factory=dict)
    row_id: str = "r1"


def text(content: str, **columns: object) -> Rows:
    """One report with that text."""
    return {"reports": [{"text": content, **columns}]}


def metric(**columns: object) -> Rows:
    """One figure."""
    return {"metrics": [columns]}


def part_of_total(part: int, total: int, role: str) -> Rows:
    """Two figures, the first linked to the second."""
    return {
        "metrics": [
            {"metric_id": "part", "value": part, "quote": f"{part}起"},
            {"metric_id": "total", "value": total, "quote": f"{total}起"},
        ],
        "metric_links": [{"metric_id": "part", "kind": role, "to_metric_id": "total"}],
    }


def rate_of_counts(rate: float, quote: str, part: int, whole: int) -> Rows:
    """A rate with its numerator and its denominator."""
    return {
        "metrics": [
            {"metric_id": "rate", "value": rate, "quote": quote, "unit": "%"},
            {"metric_id": "part", "value": part},
            {"metric_id": "whole", "value": whole},
        ],
        "metric_links": [
            {"metric_id": "rate", "kind": "numerator", "to_metric_id": "part"},
            {"metric_id": "rate", "kind": "denominator", "to_metric_id": "whole"},
        ],
    }


def total_with_parts(total: int, *parts: int) -> Rows:
    """A total and its parts, in the order of the text."""
    return {
        "metrics": [
            {"metric_id": "total", "value": total, "quote": f"{total}场", "unit": "场"},
            *(
                {
                    "metric_id": f"part{i}",
                    "value": value,
                    "quote": f"{value}场",
                    "unit": "场",
                    "char_start": 10 + i,
                }
                for i, value in enumerate(parts)
            ),
        ],
        "metric_links": [
            {"metric_id": f"part{i}", "kind": "part_of", "to_metric_id": "total"}
            for i in range(len(parts))
        ],
    }


def coverage(rate: float, covered: int, villages: int) -> Rows:
    """A share of the villages, the villages that have it, and all of them."""
    figures = (
        ("rate", "legal_adviser_coverage_rate", rate, f"{rate:g}%"),
        ("covered", "villages_with_legal_adviser", covered, f"{covered}个村"),
        ("villages", "villages", villages, f"{villages}个村"),
    )
    return {
        "metrics": [
            {"metric_id": metric_id, "metric_code": code, "value": value, "quote": quote}
            for metric_id, code, value, quote in figures
        ]
    }


def peers(odd_value: float) -> Rows:
    """Twenty reports of one kind and year that say 90 to 109, and one that says something else."""
    values = [*range(90, 110), odd_value]
    return {
        "reports": [
            {"report_id": f"r{i}", "township_id": f"t{i}", "township_name": f"{i}号镇"}
            for i in range(len(values))
        ],
        "metrics": [
            {"metric_id": f"m{i}", "report_id": f"r{i}", "value": value, "quote": f"{value}起"}
            for i, value in enumerate(values)
        ],
        "metric_definitions": [{}],
        "units": [{}],
    }


def two_years(last: float, this: float, aggregation: str = "sum") -> Rows:
    """One figure of a body in two years in a row."""
    return {
        "reports": [{"report_id": "r0", "report_year": 2022}, {"report_id": "r1"}],
        "metrics": [
            {
                "metric_id": "m0",
                "report_id": "r0",
                "report_year": 2022,
                "value": last,
                "quote": f"{last}起",
            },
            {"metric_id": "m1", "value": this, "quote": f"{this}起"},
        ],
        "metric_definitions": [{"aggregation": aggregation}],
        "units": [{}],
    }


def stated_change(last: float, this: float, change: float, quote: str, unit: str) -> Rows:
    """A figure of two years in a row, and the change that the later report states of it."""
    rows = two_years(last, this)
    stated = {
        "metric_id": "change",
        "metric_code": "other",
        "value": change,
        "quote": quote,
        "unit": unit,
    }
    link = {
        "metric_id": "change",
        "kind": "change_of",
        "to_metric_id": "m1",
        "direction": "up",
        "base_year": 2022,
    }
    return {**rows, "metrics": [*rows["metrics"], stated], "metric_links": [link]}


def lengths(odd_length: int) -> Rows:
    """Twenty reports of about 3,000 characters, and one of another length."""
    ends = [*range(2990, 3010), odd_length]
    return {
        "sections": [
            {"section_id": f"s{i}", "report_id": f"r{i}", "char_start": 0, "char_end": end}
            for i, end in enumerate(ends)
        ]
    }


SENTENCES = [
    "全年召开法治专题会议研究部署重点任务十二次。",
    "化解各类矛盾纠纷96起并全部登记在册。",
    "组织法律明白人培训覆盖所有行政村。",
]
OWN_WORDS = [
    "本年另起炉灶撰写了完全不同的工作总结。",
    "各村按照自己的实际安排普法宣传活动。",
    "执法队伍的培训由县里统一组织实施。",
]


def copied(text_of_other: list[str], own: bool) -> Rows:
    """A report of this year and an earlier one, of the same body or of another, and a figure in the first."""
    other = {} if own else {"township_id": "t0", "township_name": "西村镇"}
    return {
        "reports": [
            {"text": "\n".join(SENTENCES)},
            {
                "report_id": "r0",
                "report_year": 2022,
                "text": "\n".join(text_of_other),
                **other,
            },
        ],
        "text_fingerprints": [{"report_id": "r0", "report_year": 2022}, {"report_id": "r1"}],
        "metrics": [{"quote": "96起", "sentence": SENTENCES[1]}],
    }


def pulled_source(problem: str | None) -> dict[str, object]:
    """The current version of a source that was pulled; `problem` is that of its last answer."""
    address = "http://a.cn/1.html"
    return {
        "source_uri": address,
        "address": address,
        "report_id": "r1",
        "is_current": True,
        "version": 1,
        "pull_problem": problem,
    }


CASES: dict[str, Case] = {
    # structure
    "index_agrees_with_sections": Case(
        given={"sections": [{"term_count": 3}]},
        breaks={"section_terms": [{"term": "法治", "occurrences": 4}]},
        holds={
            "section_terms": [
                {"term": "法治", "occurrences": 2},
                {"term": "纠纷", "occurrences": 1},
            ]
        },
        row_id="s1",
        message="The section has 3 words, the index 4.",
        evidence=None,
    ),
    # form
    "offsets_true": Case(
        given=text("化解纠纷9起。"),
        breaks=metric(quote="9起", char_start=3, char_end=5),
        holds=metric(quote="9起", char_start=4, char_end=6),
        row_id="m1",
        message="The offsets do not point at the quote.",
        evidence="9起",
    ),
    "sections_cover_text": Case(
        given=text("一二三四五六七八九十"),
        breaks={
            "sections": [
                {"section_id": "a", "char_start": 0, "char_end": 4},
                {"section_id": "b", "char_start": 5, "char_end": 10},
            ]
        },
        holds={
            "sections": [
                {"section_id": "a", "char_start": 0, "char_end": 4},
                {"section_id": "b", "char_start": 4, "char_end": 10},
            ]
        },
        message="The sections leave a gap in the text or overlap.",
        evidence=None,
    ),
    "counts_reconcile": Case(
        breaks={"runs": [{"seen": 10, "loaded": 8, "unchanged": 0, "quarantined": 1}]},
        holds={"runs": [{"seen": 10, "loaded": 8, "unchanged": 1, "quarantined": 1}]},
        row_id="run1",
        message="seen is not loaded + unchanged + quarantined.",
        evidence="10 = 8 + 0 + 1",
    ),
    "text_damaged": Case(
        breaks=text("普法形式锟斤拷单一。"),
        holds=text("普法形式单一。"),
        message="The text was damaged by a wrong conversion: fetch it again.",
        evidence="锟斤拷",
    ),
    "text_lost": Case(
        breaks=text("正文", text_lost=18, reading_evidence="执法力量仍显不足。"),
        holds=text("正文", text_lost=None, reading_evidence=None),
        message="The file holds 18 characters that were not read.",
        evidence="执法力量仍显不足。",
    ),
    "much_text_lost": Case(
        breaks=text("正文", text_lost=101, reading_evidence="全年受理矛盾纠纷86起。"),
        holds=text("正文", text_lost=100, reading_evidence="全年受理矛盾纠纷86起。"),
        message="The file holds 101 characters that were not read: compare it with its source, "
        "or save it as text.",
        evidence="全年受理矛盾纠纷86起。",
    ),
    "pages_unread": Case(
        breaks=text("正文", pages_unread="2, 5"),
        holds=text("正文", pages_unread=None),
        message="These pages are pictures and were not read: 2, 5. Install the OCR extra, or save "
        "the report as text.",
        evidence="2, 5",
    ),
    "text_invented": Case(
        breaks=text("正文", text_invented=4, reading_evidence="（原68）"),
        holds=text("正文", text_invented=None, reading_evidence=None),
        message="The text holds 4 characters that the file does not show.",
        evidence="（原68）",
    ),
    "much_text_invented": Case(
        breaks=text("正文", text_invented=101, reading_evidence="草稿"),
        holds=text("正文", text_invented=100, reading_evidence="草稿"),
        message="The text holds 101 characters that the file does not show: compare it with its "
        "source, or save it as text.",
        evidence="草稿",
    ),
    "value_immense": Case(
        breaks=metric(value=2e13, quote="20000000000000元"),
        holds=metric(value=1e13, quote="10000000000000元"),
        row_id="m1",
        message="The value is larger than any township can report.",
        evidence="20000000000000元",
    ),
    "text_unreadable": Case(
        breaks=text("一二三四五六七\ufffd" * 20),
        holds=text("一二三四五六七" * 20 + "\ufffd"),
        message="A large part of the text was damaged by a wrong conversion: fetch it again.",
        evidence="\ufffd",
    ),
    "numbers_fused": Case(
        breaks=text("印发《要点》（政发20235号）。"),
        holds=text("印发《要点》（政发〔2023〕5号）。"),
        message="Two numbers have run together: brackets or a dash were lost.",
        evidence="发20235号",
    ),
    "placeholder_left": Case(
        breaks=text("开展培训XX次。"),
        holds=text("开展培训20次。"),
        message="A blank of the template was not filled in.",
        evidence="XX次",
    ),
    "numeral_unexplained": Case(
        breaks={"numerals": [{"kind": "unexplained"}]},
        holds={"numerals": [{"kind": "date"}]},
        row_id="n1",
        message="A number that is neither a figure nor of a known kind.",
        evidence="9",
    ),
    "code_uncertain": Case(
        breaks=metric(confidence=0.41, quote="9起"),
        holds=metric(confidence=0.7, quote="9起"),
        row_id="m1",
        message="The metric code is uncertain (confidence 0.41): please review.",
        evidence="disputes: 9起",
    ),
    "decision_lapsed": Case(
        breaks={"decisions": [{"state": "lapsed", "message": "The text now says 10起.", "message_zh": "失效"}]},
        holds={"decisions": [{"state": "in_force"}]},
        row_id="d1",
        message="The text now says 10起.",
        evidence="9起",
    ),
    "report_withdrawn": Case(
        breaks={
            "decisions": [
                {
                    "origin": "withdrawal",
                    "source_uri": "file:///in/a.txt",
                    "reason": "the county withdrew it",
                    "decided_by": "me",
                }
            ]
        },
        holds={"decisions": [{"origin": "review", "reason": "typo", "decided_by": "me"}]},
        row_id="d1",
        message="Withdrawn by me: the county withdrew it (file:///in/a.txt).",
        evidence="file:///in/a.txt",
    ),
    "decisions_agree": Case(
        given={
            "decisions": [
                {
                    "decision_id": "d1",
                    "origin": "correction",
                    "metric_id": "m1",
                    "state": "in_force",
                    "action": "correct",
                    "value": 45.0,
                    "decided_by": "the county",
                }
            ]
        },
        breaks={
            "decisions": [
                {
                    "decision_id": "d2",
                    "origin": "review",
                    "metric_id": "m1",
                    "state": "in_force",
                    "action": "confirm",
                    "decided_by": "an analyst",
                }
            ]
        },
        holds={
            "decisions": [
                {
                    "decision_id": "d2",
                    "origin": "review",
                    "metric_id": "m1",
                    "state": "in_force",
                    "action": "correct",
                    "value": 45.0,
                    "decided_by": "an analyst",
                },
                {
                    "decision_id": "d3",
                    "origin": "review",
                    "metric_id": "m1",
                    "state": "lapsed",
                    "action": "reject",
                    "decided_by": "an analyst",
                },
            ]
        },
        row_id="m1",
        message="The decisions on this figure contradict each other (correction by the county: "
        "correct 45; review by an analyst: confirm). The review counts; take one of them back.",
        evidence="9起",
    ),
    "year_known": Case(
        breaks=text("正文", report_year=None),
        holds=text("正文"),
        message="The year that the report is about was not found.",
        evidence="东村镇2023年法治政府建设工作报告",
    ),
    "years_agree": Case(
        breaks=text("2024年，全镇扎实工作。", doubts="cut_off years_disagree"),
        holds=text("2023年，全镇扎实工作。", doubts="cut_off"),
        message="Two years compete in this report; it was taken to be about 2023.",
        evidence="东村镇2023年法治政府建设工作报告",
    ),
    "year_stated": Case(
        breaks=text("一年来，全镇扎实工作。", title=None, doubts="year_inferred"),
        holds=text("一年来，全镇扎实工作。"),
        message="The year was inferred: neither title nor opening says it.",
        evidence=None,
    ),
    "dates_agree": Case(
        breaks=text("正文", issued_on=date(2024, 1, 5), doubts="dates_disagree"),
        holds=text("正文", issued_on=date(2024, 1, 5)),
        message="The dates of signature and page disagree; 2024-01-05 was kept.",
        evidence="2024-01-05",
    ),
    "issuers_agree": Case(
        breaks=text("正文", issuer="东村镇人民政府", doubts="issuers_disagree"),
        holds=text("正文", issuer="东村镇人民政府"),
        message="The page names another township as its publisher than signs the report.",
        evidence="东村镇人民政府",
    ),
    "text_complete": Case(
        breaks=text("全年化解纠纷9起并组织干部\n", doubts="cut_off"),
        holds=text("全年化解纠纷9起。\n"),
        message="The text was cut off: fetch it again.",
        evidence="全年化解纠纷9起并组织干部",
    ),
    "text_emptied": Case(
        breaks=text("东村镇2023年法治政府建设工作报告\n", doubts="emptied"),
        holds={**text("化解纠纷9起。\n", doubts="emptied"), **metric()},
        message="Hardly more than a title is left of this text, and no figure: fetch it again.",
        evidence="东村镇2023年法治政府建设工作报告",
    ),
    "digits_masked": Case(
        breaks=text("化解纠纷**件。"),
        holds=text("化解纠纷**9件**。"),
        message="Digits are hidden behind asterisks: fetch the report from where it was published.",
        evidence="**件",
    ),
    "body_identified": Case(
        given=text("正文"),
        breaks={"townships": [{"resolution": "ambiguous"}]},
        holds={"townships": [{"resolution": "register"}]},
        message="The reporting body is ambiguous: bring a register, or sort the file into a folder "
        "named after its county.",
        evidence="东村镇",
    ),
    # arithmetic
    "rate_follows_from_counts": Case(
        breaks=rate_of_counts(93, "93%", 42, 46),
        holds=rate_of_counts(91.3, "91.3%", 42, 46),
        row_id="rate",
        message="The stated rate does not follow from the stated counts: 42 of 46 is 91.30%, "
        "not 93%.",
        evidence="46 / 42 / 93%",
    ),
    "settled_within_received": Case(
        breaks=part_of_total(120, 100, "out_of"),
        holds=part_of_total(100, 100, "out_of"),
        row_id="part",
        message="120 were settled out of 100.",
        evidence="120起 / 100起",
    ),
    "part_within_total": Case(
        breaks=part_of_total(9, 6, "part_of"),
        holds=part_of_total(6, 6, "part_of"),
        row_id="part",
        message="9 is a part, but the total is 6.",
        evidence="9起 / 6起",
    ),
    "parts_add_up_within_total": Case(
        breaks=total_with_parts(6, 4, 3),
        holds=total_with_parts(7, 4, 3),
        row_id="total",
        message="The parts add up to 7, the total is 6.",
        evidence="6场 / 4场 + 3场",
    ),
    "coverage_follows_from_villages": Case(
        breaks=coverage(100, 13, 15),
        holds=coverage(86.7, 13, 15),
        row_id="rate",
        message="100% of the villages have a legal adviser, but the report counts 13 of 15.",
        evidence="15个村 / 13个村 / 100%",
    ),
    "percentage_over_100": Case(
        given={"metric_definitions": [{"metric_code": "rate", "kind": "rate"}]},
        breaks=metric(metric_code="rate", value=102, unit="%", quote="102%"),
        holds=metric(metric_code="rate", value=100, unit="%", quote="100%"),
        row_id="m1",
        message="A rate of more than 100 %.",
        evidence="102%",
    ),
    # plausibility
    "far_from_peers": Case(
        breaks=peers(35000),
        holds=peers(900),
        row_id="m20",
        message="Far from its peers: 35000起, where half of 21 reports of its kind and year say less "
        "than 100.",
        evidence="35000起",
    ),
    "jump_against_last_year": Case(
        breaks=two_years(12, 120),
        holds=two_years(12, 119),
        row_id="m1",
        message="Far from last year: 120起, and 12起 in 2022.",
        evidence="12起 / 120起",
    ),
    "change_follows_from_last_year": Case(
        breaks=stated_change(40, 44, 50, "50%", "%"),
        holds=stated_change(40, 44, 10, "10%", "%"),
        row_id="change",
        message="Does not follow from last year: 50% is said of 44起, and the report for 2022 says 40起.",
        evidence="40起 / 50% / 44起",
    ),
    "length_far_off": Case(
        breaks=lengths(700),
        holds=lengths(800),
        row_id="r20",
        message="The text has 700 characters, where half of that year have less than 2999: it may be "
        "cut off, or more than a report.",
        evidence=None,
    ),
    "unit_not_of_metric": Case(
        given={
            "metric_definitions": [{"metric_code": "fines", "kind": "amount"}],
            "units": [{}, {"unit": "元", "unit_group": "money", "base_unit": "元"}],
        },
        breaks=metric(metric_code="fines", unit="起", quote="3起"),
        holds=metric(metric_code="fines", unit="元", quote="3元"),
        row_id="m1",
        message="The unit does not go with the metric fines.",
        evidence="3起",
    ),
    "no_problems_no_plan": Case(
        given=text("正文"),
        breaks={"sections": [{"kind": "work"}]},
        holds={"sections": [{"kind": "plan"}]},
        message="No section on shortcomings or next steps: it may be cut off.",
        evidence=None,
    ),
    "not_a_whole_year": Case(
        breaks=text("正文", title="东村镇2023年上半年法治政府建设工作报告"),
        holds=text("正文", title="东村镇2023年法治政府建设工作报告"),
        message="The title speaks of part of a year.",
        evidence="上半年",
    ),
    "speaks_of_half_a_year": Case(
        breaks=text("今年1—6月，共受理案件9件。"),
        holds=text("今年，共受理案件9件。"),
        message="The text sums up half a year.",
        evidence="今年1—6月，共",
    ),
    "one_report_per_body_and_year": Case(
        breaks={
            "report_history": [{"reason": "other_report_of_body_and_year", "replaced_by": "r1"}]
        },
        holds={"report_history": [{"reason": "replaced_by_new_text", "replaced_by": "r1"}]},
        row_id="r0",
        message="A second report of the same body and year; current is r1.",
        evidence="second.docx",
    ),
    # origin
    "names_other_place": Case(
        breaks=text("推进法治西村建设。", other_place="法治西村", other_place_start=2),
        holds=text("推进法治东村建设。"),
        message="The text names a campaign of another place.",
        evidence="法治西村",
    ),
    "names_other_kind": Case(
        breaks=text("全镇干部群众学法。镇域经济。", township_name="东山街道"),
        holds=text("全镇干部群众学法。镇域经济。"),
        message="The text speaks of a body of another kind: a passage may have been copied.",
        evidence="全镇干部",
    ),
    "speaks_of_another_year": Case(
        breaks=text("2023年报告。" + "2021年开展宣传。" * 3),
        holds=text("2023年报告。" * 3 + "2021年开展宣传。" * 3),
        message="The text speaks of 2021 3 times, of 2023 1 times.",
        evidence="2021年",
    ),
    "shares_text_with_own_last": Case(
        breaks=copied(SENTENCES, own=True),
        holds=copied(OWN_WORDS, own=True),
        message="Of its text 100 % stands word by word in its own report for 2022.",
        evidence=SENTENCES[0].removesuffix("。"),
    ),
    "shares_text_with_other_body": Case(
        breaks=copied(SENTENCES, own=False),
        holds=copied(OWN_WORDS, own=False),
        message="Of its text 100 % stands word by word in the report of 临川县西村镇 for 2022.",
        evidence=SENTENCES[0].removesuffix("。"),
    ),
    "figure_of_other_body": Case(
        breaks=copied(SENTENCES, own=False),
        holds=copied(SENTENCES, own=True),
        row_id="m1",
        message="The sentence stands word by word in the report of 临川县西村镇 for 2022.",
        evidence="96起",
    ),
    "source_answers_otherwise": Case(
        breaks={"sources": [pulled_source("gone")]},
        holds={"sources": [pulled_source(None)]},
        row_id="http://a.cn/1.html",
        message="The address does not answer as it did (gone). The content that was received before "
        "stays; open the address in a browser.",
        evidence="http://a.cn/1.html",
    ),
}
