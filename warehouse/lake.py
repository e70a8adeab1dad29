"""Staged documents and the state before -> the Parquet of the next state. A changed report rewrites its own partition and no other.

A partition is the reports of one year and province, split by the leading hexadecimal digits of their identifiers as long as it holds over
`LEAF` of them: a function of the set of reports alone, so the files do not depend on the order of arrival.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import hashlib
import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import tables
from warehouse.snapshots import Candidate, Snapshot
from warehouse.sources import Seen
from warehouse.staging import Index

LEAF = 512
PORTION = {"reports": 6_000, "section_terms": 2_500}  # reports whose rows of a table are sorted at once
# of several files with one text the one that was read with the least interpretation stands for it
_MEDIA_RANK = {
    "text/plain": 0,
    "text/html": 1,
    "multipart/related": 2,
    "application/msword": 4,
    "application/pdf": 5,
    "image/*": 7,
}
_PLACE = ("township_name", "county_name", "prefecture_name", "province_name", "division_code", "resolution")
NOTE = ("url", "publisher", "received", "stated_place")


@dataclass(slots=True)
class Report:
    """One report with a current source: where it comes from, whose it is, and in which partition it lies (None: not current)."""

    report_id: str
    source_uri: str
    source_name: str
    source_sha256: str
    media_type: str
    township_id: str | None
    township_name: str | None
    county_name: str | None
    prefecture_name: str | None
    province_name: str | None
    division_code: str | None
    resolution: str
    title: str | None
    candidates: str
    other_place: str | None
    other_place_start: int | None
    issued_on: datetime.date | None
    report_year: int | None
    figures: int
    unexplained: int
    is_current: bool = True
    replaced_by: str | None = None
    partition: str | None = None

    def same(self, other: Report) -> bool:
        """Whether all is equal but what the other reports of its body and year decide."""
        return (
            dataclasses.replace(
                self, is_current=other.is_current, replaced_by=other.replaced_by, partition=other.partition
            )
            == other
        )


@dataclass(slots=True)
class Version:
    """A row of the table sources."""

    source_uri: str
    source_name: str
    source_sha256: str
    size: int
    report_id: str
    is_current: bool
    version: int
    first_seen_run: str
    url: str | None = None
    publisher: str | None = None
    received: str | None = None
    stated_place: str | None = None


_ARROW = {"str": pa.string(), "int": pa.int64(), "bool": pa.bool_(), "datetime.date": pa.date32()}
STATE = pa.schema(
    [
        pa.field(
            f.name, pa.int32() if f.name in ("report_year", "other_place_start") else _ARROW[f.type.split(" |")[0]]
        )
        for f in dataclasses.fields(Report)
    ]
)


def _arrow(rows: Sequence, schema: pa.Schema) -> pa.Table:
    """Rows with slots as a table."""
    return pa.table(
        [pa.array((getattr(r, n) for r in rows), schema.field(n).type) for n in schema.names], schema=schema
    )


def _rows(kind: type, table: pa.Table, once: dict[pa.DataType, dict]) -> Iterator:
    """The rows of a table, each text, number and date in memory once however often it stands there or in `once`."""
    names = [f.name for f in dataclasses.fields(kind)]
    present = [n for n in names if n in table.schema.names]
    for batch in table.select(present).to_batches(10_000):
        columns = [[once[c.type].setdefault(v, v) for v in c.to_pylist()] for c in batch.columns]
        for values in zip(*columns):
            yield kind(**dict(zip(present, values)))


@dataclass(slots=True)
class Plan:
    """What the next state holds: `sources` (rows of that table), `state` (report_id -> report), and which reports come fresh from staging."""

    sources: list[Version]
    state: dict[str, Report]
    fresh: set[str]
    gone: set[str] = field(default_factory=set)

    def parts(self) -> Iterator[pa.Table]:
        """The state as it is kept beside the published tables, some reports at a time."""
        keys = sorted(self.state)
        for i in range(0, max(1, len(keys)), 20_000):
            yield _arrow([self.state[k] for k in keys[i : i + 20_000]], STATE)


class Outline:
    """What the steps after the assembly need of a plan, which itself holds some thousand bytes a report."""

    def __init__(self, planned: Plan) -> None:
        some = pa.schema([STATE.field(n) for n in ("report_id", "township_id", "partition")])
        self._reports = _arrow(list(planned.state.values()), some)
        idle = {r for r, row in planned.state.items() if row.partition is None}
        # as Arrow: a few texts of the plan that stay in use would keep most of its memory from being given back
        self._touched = pa.array(sorted(planned.fresh | planned.gone | idle), pa.string())

    def __len__(self) -> int:
        return self._reports.num_rows

    def touched(self) -> set[str]:
        """The reports that came, changed or went, and those that are not current."""
        return set(self._touched.to_pylist())

    def partitions(self, those: set[str]) -> dict[str, str | None]:
        """report -> partition in which it lies now, if in any."""
        lying = self._where("report_id", those)
        return dict.fromkeys(those) | dict(zip(lying["report_id"].to_pylist(), lying["partition"].to_pylist()))

    def bodies(self, those: set[str]) -> set[str]:
        """The bodies whose reports these are."""
        return {*self._where("report_id", those)["township_id"].to_pylist()} - {None}

    def reports(self, bodies: set[str]) -> set[str]:
        """The reports of these bodies."""
        return {*self._where("township_id", bodies)["report_id"].to_pylist()}

    def _where(self, column: str, values: set[str]) -> pa.Table:
        return self._reports.filter(pc.is_in(self._reports[column], pa.array(sorted(values), pa.string())))


Resolve = Callable[
    [dict, Version], tuple
]  # (staged document, row of sources) -> place, (another place's name, its offset) or None


def note_of(seen: Seen) -> tuple[str | None, ...]:
    """What its manifest says of a source, in the order of NOTE."""
    return seen.note.url, seen.note.publisher, seen.note.received, seen.note.place


def plan(
    previous: Snapshot | None,
    loaded: list[Seen],
    staged: Index,
    resolve: Resolve,
    run_id: str,
    everything: bool,
    held: set[str] = frozenset(),
    known_texts: Iterable[str] = (),
) -> Plan:
    """Decides what the next state holds. `loaded` are the sources whose staged documents are new; `resolve` gives the place of a document.

    With `everything` (a new register) the place of every report is decided anew. Reports in `held` are left out.
    `known_texts` are in memory already: where the state in force has the same, they are taken.
    """
    once: dict[pa.DataType, dict] = defaultdict(dict)
    once[pa.string()].update((t, t) for t in known_texts)
    versions = list(_rows(Version, previous.read("sources"), once)) if previous else []
    before = {r.report_id: r for r in _rows(Report, previous.state(), once)} if previous else {}
    once.clear()
    was_current = {r.report_id for r in before.values() if r.is_current}
    read = _read(
        staged,
        {s.sha256 for s in loaded} | ({v.source_sha256 for v in versions if v.is_current} if everything else set()),
    )
    loaded = [s for s in loaded if read[s.sha256][0] not in held]
    touched = _add_versions(versions, loaded, read, run_id)
    for v in versions:
        v.is_current &= v.report_id not in held
    live: dict[str, list[Version]] = defaultdict(list)
    for v in versions:
        if v.is_current:
            live[v.report_id].append(v)
    state: dict[str, Report] = {}
    wanted: dict[str, list[Version]] = defaultdict(list)
    for report_id, those in live.items():
        known = before.get(report_id)
        anew = report_id in touched or (everything and any(v.source_sha256 in read for v in those))
        if known and not anew and known.source_uri in {v.source_uri for v in those}:
            state[report_id] = known
            continue
        primary = min(those, key=lambda v: (_rank(v, read, known), v.source_uri))
        wanted[staged.batch[primary.source_sha256]].append(primary)
    fresh = set()
    for key in sorted(wanted):
        documents = _documents(staged, key, {v.source_sha256 for v in wanted[key]})
        for primary in wanted[key]:
            row = _report(primary, documents[primary.source_sha256], resolve)
            known = before.get(row.report_id)
            if known and row.report_id not in touched and row.same(known):
                state[row.report_id] = known
            else:
                state[row.report_id] = row
                fresh.add(row.report_id)
    _choose_current(state)
    fresh |= {r for r, row in state.items() if row.is_current and r in before and r not in was_current}
    _assign_partitions(state)
    return Plan(sorted(versions, key=lambda v: (v.source_uri, v.version)), state, fresh, set(before) - set(state))


def _rank(version: Version, read: dict[str, tuple[str, str]], known: Report | None) -> int:
    if version.source_sha256 in read:
        return _MEDIA_RANK.get(read[version.source_sha256][1], 9)
    same = known and known.source_sha256 == version.source_sha256
    return _MEDIA_RANK.get(known.media_type if same else "", 9)


def _read(staged: Index, wanted: set[str]) -> dict[str, tuple[str, str]]:
    """(report_id, media type) of staged documents by the digest of their bytes."""
    found = {}
    kinds: dict[str, str] = {}
    for key in sorted({staged.batch[sha256] for sha256 in wanted if sha256 in staged.batch}):
        table = pq.read_table(staged.files("documents", [key])[0], columns=["source_sha256", "report_id", "media_type"])
        for sha256, report_id, media_type in zip(*(c.to_pylist() for c in table.columns)):
            if sha256 in wanted:
                found[sha256] = report_id, kinds.setdefault(media_type, media_type)
    return found


def _documents(staged: Index, key: str, wanted: set[str]) -> dict[str, dict]:
    """Staged documents of one batch, with their texts, by the digest of their bytes."""
    table = pq.read_table(staged.files("documents", [key])[0])
    table = table.filter(pc.is_in(table["source_sha256"], pa.array(sorted(wanted))))
    return {row["source_sha256"]: row for row in table.to_pylist()}


def _add_versions(
    versions: list[Version], loaded: list[Seen], read: dict[str, tuple[str, str]], run_id: str
) -> set[str]:
    """Brings the versions of the sources up to date, in place; returns the reports that were touched."""
    by_uri: dict[str, list[Version]] = defaultdict(list)
    for v in versions:
        by_uri[v.source_uri].append(v)
    touched = set()
    for seen in loaded:
        report_id = read[seen.sha256][0]
        touched.add(report_id)
        those = by_uri[seen.uri]
        for v in those:
            v.is_current = False
        same = next((v for v in those if v.source_sha256 == seen.sha256), None)
        if same:
            same.is_current, same.report_id = True, report_id
            for name, value in zip(NOTE, note_of(seen)):
                setattr(same, name, value)
            continue
        made = Version(
            seen.uri, seen.name, seen.sha256, seen.size, report_id, True, len(those) + 1, run_id, *note_of(seen)
        )
        versions.append(made)
        those.append(made)
    return touched


def _report(primary: Version, document: dict, resolve: Resolve) -> Report:
    place, other = resolve(document, primary)
    sure = place.resolution in ("exact", "inferred")
    natural = place.key() if sure else hashlib.sha256(f"{place.key()}|{primary.source_uri}".encode()).hexdigest()[:16]
    candidates = [[c.township, c.county, c.prefecture, c.province, c.division_code] for c in place.candidates]
    return Report(
        report_id=primary.report_id,
        source_uri=primary.source_uri,
        source_name=primary.source_name,
        source_sha256=primary.source_sha256,
        media_type=sys.intern(document["media_type"]),
        township_id=natural if place.township else None,
        township_name=_shared(place.township),
        county_name=_shared(place.county),
        prefecture_name=_shared(place.prefecture),
        province_name=_shared(place.province),
        division_code=place.division_code,
        resolution=sys.intern(place.resolution),
        candidates=sys.intern(json.dumps(candidates, ensure_ascii=False)),
        other_place=other[0] if other else None,
        other_place_start=other[1] if other else None,
        title=document["title"],
        issued_on=_shared(document["issued_on"]),
        report_year=_shared(document["report_year"]),
        figures=document["figures"],
        unexplained=document["unexplained"],
    )


@functools.cache
def _shared(value: str | int | datetime.date | None) -> str | int | datetime.date | None:
    """The first of equal values, so that memory holds it once."""
    return value


def _choose_current(state: dict[str, Report]) -> None:
    """Of several reports of one identified body and year the one signed last is current; of equals the one with more figures."""
    groups: dict[tuple, list[Report]] = defaultdict(list)
    for row in state.values():
        row.is_current, row.replaced_by = True, None
        if row.resolution in ("exact", "inferred") and row.county_name and row.report_year is not None:
            groups[row.township_id, row.report_year].append(row)
    for members in groups.values():
        if len(members) > 1:
            best = max(members, key=lambda m: (str(m.issued_on or ""), m.figures, m.report_id))
            for member in members:
                if member is not best:
                    member.is_current, member.replaced_by = False, best.report_id


def _assign_partitions(state: dict[str, Report]) -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for report_id, row in state.items():
        row.partition = None
        if row.is_current:
            groups[f"{row.report_year or 'unknown'}-{row.province_name or 'unknown'}"].append(report_id)
    for key, members in groups.items():
        for suffix, leaf in _leaves("", members):
            name = f"{key}-{suffix}" if suffix else key
            for member in leaf:
                state[member].partition = name


def _leaves(prefix: str, members: list[str]) -> Iterable[tuple[str, list[str]]]:
    if len(members) <= LEAF or len(prefix) >= 8:
        yield prefix, members
        return
    split: dict[str, list[str]] = defaultdict(list)
    for member in members:
        split[member[len(prefix)]].append(member)
    for digit in sorted(split):
        yield from _leaves(prefix + digit, split[digit])


# --- writing ----------------------------------------------------------------------------------------------------------

_FROM_STAGING = {
    "reports": (
        "documents",
        "d.report_id, f.source_name, f.source_uri, d.source_sha256, f.township_id, f.township_name, f.county_name, f.prefecture_name, f.province_name, "
        "d.report_year, d.title, d.title_other, d.issuer, d.issued_on, f.other_place, f.other_place_start, d.media_type, d.encoding, d.reader, d.page_count, d.parser_version, d.text",
    ),
    "sections": ("sections", None),
    "metrics": ("metrics", None),
    "numerals": ("numerals", None),
    "metric_links": ("metric_links", None),
    "section_terms": ("section_terms", None),
    "text_fingerprints": ("text_fingerprints", None),
}

# columns that are not staged: of the place, which a register decides, and of the corpus, which the rules judge later
_ELSEWHERE = {"report_year": "f.report_year", "township_id": "f.township_id", "trust": "'unquestioned' trust"}


def write_partitions(
    candidate: Candidate, previous: Snapshot | None, planned: Plan, staged: Index, connection: duckdb.DuckDBPyConnection
) -> int:
    """Writes the partitions that changed into the candidate, links the others; returns how many were written."""
    members: dict[str, set[str]] = defaultdict(set)
    for report_id, row in planned.state.items():
        if row.partition:
            members[row.partition].add(report_id)
    old_members, old_partition = defaultdict(set), {}
    if previous:
        lay = previous.state(["report_id", "partition"])
        for report_id, partition in zip(*(c.to_pylist() for c in lay.columns)):
            if partition:
                old_members[partition].add(report_id)
                old_partition[report_id] = sys.intern(partition)
    dirty = {key for key, ids in members.items() if ids != old_members.get(key) or ids & planned.fresh}
    names = {t: {n.rsplit("-", 1)[0]: n for n in previous.files.get(t, {})} if previous else {} for t in _FROM_STAGING}
    for table in _FROM_STAGING:
        for key in sorted(set(members) - dirty):
            if key in names[table]:
                candidate.keep(table, names[table][key])
        portions = [
            _Portion(some, members, planned, old_partition)
            for some in _portions(dirty, members, PORTION.get(table, PORTION["reports"]))
        ]
        with _staged_rows(candidate.path / "divided", table, portions, staged, connection) as paths:
            for portion, those in zip(portions, paths):
                _write_dirty(candidate, table, portion, those, old_partition, names[table], previous, connection)
        if not candidate.listing[table]:
            candidate.write(table, "empty", tables.arrow_schema(tables.BY_NAME[table]).empty_table())
    return len(dirty)


def partition_of(path: str) -> str:
    """The partition that a file of a partitioned table holds."""
    return path.rsplit("/", 1)[1].rsplit("-", 1)[0]


def _portions(dirty: set[str], members: dict[str, set[str]], reports: int) -> Iterator[set[str]]:
    """The partitions in portions of so many reports: what is sorted at once is bounded, however large the corpus."""
    some, count = set(), 0
    for key in sorted(dirty):
        some.add(key)
        count += len(members[key])
        if count >= reports:
            yield some
            some, count = set(), 0
    if some:
        yield some


class _Portion:
    """Partitions that are written together: their reports that come from staging, and those that the state before has, with their partitions."""

    def __init__(
        self, partitions: set[str], members: dict[str, set[str]], planned: Plan, old_partition: dict[str, str]
    ) -> None:
        self.partitions, self.fresh, self.kept = sorted(partitions), [], []
        for key in self.partitions:
            for report_id in sorted(members[key]):
                if report_id in planned.fresh or report_id not in old_partition:
                    self.fresh.append(planned.state[report_id])
                else:
                    self.kept.append((report_id, key))


@contextlib.contextmanager
def _staged_rows(
    scratch: Path, table: str, portions: list[_Portion], staged: Index, connection: duckdb.DuckDBPyConnection
) -> Iterator[list[list[str]]]:
    """For each portion the files with its staged rows. Every batch has reports of many portions, so with more than one the rows are first
    divided among them: each batch is read once, however many they are."""
    part = _FROM_STAGING[table][0]
    batches = sorted({staged.batch[row.source_sha256] for p in portions for row in p.fresh})
    files = staged.files(part, batches)
    if len(portions) < 2 or not files:
        yield [files if p.fresh else [] for p in portions]
        return
    owners = [(row.source_sha256, row.report_id, i) for i, p in enumerate(portions) for row in p.fresh]
    connection.register(
        "owners", pa.table(dict(zip(("source_sha256", "report_id", "portion"), map(list, zip(*owners)))))
    )
    home = str(scratch).replace("'", "''")
    # each portion has its writer, with as many rows in memory as this says
    connection.execute("set partitioned_write_flush_threshold = 4_000")
    connection.execute("set partitioned_write_max_open_files = 10_000")
    connection.execute(
        f"copy (select d.*, o.portion from read_parquet({files!r}) d join owners o using (source_sha256, report_id)) "
        f"to '{home}' (format parquet, compression lz4_raw, partition_by (portion))"
    )
    connection.unregister("owners")
    try:
        yield [sorted(map(str, scratch.glob(f"portion={i}/*.parquet"))) for i in range(len(portions))]
    finally:
        shutil.rmtree(scratch)


def _write_dirty(
    candidate: Candidate,
    table: str,
    portion: _Portion,
    paths: list[str],
    old_partition: dict[str, str],
    names: dict[str, str],
    previous: Snapshot | None,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    fresh, kept = portion.fresh, portion.kept
    connection.register("fresh", _arrow(fresh, STATE))
    connection.register(
        "kept",
        pa.table({n: pa.array([k[i] for k in kept], pa.string()) for i, n in enumerate(("report_id", "partition"))}),
    )
    declared = tables.BY_NAME[table]
    selects = []
    if paths:
        columns = _FROM_STAGING[table][1] or ", ".join(_ELSEWHERE.get(c.name, f"d.{c.name}") for c in declared.columns)
        selects.append(
            f"select {columns}, f.partition from read_parquet({paths!r}, hive_partitioning=false) d join fresh f on d.source_sha256 = f.source_sha256 and d.report_id = f.report_id"
        )
    if kept:
        old = sorted({names[old_partition[r]] for r, _ in kept if old_partition[r] in names})
        before = [str(previous.path / "parquet" / table / name) for name in old]
        columns = ", ".join(f"o.{c.name}" for c in declared.columns)
        if before:
            selects.append(
                f"select {columns}, k.partition from read_parquet({before!r}, hive_partitioning=false) o join kept k on o.report_id = k.report_id"
            )
    if selects:
        order = ", ".join(f"{c} nulls first" for c in ("partition", *declared.order))
        reader = connection.sql(
            f"select * from ({' union all by name '.join(selects)}) order by {order}"
        ).to_arrow_reader(4_096)
        for key, rows in _runs_of(reader):
            candidate.write(table, key, rows)
        written = {n.rsplit("-", 1)[0] for n in candidate.listing[table]}
        for key in portion.partitions:
            if key not in written:
                candidate.write(table, key, tables.arrow_schema(declared).empty_table())


def _runs_of(reader: pa.RecordBatchReader) -> Iterable[tuple[str, pa.Table]]:
    """The rows of each partition, from a reader that is ordered by partition."""
    key, parts = None, []
    for batch in reader:
        table = pa.Table.from_batches([batch])
        column = table["partition"].to_pylist()
        start = 0
        for i in range(1, len(column) + 1):
            if i < len(column) and column[i] == column[start]:
                continue
            piece = table.slice(start, i - start).drop_columns(["partition"])
            if column[start] != key:
                if parts:
                    yield key, pa.concat_tables(parts)
                key, parts = column[start], []
            parts.append(piece)
            start = i
    if parts:
        yield key, pa.concat_tables(parts)


def write_trust(candidate: Candidate, trust: pa.Table, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Brings the column `trust` of metrics in line with `trust` (metric_id, trust; the others are unquestioned). Files in which it is so
    already stay as they are. Returns the reports whose figures were touched."""
    connection.register("trust_now", trust)
    differing = connection.execute(
        f"select m.filename, list(distinct m.report_id) from read_parquet({candidate.parquet('metrics')!r}, hive_partitioning=false, filename=true) m "
        "left join trust_now t using (metric_id) where m.trust <> coalesce(t.trust, 'unquestioned') group by m.filename order by m.filename"
    ).fetchall()
    connection.unregister("trust_now")
    told = dict(zip(trust["metric_id"].to_pylist(), trust["trust"].to_pylist()))
    for path, _ in differing:
        rows = pq.read_table(path, partitioning=None)
        column = pa.array([told.get(m, "unquestioned") for m in rows["metric_id"].to_pylist()], pa.string())
        at = rows.schema.get_field_index("trust")
        candidate.replace("metrics", path.rsplit("/", 1)[1], rows.set_column(at, rows.schema.field(at), column))
    return {report_id for _, those in differing for report_id in those}


def write_dimensions(
    candidate: Candidate, previous: Snapshot | None, planned: Plan, staged: Index, connection: duckdb.DuckDBPyConnection
) -> None:
    """Writes townships, sources and report_history."""
    bodies: dict[str, dict] = {}
    for row in planned.state.values():
        if not row.is_current or row.township_id is None:
            continue
        body = bodies.setdefault(
            row.township_id,
            {
                "township_id": row.township_id,
                **{k: getattr(row, k) for k in _PLACE},
                "first_report_year": None,
                "last_report_year": None,
                "report_count": 0,
            },
        )
        year = row.report_year
        if year is not None:
            body["first_report_year"] = min(year, body["first_report_year"] or year)
            body["last_report_year"] = max(year, body["last_report_year"] or year)
        body["report_count"] += 1
        if row.resolution == "exact":
            body["resolution"] = "exact"
    _write_rows(candidate, "townships", list(bodies.values()))
    _write_rows(candidate, "township_candidates", _candidate_rows(planned))
    candidate.write("sources", "sources", _arrow(planned.sources, tables.arrow_schema(tables.SOURCES)))
    _write_rows(candidate, "report_history", _history_rows(previous, planned, staged, connection))


def _candidate_rows(planned: Plan) -> list[dict]:
    """The divisions that an ambiguous body may be, by body."""
    found = {}
    for row in planned.state.values():
        if row.is_current and row.township_id and row.candidates != "[]":
            for values in json.loads(row.candidates):
                one = dict(zip(_PLACE[:5], values))
                found[row.township_id, one["division_code"]] = {"township_id": row.township_id, **one}
    return list(found.values())


def _write_rows(candidate: Candidate, table: str, rows: list[dict]) -> None:
    declared = tables.BY_NAME[table]
    made = pa.Table.from_pylist(rows, schema=tables.arrow_schema(declared))
    candidate.write(table, table, made.sort_by([(c, "ascending") for c in declared.order or declared.key]))


def _history_rows(
    previous: Snapshot | None, planned: Plan, staged: Index, connection: duckdb.DuckDBPyConnection
) -> list[dict]:
    current_of: dict[str, str] = {v.source_uri: v.report_id for v in planned.sources if v.is_current}
    versions: dict[str, Version] = {}
    for v in planned.sources:
        row = planned.state.get(v.report_id)
        if not (row and row.is_current):
            versions.setdefault(v.report_id, v)
    known = {r["report_id"]: r for r in previous.read("report_history").to_pylist()} if previous else {}
    missing = set(versions) - set(known)
    wanted: dict[str, set[str]] = defaultdict(set)
    for sha256 in {versions[m].source_sha256 for m in missing} & staged.batch.keys():
        wanted[staged.batch[sha256]].add(sha256)
    texts = {sha256: d for key, those in wanted.items() for sha256, d in _documents(staged, key, those).items()}
    published = {}
    if previous and missing:
        connection.register("wanted", pa.table({"report_id": sorted(missing)}))
        state = previous.state(["report_id", "partition"])
        lay = set(state.filter(pc.is_in(state["report_id"], pa.array(sorted(missing))))["partition"].to_pylist())
        files = [p for p in previous.parquet("reports") if partition_of(p) in lay] or previous.parquet("reports")[:1]
        got = connection.sql(
            f"select report_id, township_name, report_year, title, text from read_parquet({files!r}) semi join wanted using (report_id)"
        ).to_arrow_table()
        published = {r["report_id"]: r for r in got.to_pylist()}
    rows = []
    for report_id, version in versions.items():
        live = planned.state.get(report_id)
        base = known.get(report_id) or {}
        document = texts.get(version.source_sha256) or {}
        old = published.get(report_id) or {}
        rows.append(
            {
                "report_id": report_id,
                "source_name": version.source_name,
                "source_uri": version.source_uri,
                "source_sha256": version.source_sha256,
                "township_name": (live.township_name if live else None)
                or old.get("township_name")
                or base.get("township_name"),
                "report_year": next(
                    (
                        x
                        for x in (old.get("report_year"), document.get("report_year"), base.get("report_year"))
                        if x is not None
                    ),
                    None,
                ),
                "title": old.get("title") or document.get("title") or base.get("title"),
                "reason": "other_report_of_body_and_year" if live else "superseded",
                "replaced_by": live.replaced_by if live else _final(current_of.get(version.source_uri), planned),
                "figure_count": document.get("figures", base.get("figure_count", 0)),
                "text": old.get("text") or document.get("text") or base.get("text") or "",
            }
        )
    return rows


def _final(report_id: str | None, planned: Plan) -> str | None:
    """The current report in place of one that may itself have given way."""
    row = planned.state.get(report_id) if report_id else None
    return row.replaced_by or report_id if row else None
