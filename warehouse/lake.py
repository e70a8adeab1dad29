"""Staged documents and the state before -> the Parquet of the next state. A changed report rewrites its own partition and no other.

A partition is the reports of one year and province, split by the leading hexadecimal digits of their identifiers as long as it holds over
`LEAF` of them: a function of the set of reports alone, so the files do not depend on the order of arrival.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import tables
from warehouse.snapshots import Candidate, Snapshot
from warehouse.sources import Seen
from warehouse.staging import Index

LEAF = 512
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
STATE = pa.schema(
    [
        *(
            pa.field(n, pa.string())
            for n in (
                "report_id",
                "source_uri",
                "source_name",
                "source_sha256",
                "media_type",
                "township_id",
                *_PLACE,
                "title",
                "candidates",
                "other_place",
            )
        ),
        pa.field("other_place_start", pa.int32()),
        pa.field("issued_on", pa.date32()),
        pa.field("report_year", pa.int32()),
        pa.field("figures", pa.int64()),
        pa.field("unexplained", pa.int64()),
        pa.field("is_current", pa.bool_()),
        pa.field("replaced_by", pa.string()),
        pa.field("partition", pa.string()),
    ]
)


@dataclass(slots=True)
class Plan:
    """What the next state holds: `sources` (rows of that table), `state` (report_id -> row), and which reports come fresh from staging."""

    sources: list[dict]
    state: dict[str, dict]
    fresh: set[str]
    superseded: int
    gone: set[str] = field(default_factory=set)

    def table(self) -> pa.Table:
        """The state as it is kept beside the published tables."""
        return pa.Table.from_pylist([self.state[k] for k in sorted(self.state)], schema=STATE)


Resolve = Callable[
    [dict, dict], tuple
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
) -> Plan:
    """Decides what the next state holds. `loaded` are the sources whose staged documents are new; `resolve` gives the place of a document.

    With `everything` (a new register) the place of every report is decided anew. Reports in `held` are left out.
    """
    rows = [{**dict.fromkeys(NOTE), **r} for r in previous.read("sources").to_pylist()] if previous else []
    before = {r["report_id"]: r for r in previous.state().to_pylist()} if previous else {}
    documents = _documents(
        staged,
        {s.sha256 for s in loaded} | ({r["source_sha256"] for r in rows if r["is_current"]} if everything else set()),
    )
    loaded = [s for s in loaded if documents[s.sha256]["report_id"] not in held]
    touched = _add_versions(rows, loaded, documents, run_id)
    for r in rows:
        r["is_current"] &= r["report_id"] not in held
    live: dict[str, list[dict]] = defaultdict(list)
    for r in rows:
        if r["is_current"]:
            live[r["report_id"]].append(r)
    state, fresh = {}, set()
    for report_id, versions in live.items():
        known = before.get(report_id)
        stay = (
            known
            and report_id not in touched
            and not (everything and any(v["source_sha256"] in documents for v in versions))
        )
        if stay and known["source_uri"] in {v["source_uri"] for v in versions}:
            state[report_id] = dict(known)
            continue
        primary = min(versions, key=lambda v: (_rank(v, documents, known), v["source_uri"]))
        if primary["source_sha256"] not in documents:
            documents.update(_documents(staged, {primary["source_sha256"]}))
        row = _state_row(report_id, primary, documents[primary["source_sha256"]], resolve)
        if known and {k: known.get(k) for k in row} == row and report_id not in touched:
            state[report_id] = dict(known)
            continue
        state[report_id] = row
        fresh.add(report_id)
    _choose_current(state)
    for report_id, row in state.items():
        was = before.get(report_id)
        if was is not None and row["is_current"] and not was["is_current"]:
            fresh.add(report_id)
    _assign_partitions(state)
    gone = set(before) - set(state)
    return Plan(sorted(rows, key=lambda r: (r["source_uri"], r["version"])), state, fresh, len(gone), gone)


def _rank(version: dict, documents: dict[str, dict], known: dict | None) -> int:
    document = documents.get(version["source_sha256"])
    media = (
        document["media_type"]
        if document
        else known["media_type"]
        if known and known["source_sha256"] == version["source_sha256"]
        else ""
    )
    return _MEDIA_RANK.get(media, 9)


def _documents(staged: Index, wanted: set[str]) -> dict[str, dict]:
    """Staged documents by the digest of their bytes, without their text; what `resolve` needs is read batch by batch."""
    by_batch: dict[str, list[str]] = defaultdict(list)
    for sha256 in wanted:
        if sha256 in staged.batch:
            by_batch[staged.batch[sha256]].append(sha256)
    found = {}
    for key in sorted(by_batch):
        table = pq.read_table(staged.files("documents", [key])[0])
        for row in table.to_pylist():
            if row["source_sha256"] in wanted:
                found[row["source_sha256"]] = row
    return found


def _add_versions(rows: list[dict], loaded: list[Seen], documents: dict[str, dict], run_id: str) -> set[str]:
    """Brings the versions of the sources up to date, in place; returns the reports that were touched."""
    by_uri: dict[str, list[dict]] = defaultdict(list)
    for r in rows:
        by_uri[r["source_uri"]].append(r)
    touched = set()
    for seen in loaded:
        report_id = documents[seen.sha256]["report_id"]
        touched.add(report_id)
        versions = by_uri[seen.uri]
        for v in versions:
            v["is_current"] = False
        same = next((v for v in versions if v["source_sha256"] == seen.sha256), None)
        if same:
            same.update(is_current=True, report_id=report_id, **dict(zip(NOTE, note_of(seen))))
            continue
        row = {
            "source_uri": seen.uri,
            "source_name": seen.name,
            "source_sha256": seen.sha256,
            "size": seen.size,
            "report_id": report_id,
            "is_current": True,
            "version": len(versions) + 1,
            "first_seen_run": run_id,
            **dict(zip(NOTE, note_of(seen))),
        }
        rows.append(row)
        versions.append(row)
    return touched


def _state_row(report_id: str, primary: dict, document: dict, resolve: Resolve) -> dict:
    place, other = resolve(document, primary)
    sure = place.resolution in ("exact", "inferred")
    natural = (
        place.key() if sure else hashlib.sha256(f"{place.key()}|{primary['source_uri']}".encode()).hexdigest()[:16]
    )
    return {
        "report_id": report_id,
        "source_uri": primary["source_uri"],
        "source_name": primary["source_name"],
        "source_sha256": primary["source_sha256"],
        "media_type": document["media_type"],
        "township_id": natural if place.township else None,
        "township_name": place.township,
        "county_name": place.county,
        "prefecture_name": place.prefecture,
        "province_name": place.province,
        "division_code": place.division_code,
        "resolution": place.resolution,
        "candidates": json.dumps(
            [[c.township, c.county, c.prefecture, c.province, c.division_code] for c in place.candidates],
            ensure_ascii=False,
        ),
        "other_place": other[0] if other else None,
        "other_place_start": other[1] if other else None,
        "title": document["title"],
        "issued_on": document["issued_on"],
        "report_year": document["report_year"],
        "figures": document["figures"],
        "unexplained": document["unexplained"],
    }


def _choose_current(state: dict[str, dict]) -> None:
    """Of several reports of one identified body and year the one signed last is current; of equals the one with more figures."""
    groups: dict[tuple, list[str]] = defaultdict(list)
    for report_id, row in state.items():
        row["is_current"], row["replaced_by"] = True, None
        if row["resolution"] in ("exact", "inferred") and row["county_name"] and row["report_year"] is not None:
            groups[row["township_id"], row["report_year"]].append(report_id)
    for members in groups.values():
        if len(members) > 1:
            best = max(members, key=lambda m: (str(state[m]["issued_on"] or ""), state[m]["figures"], m))
            for member in members:
                if member != best:
                    state[member].update(is_current=False, replaced_by=best)


def _assign_partitions(state: dict[str, dict]) -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for report_id, row in state.items():
        row["partition"] = None
        if row["is_current"]:
            groups[f"{row['report_year'] or 'unknown'}-{row['province_name'] or 'unknown'}"].append(report_id)
    for key, members in groups.items():
        for suffix, leaf in _leaves("", members):
            for member in leaf:
                state[member]["partition"] = f"{key}-{suffix}" if suffix else key


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
        if row["partition"]:
            members[row["partition"]].add(report_id)
    old_members, old_partition = defaultdict(set), {}
    if previous:
        for row in previous.state().select(["report_id", "partition"]).to_pylist():
            if row["partition"]:
                old_members[row["partition"]].add(row["report_id"])
                old_partition[row["report_id"]] = row["partition"]
    dirty = {key for key, ids in members.items() if ids != old_members.get(key) or ids & planned.fresh}
    names = {t: {n.rsplit("-", 1)[0]: n for n in previous.files.get(t, {})} if previous else {} for t in _FROM_STAGING}
    for table in _FROM_STAGING:
        for key in sorted(set(members) - dirty):
            if key in names[table]:
                candidate.keep(table, names[table][key])
        _write_dirty(
            candidate, table, planned, members, dirty, old_partition, names[table], previous, staged, connection
        )
        if not candidate.listing[table]:
            candidate.write(table, "empty", tables.arrow_schema(tables.BY_NAME[table]).empty_table())
    return len(dirty)


def _write_dirty(candidate, table, planned, members, dirty, old_partition, names, previous, staged, connection) -> None:
    fresh = [
        planned.state[r]
        for key in sorted(dirty)
        for r in sorted(members[key])
        if r in planned.fresh or r not in old_partition
    ]
    kept = [
        {"report_id": r, "partition": key}
        for key in sorted(dirty)
        for r in sorted(members[key])
        if r not in planned.fresh and r in old_partition
    ]
    connection.register("fresh", pa.Table.from_pylist(fresh, schema=STATE))
    connection.register(
        "kept", pa.Table.from_pylist(kept, schema=pa.schema([("report_id", pa.string()), ("partition", pa.string())]))
    )
    declared = tables.BY_NAME[table]
    selects = []
    if fresh:
        part, columns = _FROM_STAGING[table]
        if columns is None:
            columns = ", ".join(_ELSEWHERE.get(c.name, f"d.{c.name}") for c in declared.columns)
        batches = sorted({staged.batch[row["source_sha256"]] for row in fresh})
        selects.append(
            f"select {columns}, f.partition from read_parquet({staged.files(part, batches)!r}) d join fresh f on d.source_sha256 = f.source_sha256 and d.report_id = f.report_id"
        )
    if kept:
        old = sorted(
            {names[old_partition[row["report_id"]]] for row in kept if old_partition[row["report_id"]] in names}
        )
        paths = [str(previous.path / "parquet" / table / name) for name in old]
        columns = ", ".join(f"o.{c.name}" for c in declared.columns)
        if paths:
            selects.append(
                f"select {columns}, k.partition from read_parquet({paths!r}, hive_partitioning=false) o join kept k on o.report_id = k.report_id"
            )
    if selects:
        order = ", ".join(f"{c} nulls first" for c in ("partition", *declared.order))
        reader = connection.sql(
            f"select * from ({' union all by name '.join(selects)}) order by {order}"
        ).to_arrow_reader(20_000)
        for key, rows in _runs_of(reader):
            candidate.write(table, key, rows)
        for key in sorted(dirty):
            if not any(n.rsplit("-", 1)[0] == key for n in candidate.listing[table]):
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
        if not row["is_current"] or row["township_id"] is None:
            continue
        body = bodies.setdefault(
            row["township_id"],
            {
                "township_id": row["township_id"],
                **{k: row[k] for k in _PLACE},
                "first_report_year": None,
                "last_report_year": None,
                "report_count": 0,
            },
        )
        year = row["report_year"]
        if year is not None:
            body["first_report_year"] = min(year, body["first_report_year"] or year)
            body["last_report_year"] = max(year, body["last_report_year"] or year)
        body["report_count"] += 1
        if row["resolution"] == "exact":
            body["resolution"] = "exact"
    _write_rows(candidate, "townships", list(bodies.values()))
    _write_rows(candidate, "township_candidates", _candidate_rows(planned))
    _write_rows(candidate, "sources", planned.sources)
    _write_rows(candidate, "report_history", _history_rows(previous, planned, staged, connection))


def _candidate_rows(planned: Plan) -> list[dict]:
    """The divisions that an ambiguous body may be, by body."""
    found = {}
    for row in planned.state.values():
        if row["is_current"] and row["township_id"] and row["candidates"]:
            for values in json.loads(row["candidates"]):
                one = dict(zip(_PLACE[:5], values))
                found[row["township_id"], one["division_code"]] = {"township_id": row["township_id"], **one}
    return list(found.values())


def _write_rows(candidate: Candidate, table: str, rows: list[dict]) -> None:
    declared = tables.BY_NAME[table]
    made = pa.Table.from_pylist(rows, schema=tables.arrow_schema(declared))
    candidate.write(table, table, made.sort_by([(c, "ascending") for c in declared.order or declared.key]))


def _history_rows(
    previous: Snapshot | None, planned: Plan, staged: Index, connection: duckdb.DuckDBPyConnection
) -> list[dict]:
    current_of: dict[str, str] = {r["source_uri"]: r["report_id"] for r in planned.sources if r["is_current"]}
    versions: dict[str, dict] = {}
    for r in planned.sources:
        row = planned.state.get(r["report_id"])
        if not (row and row["is_current"]):
            versions.setdefault(r["report_id"], r)
    known = {r["report_id"]: r for r in previous.read("report_history").to_pylist()} if previous else {}
    missing = set(versions) - set(known)
    texts = _documents(staged, {versions[m]["source_sha256"] for m in missing})
    published = {}
    if previous and missing:
        connection.register("wanted", pa.table({"report_id": sorted(missing)}))
        got = connection.sql(
            f"select report_id, township_name, report_year, title, text from read_parquet({previous.parquet('reports')!r}) semi join wanted using (report_id)"
        ).to_arrow_table()
        published = {r["report_id"]: r for r in got.to_pylist()}
    rows = []
    for report_id, version in versions.items():
        live = planned.state.get(report_id)
        base = known.get(report_id) or {}
        document = texts.get(version["source_sha256"]) or {}
        old = published.get(report_id) or {}
        rows.append(
            {
                "report_id": report_id,
                "source_name": version["source_name"],
                "source_uri": version["source_uri"],
                "source_sha256": version["source_sha256"],
                "township_name": (live or {}).get("township_name")
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
                "replaced_by": live["replaced_by"] if live else _final(current_of.get(version["source_uri"]), planned),
                "figure_count": document.get("figures", base.get("figure_count", 0)),
                "text": old.get("text") or document.get("text") or base.get("text") or "",
            }
        )
    return rows


def _final(report_id: str | None, planned: Plan) -> str | None:
    """The current report in place of one that may itself have given way."""
    row = planned.state.get(report_id) if report_id else None
    return row["replaced_by"] or report_id if row else None
