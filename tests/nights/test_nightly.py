"""The real flow on real files: what a night publishes, what it leaves alone, what it remembers."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import shutil
import threading
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from expectations import floors, suites
from flows.night import Tools, run_night
from flows.settings import RunSettings
from schemas import descriptors, tables
from tests.support import reports
from tests.support.nights import ask
from tests.support.paths import ROOT
from warehouse import database, digests, partitions, snapshots, sources
from warehouse.candidate import Candidate
from warehouse.stamps import Stamps, landed_bytes


def published_bytes(data, skip=()):
    """The bytes of every published Parquet file, by `table/name`."""
    home = Path(data).resolve() / "parquet"
    return {
        f"{p.parent.name}/{p.name}": p.read_bytes()
        for p in sorted(home.resolve().glob("*/*.parquet"))
        if p.parent.name not in skip
    }


@pytest.fixture(scope="module")
def first(night, tmp_path_factory):
    """A data folder with the samples loaded, and the summary."""
    data = tmp_path_factory.mktemp("first") / "data"
    return data, night(data, ROOT / "samples")


def test_the_samples_are_published_in_every_declared_relation(first):
    data, summary = first
    assert {k: summary[k] for k in ("outcome", "seen", "loaded", "unchanged", "quarantined")} == {
        "outcome": "published",
        "seen": 14,
        "loaded": 13,
        "unchanged": 0,
        "quarantined": 1,
    }
    for table in tables.TABLES:
        names = [c.name for c in table.columns]
        own = (
            ["section_no"] if table.name == "sections" else []
        )  # a number that only this file knows
        assert [
            r[0] for r in ask(data, f"select column_name from (describe {table.name})")
        ] == names + own
        files = sorted((data / "parquet" / table.name).glob("*.parquet"))
        assert (
            sum(pq.read_metadata(f).num_rows for f in files)
            == ask(data, f"select count(*) from {table.name}")[0][0]
        )
        for f in files:
            assert pq.read_schema(f).names == names
        said = f"from (select table_name as name, comment from duckdb_tables() union all select view_name, comment from duckdb_views()) where name = '{table.name}'"
        assert ask(data, f"select comment {said}")[0][0].startswith("One row per")
        assert ask(
            data,
            f"select count(*) from duckdb_columns() where table_name = '{table.name}' and comment is null",
        ) == [(0,)]
    assert ask(
        data,
        "select count(*) from metrics join reports using (report_id) where text[char_start + 1 : char_end] <> quote",
    ) == [(0,)]
    assert ask(data, "select reason_code from quarantine") == [("not_a_report",)]
    assert ask(
        data,
        "select value from metrics join reports using (report_id) where township_name = '分水镇' and metrics.report_year = 2023 and metric_code = 'disputes_received'",
    ) == [(312.0,)]


def blocks(data):
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute("select block_size from pragma_database_size()").fetchall()[0][0]


def test_the_warehouse_file_of_few_reports_is_below_a_megabyte(first):
    assert (first[0] / "warehouse.duckdb").stat().st_size < 1_000_000
    assert blocks(first[0]) == 16_384


@pytest.mark.slow
def test_a_warehouse_file_that_outgrows_its_blocks_is_written_anew(
    night, first, tmp_path, monkeypatch
):
    data = tmp_path / "data"
    shutil.copytree(first[0], data, symlinks=True)
    (tmp_path / "more.txt").write_text(reports.text(1), encoding="utf-8")
    monkeypatch.setattr(database, "SMALL_BYTES", 1_000)
    told = night(data, ROOT / "samples", tmp_path / "more.txt")
    assert (told["outcome"], told["loaded"], told["unchanged"]) == ("published", 1, 13)
    assert blocks(data) == 262_144
    assert ask(data, "select count(*) from reports") == [(13,)]


@pytest.mark.slow
def test_the_wrong_rate_and_the_second_report_of_a_year_are_found(first):
    found = ask(
        first[0],
        "select rule_id, evidence from quality_findings where severity = 'warning' order by 1",
    )
    assert found == [
        ("one_report_per_body_and_year", "湖头镇2024年法治政府建设报告.txt"),
        ("rate_follows_from_counts", "52 / 48 / 96%"),
    ]
    assert ask(first[0], "select source_name from reports where township_name = '湖头镇'") == [
        ("湖头镇2024年法治政府建设报告（更正）.txt",)
    ]
    assert ask(first[0], "select reason, figure_count from report_history") == [
        ("other_report_of_body_and_year", 5)
    ]


def test_a_night_without_changes_writes_nothing(night, first, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(first[0], data, symlinks=True)
    before = {
        str(p): (p.stat().st_mtime_ns, p.stat().st_ino)
        for p in data.rglob("*")
        if p.is_file() and "state" not in p.parts
    }
    link = os.readlink(data / "current")
    again = night(data, ROOT / "samples")
    assert (again["outcome"], again["unchanged"], again["quarantined"], again["loaded"]) == (
        "unchanged",
        13,
        1,
        0,
    )
    assert {
        str(p): (p.stat().st_mtime_ns, p.stat().st_ino)
        for p in data.rglob("*")
        if p.is_file() and "state" not in p.parts
    } == before
    assert os.readlink(data / "current") == link


def test_a_look_knows_the_files_whose_landed_bytes_are_still_theirs(night, tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    for i, name in enumerate("abcd"):
        (folder / f"{name}.txt").write_text(reports.text(i), encoding="utf-8")
    night(data, folder)
    own = (folder / "a.txt").read_bytes()
    (folder / "b.txt").write_text(reports.text(7), encoding="utf-8")
    digest = hashlib.sha256((folder / "c.txt").read_bytes()).hexdigest()
    (data / "landing" / digest[:2] / digest).unlink()
    stamps = Stamps(data / "state" / "stamps.json")
    stamps.entries[str(folder / "d.txt")] = stamps.entries[str(folder / "d.txt")].rsplit(" ", 1)[0]
    stamps.changed = True
    stamps.save()
    (folder / "e.txt").write_text(reports.text(8), encoding="utf-8")
    look = sources.scan([str(folder)], data)
    assert {Path(item.path).name: item.known is not None for item in look.found} == {
        "a.txt": True,
        "b.txt": False,
        "c.txt": False,
        "d.txt": False,
        "e.txt": False,
    }
    assert look.new() == 4
    assert landed_bytes(look.found[0].known) == (
        hashlib.sha256(own).hexdigest(),
        len(own),
        False,
    )


@pytest.mark.slow
def test_a_file_that_changes_after_the_look_is_met_the_night_after(night, tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "a.txt").write_text(reports.text(0), encoding="utf-8")
    night(data, folder)
    (folder / "b.txt").write_text(reports.text(1), encoding="utf-8")
    look = sources.scan([str(folder)], data)
    (folder / "a.txt").write_text(reports.text(2), encoding="utf-8")
    (folder / "c.txt").write_text(reports.text(3), encoding="utf-8")
    told = run_night(
        RunSettings([str(folder)], str(data)),
        tools=Tools(look=look, suites=lambda paths, report_ids: []),
    )
    assert (told["seen"], told["loaded"], told["unchanged"]) == (2, 1, 1)
    told = night(data, folder)
    assert (told["seen"], told["loaded"], told["unchanged"]) == (3, 2, 1)


@pytest.mark.slow
def test_a_changed_report_rewrites_only_its_own_partition_and_supersedes_its_former_version(
    night, tmp_path
):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(12))
    night(data, sources)
    before = {p.name: p.stat().st_ino for p in (data / "parquet" / "metrics").iterdir()}
    changed = next(sources.rglob("00004-2023.txt"))
    changed.write_text(reports.text(4, disputes=777), encoding="utf-8")
    summary = night(data, sources)
    assert (summary["loaded"], summary["unchanged"], summary["superseded"]) == (1, 11, 1)
    after = {p.name: p.stat().st_ino for p in (data / "parquet" / "metrics").iterdir()}
    assert len(before) == len(after) == 4
    assert sum(after.get(name) == inode for name, inode in before.items()) == 3
    assert ask(
        data,
        "select value from metrics join reports using (report_id) where source_name = '00004-2023.txt' and metric_code = 'disputes_received'",
    ) == [(777.0,)]
    assert ask(
        data,
        "select is_current, version from sources where source_name = '00004-2023.txt' order by version",
    ) == [(False, 1), (True, 2)]
    assert ask(
        data,
        "select reason, replaced_by = (select report_id from reports where source_name = '00004-2023.txt'), contains(text, '纠纷104起') from report_history",
    ) == [("superseded", True, True)]
    earlier = snapshots.history(data)[0]
    assert "纠纷104起" in "".join(earlier.read("reports")["text"].to_pylist())
    changed.write_text(reports.text(4), encoding="utf-8")
    assert night(data, sources)["outcome"] == "published"
    assert ask(
        data,
        "select is_current, version from sources where source_name = '00004-2023.txt' order by version",
    ) == [(True, 1), (False, 2)]


def test_the_same_text_under_other_names_and_formats_is_one_report_with_several_sources(
    night, tmp_path
):
    sources, data = tmp_path / "in", tmp_path / "data"
    sources.mkdir()
    (sources / "a.txt").write_text(reports.text(1), encoding="utf-8")
    (sources / "b.txt").write_text(reports.text(1), encoding="gb18030")
    (sources / "c.txt").write_text(reports.text(1).replace("\n", "\r\n"), encoding="utf-16")
    summary = night(data, sources)
    assert (summary["loaded"], summary["figures"]) == (3, 5)
    assert ask(data, "select source_name from reports") == [("a.txt",)]
    assert ask(data, "select count(*), count(distinct report_id) from sources") == [(3, 1)]
    (sources / "a.txt").unlink()
    assert night(data, sources)["outcome"] == "unchanged"  # what vanishes deletes nothing
    assert ask(data, "select source_name from reports") == [("a.txt",)]


@pytest.mark.slow
def test_the_same_sources_give_the_same_bytes_whatever_the_order_the_batches_and_the_workers(
    night, tmp_path
):
    sources = tmp_path / "in"
    reports.write(sources, range(90))
    reports.write(sources, range(30), year=2022)
    found = sorted(sources.rglob("*.txt"))
    one = night(tmp_path / "one", sources, workers=1, batch_size=500)
    two = night(tmp_path / "two", *reversed(found), workers=2, batch_size=7)
    assert one["figures"] == two["figures"] == 120 * 5
    assert (
        published_bytes(tmp_path / "one", {"runs"})
        == published_bytes(tmp_path / "two", {"runs"})
        != {}
    )
    half = tmp_path / "half"
    night(half, *found[:50])
    night(half, *found)
    for table in ("reports", "sections", "metrics", "townships", "metric_definitions"):
        assert {k: v for k, v in published_bytes(half).items() if k.startswith(f"{table}/")} == {
            k: v for k, v in published_bytes(tmp_path / "one").items() if k.startswith(f"{table}/")
        }
    full = ask(
        tmp_path / "one", "select metric_id, value, unit, township_id from metrics order by all"
    )
    assert ask(half, "select metric_id, value, unit, township_id from metrics order by all") == full


BAD = {
    "empty.txt": (b"", "empty_file"),
    "blank.txt": (b"  \n\n\t", "blank_file"),
    "junk.txt": (bytes(range(256)) * 8, "binary_content"),
    "cut.txt": (reports.text(3).encode()[:-2], "cut_off_character"),
    "law.txt": ("".join(f"第{c}条 法治政府。\n" for c in "一二三四五六").encode(), "not_a_report"),
    "huge.txt": (b"x" * 300_000, "too_large"),
    "odd.txt": (
        reports.text(3).encode("euc_kr", "ignore") + b"\xff\xff\x80" * 40,
        "unknown_encoding",
    ),
}


def test_bad_input_is_quarantined_with_a_reason_and_the_rest_goes_on(night, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(2))
    for name, (content, _) in BAD.items():
        (sources / name).write_bytes(content)
    (sources / "locked.txt").write_text(reports.text(5), encoding="utf-8")
    (sources / "locked.txt").chmod(0)
    (sources / "broken.txt").symlink_to("nowhere.txt")
    (sources / "loop").symlink_to(sources, target_is_directory=True)
    os.mkfifo(sources / "pipe.txt")
    summary = night(data, sources, max_bytes=200_000)
    expected = {
        **{name: code for name, (_, code) in BAD.items()},
        "locked.txt": "unreadable_file",
        "broken.txt": "broken_link",
        "loop": "folder_loop",
        "pipe.txt": "not_a_file",
    }
    assert dict(ask(data, "select source_name, reason_code from quarantine")) == expected
    assert (summary["seen"], summary["loaded"], summary["quarantined"]) == (
        2 + len(expected),
        2,
        len(expected),
    )
    assert all(message.endswith(".") for (message,) in ask(data, "select message from quarantine"))
    assert night(data, sources, max_bytes=200_000)["outcome"] == "unchanged"
    for name in ("empty.txt", "locked.txt", "huge.txt"):
        (sources / name).chmod(0o644)
        (sources / name).write_text(reports.text(hash(name) % 3 + 20 + len(name)), encoding="utf-8")
    fixed = night(data, sources, max_bytes=200_000)
    assert fixed["loaded"] == 3 and not {"empty.txt", "locked.txt", "huge.txt"} & {
        n for (n,) in ask(data, "select source_name from quarantine")
    }
    assert ask(data, "select distinct first_seen_run, last_seen_run from quarantine") == [
        ("r000001", "r000003")
    ]


@pytest.mark.slow
def test_a_register_brought_later_places_everything_anew_and_parses_nothing(night, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(3))
    night(data, sources)
    staged = {p: p.stat().st_mtime_ns for p in (data / "staging").rglob("*.parquet")}
    register = tmp_path / "register.csv"
    rows = "".join(f"10000000{i:04d},{reports.township(i)},临川县,丙市,江西省\n" for i in range(3))
    register.write_text("code,name,county,prefecture,province\n" + rows, encoding="utf-8")
    summary = night(data, sources, register=str(register))
    assert (summary["outcome"], summary["unchanged"]) == ("published", 3)
    assert ask(
        data, "select distinct prefecture_name, province_name, resolution from townships"
    ) == [("丙市", "江西省", "exact")]
    assert {p: p.stat().st_mtime_ns for p in (data / "staging").rglob("*.parquet")} == staged
    assert night(data, sources, register=str(register))["outcome"] == "unchanged"


def staged_with(data, source, table, column, other):
    """Stages a source, with other values in a column of a table; returns the folder of the batch."""
    from flows.workers.batch import parse_batch
    from flows.workers.pool import Job
    from transforms.version import parser_version
    from warehouse import landing, staging
    from warehouse.sources import sha256_of

    content = source.read_bytes()
    digest = sha256_of(content)
    landing.store(data, digest, content)
    key = parse_batch(Job("parse", str(data), [digest]))
    batch = next((data / "staging").rglob(key))
    parts = {name: pq.read_table(batch / f"{name}.parquet") for name in staging.PARTS}
    rows = parts[table]
    values = [[other(v) for v in rows[column].to_pylist()]]
    place = rows.schema.get_field_index(column)
    parts[table] = rows.set_column(place, column, values).cast(rows.schema)
    shutil.rmtree(batch)
    staging.write(data, parser_version(), [digest], list(parts.values()), {})
    return batch


@pytest.mark.slow
@pytest.mark.parametrize(
    "table, column, reason",
    [
        ("sections", "kind", "sections: expect_column_values_to_be_in_set on kind failed (8 rows)"),
        (
            "metrics",
            "status",
            "metrics: expect_column_values_to_be_in_set on status failed (5 rows)",
        ),
    ],
)
def test_what_came_among_many_is_judged(night, tmp_path, table, column, reason):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(12))
    night(data, sources)
    reports.write(sources, [12])
    staged_with(data, next(sources.rglob("00012-*.txt")), table, column, lambda _: "unheard of")
    held = night(data, sources, suites=suites.validated)
    assert held["outcome"] == "held" and reason in held["held_back_because"]


def test_the_gate_holds_a_broken_candidate_back_and_keeps_the_last_state(night, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(3))
    night(data, sources)
    state = os.readlink(data / "current")
    reports.write(sources, [3])
    staged = staged_with(
        data, next(sources.rglob("00003-*.txt")), "metrics", "char_start", lambda start: start + 1
    )
    held = night(data, sources)
    assert held["outcome"] == "held" and any(
        r.startswith("offsets_true") for r in held["held_back_because"]
    )
    assert os.readlink(data / "current") == state
    assert ask(data, "select count(*) from reports") == [(3,)]
    shutil.rmtree(staged)
    assert night(data, sources)["outcome"] == "published"
    assert ask(data, "select run_id, outcome from runs order by 1") == [
        ("r000001", "published"),
        ("r000002", "held"),
        ("r000003", "published"),
    ]


@pytest.mark.slow
def test_earlier_states_stay_readable_for_as_many_runs_as_told(night, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    for i in range(4):
        reports.write(sources, [i])
        night(data, sources, keep=2)
    kept = snapshots.history(data)
    assert [s.run_id for s in kept] == ["r000003", "r000004"]
    with duckdb.connect(str(kept[0].path / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from reports").fetchone() == (3,)


@pytest.mark.slow
def test_an_open_connection_neither_blocks_the_job_nor_sees_the_new_state(night, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(2))
    night(data, sources)
    path = (data / "warehouse.duckdb").resolve()
    with duckdb.connect(str(path), read_only=True) as overnight:
        assert overnight.execute("select count(*) from reports").fetchone() == (2,)
        reports.write(sources, [2])
        assert night(data, sources)["outcome"] == "published"
        assert overnight.execute(
            "select count(*), (select count(distinct report_id) from metrics) from reports"
        ).fetchone() == (2, 2)
    assert ask(
        data, "select count(*), (select count(distinct report_id) from metrics) from reports"
    ) == [(3, 3)]


def test_the_data_folder_can_be_moved_and_copied(night, first, tmp_path, monkeypatch):
    shutil.copytree(first[0], tmp_path / "copied")  # links followed, as some copy programs do
    shutil.copytree(first[0], tmp_path / "moved", symlinks=True)
    monkeypatch.chdir("/")
    for data in (tmp_path / "copied", tmp_path / "moved"):
        assert ask(data, "select count(*) from metrics")[0][0] == 151
        assert len(list((data / "parquet" / "reports").glob("*.parquet"))) == 12
    assert night(tmp_path / "moved", ROOT / "samples")["outcome"] == "unchanged"


def own_words(i):
    """Report `i` with sentences that no other has."""
    chance = random.Random(i)
    words = "网格 法庭 院坝 集市 校园 祠堂 广播 长廊 茶馆 渡口 合同 执照 台账 案卷 印章 公示 听证 复议 诉讼 协商".split()
    said = ["".join(chance.sample(words, 9)) + "。" for _ in range(12)]
    return reports.text(i).replace(
        "二、存在的问题", "（三）其他工作。" + "".join(said) + "\n二、存在的问题"
    )


def copied(sources, i, of):
    """Report `i` with the sentences of report `of`."""
    for number in (i, of):
        path = next(sources.rglob(f"{number:05d}-*.txt"))
        path.write_text(
            own_words(of).replace(reports.township(of), reports.township(number)), encoding="utf-8"
        )


@pytest.mark.slow
def test_a_night_of_changes_gives_what_a_night_on_everything_gives(night, tmp_path):
    sources, step, whole = tmp_path / "in", tmp_path / "step", tmp_path / "whole"
    reports.write(sources, range(60))
    reports.write(sources, range(70, 95), year=2022)
    reports.write(sources, range(100, 120), year=2021)
    for i, year in ((80, 2022), (40, 2023), (41, 2023), (110, 2021)):
        next(sources.rglob(f"{i:05d}-*.txt")).write_text(
            reports.text(i, year, disputes=90_000), encoding="utf-8"
        )
    copied(sources, 11, of=10)
    copied(sources, 21, of=20)
    for i in (50, 51):  # as the year before
        path = next(sources.rglob(f"{i:05d}-2023.txt"))
        path.write_text(own_words(i), encoding="utf-8")
        path.with_name(f"{i:05d}-2022.txt").write_text(
            own_words(i).replace("2023年", "2022年"), encoding="utf-8"
        )
    path = next(sources.rglob("00030-*.txt"))
    path.write_text(
        path.read_text(encoding="utf-8").replace("化解129起", "化解145起，化解率112%"),
        encoding="utf-8",
    )
    night(step, sources)
    far = "select r.report_year, count(*) from quality_findings join reports r using (report_id) where rule_id = 'far_from_peers' group by 1 order by 1"
    assert ask(step, far) == [(2021, 2), (2022, 2), (2023, 4)]  # received and settled
    questioned = "select count(*) from metrics join reports using (report_id) where source_name = '00110-2021.txt' and trust = 'questioned'"
    assert ask(step, questioned) == [(2,)]
    shared = "select message from quality_findings where rule_id = 'shares_text_with_other_body' order by all"
    assert len(ask(step, shared)) == 4
    again = "select source_name from quality_findings join reports using (report_id) where rule_id = 'shares_text_with_own_last' order by 1"
    assert ask(step, again) == [("00050-2023.txt",), ("00051-2023.txt",)]
    reports.write(sources, [60, 61, 62, 10, 41])
    next(sources.rglob("00051-2022.txt")).write_text(
        own_words(998)
        .replace(reports.township(998), reports.township(51))
        .replace("2023年", "2022年"),
        encoding="utf-8",
    )
    copied(sources, 61, of=33)
    next(sources.rglob("00007-*.txt")).write_text(reports.text(7, disputes=55), encoding="utf-8")
    changed = next(sources.rglob("00010-*.txt"))
    changed.write_text(own_words(999).replace(reports.township(999), reports.township(10)), "utf-8")
    # with 19 others that say as much nothing is far any more, in reports that did not change
    fewer = next(sources.rglob("00100-2021.txt"))
    fewer.write_text(reports.text(100, 2020), encoding="utf-8")
    night(step, sources)
    night(whole, sources)
    marts = ("body_year_values", "report_topics", "search('矛盾纠纷')")
    for table in (
        "reports",
        "sections",
        "metrics",
        "townships",
        "section_terms",
        "quality_findings",
        *marts,
    ):
        what = {"sections": "* exclude (section_no)", "quality_findings": "* exclude (run_id)"}.get(
            table, "*"
        )
        rows = [ask(data, f"select {what} from {table} order by all") for data in (step, whole)]
        differing = [
            [(a, b) for a, b in zip(*pair) if a != b] for pair in zip(*rows) if pair[0] != pair[1]
        ]
        assert rows[0] and len(rows[0]) == len(rows[1]), table
        assert not differing, (table, differing[:3])
    states = [snapshots.current(data) for data in (step, whole)]
    for table in (t.name for t in tables.TABLES if t.partitioned):
        assert states[0].files[table] == states[1].files[table], table
    for state in states:
        counted = floors.counted({t: state.parquet(t) for t in state.files})
        assert floors.Counts.from_json(state.counts) == counted and counted.rows["reports"] == 110
    assert ask(step, far) == [(2022, 2), (2023, 2)]
    assert ask(step, questioned) == [(0,)]
    assert {r for (r,) in ask(step, "select distinct rule_id from quality_findings")} >= {
        "settled_within_received",
        "percentage_over_100",
        "shares_text_with_other_body",
        "figure_of_other_body",
    }
    assert len(ask(step, shared)) == 4
    assert ask(step, again) == [("00050-2023.txt",)]
    assert ask(
        step, "select (select count(*) from reports), (select count(*) from report_history)"
    ) == [(110, 6)]


@pytest.mark.slow
def test_where_the_file_in_force_is_damaged_a_night_of_changes_reads_the_tables_instead(
    night, tmp_path
):
    sources, step, whole = tmp_path / "in", tmp_path / "step", tmp_path / "whole"
    reports.write(sources, range(24))
    next(sources.rglob("00005-*.txt")).write_text(
        reports.text(5, disputes=90_000), encoding="utf-8"
    )
    night(step, sources)
    path = (step / "warehouse.duckdb").resolve()
    path.chmod(0o644)
    size = path.stat().st_size
    with open(path, "r+b") as f:  # what describes the tables is whole, what is in them is not
        f.seek(size // 4)
        f.write(b"\xff" * (size // 2))
    next(sources.rglob("00007-*.txt")).write_text(reports.text(7, disputes=55), encoding="utf-8")
    assert night(step, sources)["outcome"] == "published"
    night(whole, sources)
    found = [
        ask(data, "select * exclude (run_id) from quality_findings order by all")
        for data in (step, whole)
    ]
    assert found[0] == found[1] and any("far_from_peers" in row for row in found[0])
    assert ask(step, "select trust, count(*) from metrics group by 1 order by 1") == ask(
        whole, "select trust, count(*) from metrics group by 1 order by 1"
    )


def test_another_byte_in_any_piece_of_the_file_in_force_is_noticed(night, tmp_path, monkeypatch):
    reports.write(tmp_path / "in", range(2))
    monkeypatch.setattr(digests, "_PIECE_BYTES", 200_000)
    night(tmp_path / "data", tmp_path / "in")
    state = snapshots.current(tmp_path / "data")
    path = state.path / "warehouse.duckdb"
    said = [f"{path} has other bytes than were published"]
    assert path.stat().st_size > 400_000 and snapshots.verify(state) == []
    as_before = dataclasses.replace(
        state, database=hashlib.sha256(path.read_bytes()).hexdigest()
    )  # by older versions
    assert snapshots.verify(as_before) == []
    path.chmod(0o644)
    for at in (180_000, -1):
        whole = bytearray(path.read_bytes())
        whole[at] ^= 1
        path.write_bytes(whole)
        assert snapshots.verify(state) == said and snapshots.verify(as_before) == said
        whole[at] ^= 1
        path.write_bytes(whole)
    assert snapshots.verify(state) == []


@pytest.mark.slow
def test_the_search_index_keeps_replaced_sections_apart_until_they_are_a_tenth(night, tmp_path):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(15))
    night(data, sources)
    apart = []
    for word in ("无人机", "直升机", "潜水艇"):
        text = reports.text(7).replace("开展普法宣传", f"使用{word}普法")
        next(sources.rglob("00007-*.txt")).write_text(text, encoding="utf-8")
        night(data, sources)
        apart += ask(data, "select count(*) from replaced_sections")
        assert [
            ask(data, f"select count(*) from search('{w}')")[0][0]
            for w in ("无人机", "直升机", "潜水艇")
        ] == [int(w == word) for w in ("无人机", "直升机", "潜水艇")]
    sections = ask(data, "select count(*) // 15 from sections")[0][0]
    assert apart == [(sections,), (2 * sections,), (0,)]


@pytest.mark.slow
def test_the_tables_are_the_same_in_whatever_portions_they_are_written(
    night, tmp_path, monkeypatch
):
    sources = tmp_path / "in"
    reports.write(sources, range(40))
    reports.write(sources, range(20, 50), year=2022)
    changed = next(sources.rglob("00030-2022.txt"))
    texts = changed.read_text(encoding="utf-8"), reports.text(30, 2022, disputes=7)
    for text in texts:
        changed.write_text(text, encoding="utf-8")
        night(tmp_path / "whole", sources, batch_size=7)
    monkeypatch.setattr(partitions, "SORT_BATCH_REPORTS", {"reports": 12, "section_terms": 1})
    monkeypatch.setattr(partitions, "MAX_GATHERED_REPORTS", 0)
    for text in texts:
        changed.write_text(text, encoding="utf-8")
        night(tmp_path / "portions", sources, batch_size=16)
    assert published_bytes(tmp_path / "portions", {"runs"}) == published_bytes(
        tmp_path / "whole", {"runs"}
    )
    for name in ("portions", "whole"):
        there = sorted(p.name for p in (tmp_path / name / "current").resolve().iterdir())
        assert there == sorted(
            [*descriptors.NAMES, "parquet", "snapshot.json", "state.parquet", "warehouse.duckdb"]
        )


@pytest.mark.slow
def test_tables_of_an_older_version_are_made_anew_from_landing_even_without_the_sources(
    night, tmp_path
):
    sources, data = tmp_path / "in", tmp_path / "data"
    reports.write(sources, range(3))
    night(data, sources)
    expected = published_bytes(data, {"runs"})
    home = (data / "current").resolve()
    said = json.loads((home / "snapshot.json").read_text(encoding="utf-8"))
    said["schema_version"] = "0"
    del said["files"]["numerals"]
    del said["check"]
    snapshots.write_description(home, said)
    shutil.rmtree(home / "parquet" / "numerals")
    shutil.rmtree(data / "staging")
    next(sources.rglob("00002-*.txt")).unlink()
    assert night(data, sources)["outcome"] == "published"
    assert published_bytes(data, {"runs"}) == expected


def test_what_was_begun_beside_a_candidate_is_waited_for(tmp_path):
    wait = threading.Event()

    def late(path):
        wait.wait(10)
        path.write_text("late")

    candidate = Candidate(tmp_path, None)
    candidate.start_background(late, candidate.path / "file")
    threading.Timer(0.2, wait.set).start()
    assert candidate.finish_background() and (candidate.path / "file").read_text() == "late"

    wait.clear()
    candidate = Candidate(tmp_path, None)
    candidate.start_background(late, candidate.path / "file")
    threading.Timer(0.2, wait.set).start()
    candidate.discard()
    assert not candidate.path.exists()

    candidate = Candidate(tmp_path, None)
    candidate.start_background(shutil.copyfile, tmp_path / "gone", candidate.path / "file")
    with pytest.raises(FileNotFoundError):
        candidate.finish_background()
    candidate.discard()
    assert not Candidate(tmp_path, None).finish_background()
