"""What follows from findings, what may not be lost, and what people decide."""

import csv
import json
import re
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations import floors, judging, policy, rulebook, suites
from expectations.rules import RULES
from schemas import tables
from schemas.errors import UsageError
from tests.support import reports
from tests.support.nights import ask
from tests.tools.benchmarks import errors
from warehouse import corrections, decisions, relations, snapshots
from warehouse.difference import difference


def put(folder, **texts):
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


WRONG_RATE = reports.text(1).replace("化解100起", "化解90起，化解率99%")
UNREADABLE = reports.text(2).replace("，", "锟斤拷，")


def test_the_page_of_rules_is_what_the_rules_say(request):
    page = request.config.rootpath / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == rulebook.page(), (
        "docs/rules.md is stale: make dictionary"
    )
    assert set(policy.load().rule) <= {r.id for r in RULES}


@pytest.fixture(scope="module")
def planted(night, tmp_path_factory):
    """The rows of the benchmark of planted errors, six of each kind."""
    folder = tmp_path_factory.mktemp("planted")
    names, _ = errors.build(folder, 6)
    night(folder / "data", folder / "in", register=str(folder / "register.csv"))
    return {row[0]: row[1:] for row in errors.measured(folder, names)}


@pytest.mark.parametrize("rule", errors.KINDS)
def test_a_planted_error_is_found_and_a_sound_report_is_left_alone(planted, rule):
    n, found, others, false = planted[rule]
    assert n == 6 and others > 100
    assert found == 6 if rule != "unit_not_of_metric" else found >= 1
    assert false == 0


def test_a_figure_of_a_broken_rule_is_questioned_and_the_others_are_not(night, tmp_path):
    night(tmp_path / "data", put(tmp_path / "in", a=WRONG_RATE, b=reports.text(3)))
    assert ask(tmp_path / "data", "select quote from metrics where trust = 'questioned'") == [
        ("99%",)
    ]
    assert ask(
        tmp_path / "data",
        "select value, questioned from body_year_metrics where metric_code = 'dispute_resolution_rate' and value is not null",
    ) == [(99.0, True)]


@pytest.mark.slow
def test_trust_stays_when_another_report_of_the_same_file_changes(night, tmp_path, monkeypatch):
    monkeypatch.setattr(
        relations, "CHANGED_IN_MEMORY_UP_TO", 0
    )  # as if many had changed: each rule reads their rows anew
    data, sources = (
        tmp_path / "data",
        put(tmp_path / "in", a=WRONG_RATE, **{f"r{i}": reports.text(i) for i in range(2, 14)}),
    )
    night(data, sources)
    put(sources, r7=reports.text(7, disputes=321))
    assert night(data, sources)["outcome"] == "published"
    assert ask(data, "select quote from metrics where trust = 'questioned'") == [("99%",)]
    assert ask(data, "select count(*), count(distinct report_id) from metrics") == [(66, 13)]
    ((sha256,),) = ask(data, "select source_sha256 from reports where source_name = 'r9.txt'")
    rejected = (sha256, "109起", "1", "reject", "", "", "", "gone", "an analyst")
    corrections.import_file(data, corrections_file(tmp_path / "c.csv", rejected))
    assert night(data, again=[])["outcome"] == "published"
    assert ask(data, "select count(*), count_if(trust = 'rejected') from metrics") == [(66, 1)]


@pytest.mark.slow
def test_what_a_body_said_the_year_before_is_judged_again_when_it_changes(night, tmp_path):
    data, sources = tmp_path / "data", tmp_path / "in"
    reports.write(sources, range(2, 14))
    put(
        sources,
        before=reports.text(1, 2022, disputes=100),
        after=reports.text(1, 2023, disputes=5000),
    )
    night(data, sources)
    jumps = "select r.report_year, evidence is not null from quality_findings join reports r using (report_id) where rule_id = 'jump_against_last_year' order by all"
    assert [year for year, _ in ask(data, jumps)] == [2023, 2023]  # received and settled
    put(sources, before=reports.text(1, 2022, disputes=4000))
    assert night(data, sources)["loaded"] == 1
    assert ask(data, jumps) == []
    put(sources, before=reports.text(1, 2022, disputes=100))
    night(data, sources)
    assert len(ask(data, jumps)) == 2


@pytest.mark.slow
def test_a_report_that_the_policy_holds_back_waits_in_quarantine_and_its_former_version_stays(
    night, tmp_path
):
    data, sources = tmp_path / "data", put(tmp_path / "in", a=reports.text(2), b=reports.text(3))
    night(data, sources)
    put(sources, a=UNREADABLE)
    summary = night(data, sources)
    assert (
        summary["outcome"],
        summary["loaded"],
        summary["unchanged"],
        summary["quarantined"],
    ) == (
        "published",
        0,
        1,
        1,
    )
    assert summary["quarantine"][0]["reason_code"] == "held_by_rule"
    assert ask(data, "select count(*), count_if(text like '%锟斤拷%') from reports") == [(2, 0)]
    again = night(data, sources)
    assert (again["outcome"], again["quarantined"]) == ("unchanged", 1)
    put(sources, a=reports.text(2, disputes=500))
    assert night(data, sources)["quarantined"] == 0
    assert ask(data, "select count(*) from reports where text like '%500起%'") == [(1,)]


@pytest.mark.slow
def test_a_policy_of_ones_own_overrides_single_lines(night, tmp_path):
    data, sources = tmp_path / "data", put(tmp_path / "in", a=WRONG_RATE, b=UNREADABLE)
    lenient, strict = tmp_path / "lenient.toml", tmp_path / "strict.toml"
    lenient.write_text(
        '[rule]\ntext_unreadable = "note"\nrate_follows_from_counts = "note"\n', encoding="utf-8"
    )
    strict.write_text('[rule]\nrate_follows_from_counts = "hold_publication"\n', encoding="utf-8")
    assert night(data, sources, policy=str(lenient))["quarantined"] == 0
    assert ask(
        data,
        "select count(*) from metrics where trust = 'questioned' and metric_code = 'dispute_resolution_rate'",
    ) == [(0,)]
    held = night(data, sources, policy=str(strict))
    assert held["outcome"] == "held" and held["held_back_because"] == [
        "rate_follows_from_counts: 1 rows"
    ]
    assert ask(data, "select count(*) from reports") == [(2,)]
    usual = night(data, sources)
    assert (usual["outcome"], usual["quarantined"]) == ("published", 1)
    assert ask(data, "select count(*) from reports") == [(1,)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rule]\nrate_follows = 'note'\n", "rate_follows is not known"),
        ("[rule]\nyear_known = 'ignore'\n", "'ignore' is none of note, flag"),
        ("[rules]\n", r"\[rules\] is none of"),
        ("[floors]\nrows_lost = 'x'\n", "no number from 0"),
        ("rule = [", "is no TOML"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused_with_the_place(tmp_path, text, said):
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as error:
        policy.load(path)
    assert "policy.toml" in str(error.value)


@pytest.mark.slow
def test_losing_figures_holds_the_publication_back_until_a_reason_is_given(night, tmp_path):
    data, sources = tmp_path / "data", tmp_path / "in"
    put(sources, **{f"r{i}": reports.text(i) for i in range(40)})
    night(data, sources)
    # three figures of five: fewer, but not so few that the reports themselves are held back
    without_publicity = {
        f"r{i}": re.sub("（二）[^\n]*", "（二）开展普法宣传。形式多样。", reports.text(i)) for i in range(40)
    }
    put(sources, **without_publicity)
    held = night(data, sources)
    assert held["outcome"] == "held"
    assert any(
        r.startswith("metrics: 120 rows, 80 less than the 200 in force")
        for r in held["held_back_because"]
    )
    assert ask(data, "select count(*) from metrics") == [(200,)]
    told = night(data, sources, accept_loss="the county sent shortened versions")
    assert told["outcome"] == "published"
    assert ask(data, "select accepted_loss from runs where accepted_loss is not null") == [
        ("the county sent shortened versions",)
    ]


@pytest.mark.slow
def test_losing_the_reports_of_a_year_and_filled_cells_is_told(night, tmp_path):
    before, after = tmp_path / "a", tmp_path / "b"
    many = {f"r{i}": reports.text(i, 2022 + i % 2) for i in range(24)}
    night(before, put(tmp_path / "in", **many))
    night(
        after,
        put(tmp_path / "less", **{k: v for i, (k, v) in enumerate(many.items()) if i % 2 or i < 8}),
    )
    paths = [
        {
            t: sorted(map(str, (d / "parquet" / t).iterdir()))
            for t in ("reports", "sections", "metrics", "numerals", "sources")
        }
        for d in (before, after)
    ]
    counts = [floors.counted(those) for those in paths]
    said = floors.losses(*counts, policy.load().floors)
    assert "reports of 2022: 4, 8 less than the 12 in force" in said
    assert "reports: 16 rows, 8 less than the 24 in force" in said
    assert floors.losses(counts[1], counts[0], policy.load().floors) == []


@pytest.mark.slow
def test_another_kind_of_report_may_join_a_small_state_and_a_large_one_notices_emptier_cells(
    night, tmp_path
):
    small, large = tmp_path / "a", tmp_path / "b"
    night(small, put(tmp_path / "in", **{f"r{i}": reports.text(i) for i in range(6)}))
    nameless = {
        f"n{i}": reports.text(i).replace("临川县", "").replace(reports.township(i), "")
        + f"其他{i}。"
        for i in range(6, 18)
    }
    night(large, tmp_path / "in", put(tmp_path / "more", **nameless))
    names = ("reports", "sections", "metrics", "numerals", "sources")
    paths = [
        {t: sorted(map(str, (d / "parquet" / t).iterdir())) for t in names} for d in (small, large)
    ]
    usual = policy.load().floors
    counts = [floors.counted(those) for those in paths]
    assert floors.losses(*counts, usual) == []
    said = floors.losses(*counts, {**usual, "rates_from_reports": 6})
    assert "reports.township_name: filled in 6 of 18 rows, 6 of 6 in force" in said


def corrections_file(path, *rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(
            (
                "source_sha256",
                "quote",
                "occurrence",
                "action",
                "metric_code",
                "value",
                "status",
                "reason",
                "by",
            )
        )
        out.writerows(rows)
    return path


@pytest.mark.slow
def test_a_correction_is_applied_beside_the_transcription_and_lapses_with_its_source(
    night, prefect_server, fazhi, tmp_path
):
    data, sources = tmp_path / "data", put(tmp_path / "in", a=WRONG_RATE)
    night(data, sources)
    ((sha,),) = ask(data, "select source_sha256 from reports")
    path = corrections_file(
        tmp_path / "c.csv",
        (sha, "99%", "", "correct", "", "89.1", "", "90 of 101 is 89.1 %", "the county"),
        (sha, "2名", "1", "reject", "", "", "", "a plan, not a figure", "the county"),
    )
    done = fazhi("corrections", "import", path, "--data", data)
    assert done.returncode == 0 and "2 corrections kept" in done.stdout, done.stderr
    assert ask(data, "select value, stated_value, trust from figures where quote = '99%'") == [
        (89.1, 99.0, "corrected")
    ]
    assert ask(
        data, "select value, quote, trust from metrics where quote in ('99%', '2名') order by quote"
    ) == [
        (2.0, "2名", "rejected"),
        (99.0, "99%", "corrected"),
    ]
    assert ask(
        data,
        "select value from body_year_metrics where metric_code = 'dispute_resolution_rate' and value is not null",
    ) == [(89.1,)]
    put(sources, a=WRONG_RATE.replace("99%", "89.1%"))
    night(data, sources)
    assert ask(data, "select distinct state from decisions") == [("lapsed",)]
    assert ask(data, "select count(*) from quality_findings where rule_id = 'decision_lapsed'") == [
        (2,)
    ]
    assert ask(data, "select distinct trust from metrics where quote in ('89.1%', '2名')") == [
        ("unquestioned",)
    ]


@pytest.mark.slow
def test_decisions_that_contradict_each_other_are_a_finding_and_show_in_the_difference(
    night, tmp_path
):
    data, sources = tmp_path / "data", put(tmp_path / "in", a=WRONG_RATE)
    first = night(data, sources)["snapshot"]
    names = "r.source_sha256, m.quote, m.char_start, m.metric_code, m.value, m.status, m.sentence"
    ((*figure,),) = ask(
        data, f"select {names} from metrics m join reports r using (report_id) where quote = '99%'"
    )
    figure = dict(zip([name[2:] for name in names.split(", ")], figure))
    path = corrections_file(
        tmp_path / "c.csv",
        (figure["source_sha256"], "99%", "", "correct", "", "89.1", "", "90 of 101", "the county"),
    )
    corrections.import_file(data, path)
    second = night(data, sources)["snapshot"]
    decisions.review(data, figure, "confirm", {}, "as printed", "an analyst")
    night(data, sources)
    assert ask(data, "select value, trust from figures where quote = '99%'") == [(99, "confirmed")]
    found = "select rule_zh, message_zh from quality_findings where rule_id = 'decisions_agree'"
    assert ask(data, found) == [
        (
            "人工决定不相矛盾",
            "对该数据的人工决定相互矛盾（更正清单（the county）：更正为89.1；复核（an analyst）：确认）。"
            "目前以复核为准，请撤回其中之一。",
        )
    ]
    compared = difference(snapshots.find(data, first), snapshots.find(data, second))
    assert compared.counts["decisions"] == {"added": 1, "changed": 0, "removed": 0}
    assert compared.counts["metrics"] == {"added": 0, "changed": 1, "removed": 0}
    ((*_, before, after),) = [row for row in compared.first_rows if row[0] == "metrics"]
    assert (before.split(" · ")[-1], after.split(" · ")[-1]) == ("questioned", "corrected")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            ("x", "9起", "", "correct", "", "1", "", "r", "b"),
            "line 2: source_sha256 'x' is no SHA-256",
        ),
        (
            ("0" * 64, "9起", "", "mend", "", "1", "", "r", "b"),
            "line 2: action 'mend' is none of correct, reject",
        ),
        (
            ("0" * 64, "9起", "", "correct", "", "", "", "r", "b"),
            "line 2: a correction says a value, a metric_code or a status",
        ),
        (
            ("0" * 64, "9起", "", "correct", "nonsense", "", "", "r", "b"),
            "line 2: metric_code 'nonsense' is not in metric_definitions",
        ),
        (
            ("0" * 64, "9起", "", "correct", "", "many", "", "r", "b"),
            "line 2: value 'many' is no number",
        ),
        (("0" * 64, "9起", "", "reject", "", "", "", "", "b"), "line 2: reason is empty"),
    ],
)
def test_a_list_of_corrections_that_cannot_be_meant_is_refused_with_the_line(tmp_path, row, said):
    with pytest.raises(UsageError, match=said):
        corrections.import_file(tmp_path / "data", corrections_file(tmp_path / "c.csv", row))


@pytest.mark.slow
def test_review_begins_with_what_a_rule_questions_keeps_decisions_and_resets_them_with_the_source(
    night, prefect_server, fazhi, tmp_path
):
    data, sources = tmp_path / "data", put(tmp_path / "in", a=WRONG_RATE, b=reports.text(3))
    night(data, sources)
    answers = "a\nc\nhotline_tickets\n77\nplanned\nmisread\nr\nno figure\nq\n"
    done = fazhi("review", "--data", data, "--by", "an analyst", answers=answers)
    assert done.returncode == 0, done.stderr
    assert "! rate_follows_from_counts: The stated rate does not follow" in done.stdout
    assert "3 decisions kept and published" in done.stdout
    assert ask(
        data,
        "select count(*), count(distinct trust) from metrics where trust in ('confirmed', 'corrected', 'rejected')",
    ) == [(3, 3)]
    assert ask(
        data,
        "select value, metric_code, status, corrected_by from figures_in_force where trust = 'corrected'",
    ) == [(77.0, "hotline_tickets", "planned", "an analyst")]
    target = tmp_path / "labelled.txt"
    labelled = fazhi("review", "--data", data, "--export", target)
    assert labelled.stdout == f"2 figures labelled in {target}\n"
    lines = target.read_text(encoding="utf-8").splitlines()
    assert any("{99%|dispute_resolution_rate}" in line for line in lines)
    assert any("|hotline_tickets|p}" in line for line in lines)
    (rejected,) = [row for row in decisions.read(data).reviews() if row["action"] == "reject"]
    decisions.review_alike(data, [rejected["on"]], "withdraw", {}, "undone", "an analyst")
    published = fazhi("review", "--data", data, "--publish")
    assert published.stdout == "the decisions are published\n", published.stderr
    assert ask(data, "select count(*) from metrics where trust = 'rejected'") == [(0,)]
    put(sources, a=WRONG_RATE.replace("普法形式单一", "普法形式还单一"))
    night(data, sources)
    assert ask(data, "select count(*) from decisions where state = 'lapsed'")[0][0] >= 1
    assert ask(data, "select trust from metrics where quote = '99%'") == [("questioned",)]


@pytest.mark.slow
def test_every_run_leaves_a_page_that_needs_no_network(night, tmp_path):
    data = tmp_path / "data"
    night(data, put(tmp_path / "in", a=WRONG_RATE), suites=suites.validated)
    night(data, put(tmp_path / "in", b=reports.text(3)), suites=suites.validated)
    index = (data / "quality" / "index.html").read_text(encoding="utf-8")
    page = (data / "quality" / "r000001.html").read_text(encoding="utf-8")
    assert 'href="r000001.html"' in index and 'href="r000002.html"' in index
    assert "rate_follows_from_counts" in page and "101 / 90 / 99%" in page
    assert not any(s in index + page for s in ("http://", "https://", "<script", "<link"))
    told = json.loads((data / "quality" / "r000001.json").read_text(encoding="utf-8"))
    assert {v["table"] for v in told["expectations"]} >= {"reports", "metrics", "quality_findings"}
    assert all(v["success"] for v in told["expectations"])


@pytest.mark.slow
def test_expectations_say_the_same_in_a_process_of_their_own(night, tmp_path):
    data, sources = tmp_path / "data", put(tmp_path / "in", a=reports.text(1), b=reports.text(2))
    night(data, sources)
    files = {
        t: [str(p) for p in (data / "parquet" / t).glob("*.parquet")]
        for t in ("reports", "metrics")
    }
    wrong = pq.read_table(files["metrics"][0])
    status = pa.array(["unheard of", *wrong["status"].to_pylist()[1:]])
    pq.write_table(
        wrong.set_column(wrong.schema.get_field_index("status"), "status", status),
        tmp_path / "m.parquet",
    )
    files["metrics"][0] = str(tmp_path / "m.parquet")
    said = []
    for many in (False, True):
        with judging.Judging(many) as judge:
            for table, paths in files.items():
                judge.look_at({table: paths})
            said.append(judge.verdicts())
    here, apart = said
    assert apart == here
    assert [(v.table, v.column, v.unexpected) for v in here if not v.success] == [
        ("metrics", "status", 1)
    ]


@pytest.mark.slow
def test_expectations_look_at_the_rows_of_the_reports_that_changed(night, tmp_path):
    data, sources = (
        tmp_path / "data",
        put(tmp_path / "in", **{f"r{i}": reports.text(i) for i in range(3)}),
    )
    night(data, sources)
    paths = {
        t: [str(p) for p in (data / "parquet" / t).glob("*.parquet")]
        for t in ("metrics", "units", "sources")
    }
    whole = pq.read_table(paths["metrics"][0])
    status = pa.array(["unheard of", *whole["status"].to_pylist()[1:]])
    pq.write_table(
        whole.set_column(whole.schema.get_field_index("status"), "status", status),
        tmp_path / "m.parquet",
    )
    paths["metrics"][0] = str(tmp_path / "m.parquet")
    broken = whole["report_id"][0].as_py()
    sound = next(r for r in whole["report_id"].to_pylist() if r != broken)
    many = whole["report_id"].to_pylist().count(sound)
    for those, rows, of_sources, unexpected in (
        ([broken], 5, 1, [1]),
        ([sound], many, 1, []),
        ([], len(whole), 3, [1]),
        (None, len(whole), 3, [1]),
    ):
        with judging.Judging(False) as judge:
            judge.look_at(paths, those)
            said = judge.verdicts()
        of_status = [v for v in said if v.column == "status"]
        assert {v.rows for v in of_status} == {rows}
        assert {v.rows for v in said if v.table == "sources" and v.column == "source_uri"} == {
            of_sources
        }
        assert [v.unexpected for v in said if not v.success] == unexpected
        assert {v.rows for v in said if v.table == "units" and v.column == "unit"} == {
            len(pq.read_table(paths["units"][0]))
        }


@pytest.mark.parametrize("rows", [3, 300_000])  # judged in one piece, and in several
def test_a_key_that_stands_twice_is_found_wherever_the_two_stand(tmp_path, rows):
    keys = [f"t{i}" for i in range(rows - 1)]
    for name, column in (("sound", [*keys, "another"]), ("twice", [*keys, "t0"])):
        schema = tables.arrow_schema(tables.TOWNSHIPS)
        cells = {f.name: pa.nulls(rows, f.type) for f in schema} | {"township_id": pa.array(column)}
        pq.write_table(pa.table(cells), tmp_path / f"{name}.parquet")
    said = []
    for name in ("sound", "twice"):
        with judging.Judging(False) as judge:
            judge.look_at({"townships": [str(tmp_path / f"{name}.parquet")]})
            said.append(
                [
                    v
                    for v in judge.verdicts()
                    if v.expectation == "expect_column_values_to_be_unique"
                ]
            )
    assert [(v.column, v.success, v.rows) for (v,) in said] == [
        ("township_id", True, rows),
        ("township_id", False, rows),
    ]


WRITING = """
import os, sys
from expectations import judging

def lines():  # what is asked, and what libraries write while it is answered
    os.write(1, b"12 of 60")
    print("13")
    yield "[{}, null]"

sys.stdin = lines()
judging.serve()
"""


@pytest.mark.slow
def test_what_a_library_writes_is_no_answer():
    done = subprocess.run(
        [sys.executable, "-c", WRITING], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[]\n" and "12 of 60" in done.stderr


@pytest.mark.slow
def test_a_file_that_is_gone_stops_the_expectations_with_its_name(tmp_path):
    with judging.Judging(True) as judge:
        judge.look_at({"metrics": [str(tmp_path / "gone.parquet")]})
        with pytest.raises(RuntimeError, match=r"gone\.parquet"):
            judge.verdicts()
