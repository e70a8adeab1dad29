"""The steps of a night, as plain functions on a `Night`: land, parse, assemble, judge, publish. The flow only puts them in order."""

from __future__ import annotations

import dataclasses
import datetime
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations import findings, floors, gate, judging, pages, policy
from expectations.trust import otherwise_trusted, trust_of_figures
from flows import progress, register, states
from flows.night import morning
from flows.settings import RunSettings, last_settings, workers_of
from flows.workers import pool
from schemas import reasons, tables
from schemas.errors import Rejected, UsageError
from transforms import identity, readers, rows
from transforms.readers import archives
from transforms.version import parser_version
from warehouse import (
    addresses,
    database,
    decisions,
    difference,
    dimensions,
    engine,
    files,
    landing,
    manifests,
    partitions,
    plan,
    reports,
    snapshots,
    sources,
    staging,
    trust,
)
from warehouse.candidate import Candidate
from warehouse.folder import DataFolder
from warehouse.journal import Journal
from warehouse.stamps import Stamps, landed_bytes, stamp_of

LAND_BATCH = 500
HELD = "held_by_rule"


@dataclass(slots=True)
class Night:
    """What one run knows while it goes on."""

    settings: RunSettings
    run_id: str
    attempt: int
    started_at: datetime.datetime
    previous: snapshots.Snapshot | None
    register: identity.Register
    policy: policy.Policy
    vintage: str | None = None
    seen: sources.Packed = field(default_factory=sources.Packed)
    loaded: sources.Packed = field(default_factory=sources.Packed)
    quarantine: list[dict] = field(default_factory=list)
    opened: set[str] = field(
        default_factory=set
    )  # addresses of the archives whose members were seen
    unchanged: int = 0
    quarantined: int = 0
    superseded: int = 0
    held: dict[str, str] = field(
        default_factory=dict
    )  # reports that the policy holds back: report_id -> why
    retrusted: set[str] = field(
        default_factory=set
    )  # reports whose figures are trusted otherwise than before
    begun: Candidate | None = (
        None  # the next state, where its making began before it could be assembled
    )
    judgement: gate.Judgement | None = None
    seconds: dict[str, float] = field(default_factory=dict)  # step -> how long it took
    changes: tuple[str, dict[str, dict[str, int]]] | None = None
    figures: int = 0
    snapshot: snapshots.Snapshot | None = None

    @property
    def data_dir(self) -> Path:
        return Path(self.settings.data_dir)

    def judged_by(self) -> str:
        """What the judgement of a state depends on beside its tables: rules, policy, and people's decisions."""
        return f"{gate.version(self.policy)}-{decisions.digest(self.data_dir)}"


@dataclass(slots=True)
class Work:
    """What the steps of one run hand on."""

    night: Night
    staged: staging.Index | None = None
    candidate: Candidate | None = None
    planned: plan.Outline | None = None


# by number of the run: Prefect would walk through everything it is handed, and a served flow is loaded as a copy of its module
WORKS: dict[str, Work] = {}


def now() -> datetime.datetime:
    """The time in UTC, without a zone, to the second."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)


def begin(settings: RunSettings) -> Night:
    """Opens a run: clears what killed runs left half-written, takes the next number, reads the register."""
    data_dir = Path(settings.data_dir)
    staging.remove_leftovers(data_dir)
    files.remove_leftovers(
        DataFolder(data_dir).incoming, data_dir / "state", data_dir / "quality", data_dir
    )
    previous = snapshots.current(data_dir)
    journal = Journal(data_dir)
    if previous is not None:
        rows_before = previous.read("runs").to_pylist()
        journal.restore([{k: _told(v) for k, v in row.items()} for row in rows_before])
    divisions, vintage = register.load(data_dir, settings.register)
    started = now()
    told = Path(settings.policy) if settings.policy else data_dir / "policy.toml"
    said = policy.load(told if settings.policy or told.exists() else None)
    if settings.again is None and settings.reprocess is None:
        files.write_json(last_settings(data_dir), settings.as_parameters())
    run_id, attempt = journal.start(started.isoformat())
    return Night(settings, run_id, attempt, started, previous, divisions, said, vintage)


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def land(night: Night) -> None:
    """Looks at every source and keeps the bytes of each that is new or looks changed, by digest, with a receipt. When published reports are to
    be read again, they are what is looked at, and their bytes are there."""
    if night.settings.reprocess is not None:
        night.seen.extend(_published(night))
        return
    opened: list[sources.Seen] = []
    again = night.settings.again is not None
    if again:
        look = sources.Look(
            _again(night, opened), Stamps(DataFolder(night.data_dir).stamps)
        )
    elif (look := sources.LOOKED.pop(night.settings.data_dir, None)) is None:
        look = sources.scan(night.settings.sources, night.data_dir)
    found, stamps = look.found, look.stamps
    receipts: list[dict] = []
    part = 0
    for i, item in enumerate(found):
        seen, archive = _land_one(night, item, stamps, receipts)
        (opened if archive else night.seen).append(seen)
        if len(receipts) >= LAND_BATCH:
            landing.write_receipts(
                night.data_dir, f"{night.run_id}-{night.attempt}", part, receipts
            )
            receipts, part = [], part + 1
        if i % 50 == 0:
            progress.tell("land", i, len(found))
    night.seen.extend(_members(night, opened, receipts))
    landing.write_receipts(night.data_dir, f"{night.run_id}-{night.attempt}", part, receipts)
    stamps.save()
    progress.tell("land", len(found), len(found))


def _published(night: Night) -> list[sources.Seen]:
    """The sources in force whose reports meet the condition; without a state in force the newest version of every source that was landed."""
    if night.previous is None:
        newest = {r["source_uri"]: r for r in landing.receipts(night.data_dir)}
        seen = [
            sources.Seen(r["source_uri"], r["source_name"], r["sha256"], r["size"])
            for r in newest.values()
        ]
        seen = [s for s in seen if not _is_archive(night, s.sha256)]
    else:
        wanted = snapshots.reports_where(night.previous, night.settings.reprocess)
        seen = [
            sources.Seen(
                r["source_uri"],
                r["source_name"],
                r["source_sha256"],
                r["size"],
                note=manifests.Note(*(r[c] for c in reports.NOTE)),
            )
            for r in night.previous.read("sources").to_pylist()
            if r["is_current"] and r["report_id"] in wanted
        ]
    there = [s for s in seen if landing.holds(night.data_dir, s.sha256)]
    return sorted(there, key=lambda s: s.uri)


def _is_archive(night: Night, sha256: str) -> bool:
    path = landing.object_path(night.data_dir, sha256)
    return path.exists() and archives.is_archive(path.read_bytes())


def _again(night: Night, opened: list[sources.Seen]) -> list[sources.Found]:
    """The quarantined sources that are to be tried again: from their landed bytes (archives into `opened`), else from their files."""
    found = []
    for row in night.previous.read("quarantine").to_pylist() if night.previous else []:
        if row["source_uri"] not in night.settings.again:
            continue
        if row["source_sha256"] and landing.holds(night.data_dir, row["source_sha256"]):
            data = landing.load(night.data_dir, row["source_sha256"])
            seen = sources.Seen(
                row["source_uri"], row["source_name"], row["source_sha256"], len(data)
            )
            (opened if archives.is_archive(data) else night.seen).append(seen)
        elif (path := addresses.path_of(row["source_uri"])) is not None:
            found.append(sources.Found(path))
    return found


def _land_one(
    night: Night, item: sources.Found, stamps: Stamps, receipts: list[dict]
) -> tuple[sources.Seen, bool]:
    """The source as seen, and whether it is an archive."""
    uri, name = addresses.uri_of(item.path), addresses.shown_name(item.path)
    if item.problem:
        return sources.Seen(uri, name, None, 0, item.problem, item.note), False
    if item.known:
        sha256, size, archive = landed_bytes(item.known)
        return sources.Seen(uri, name, sha256, size, note=item.note), archive
    stamp = stamp_of(item.path)
    try:
        data = sources.read_bytes(item.path, lambda head: _limit(night, head))
    except Rejected as error:
        return sources.Seen(
            uri, name, None, 0, (error.reason_code, error.message), item.note
        ), False
    sha256, archive = sources.sha256_of(data), archives.is_archive(data)
    landing.store(night.data_dir, sha256, data)
    stamps.remember(item.path, stamp, sha256, archive)
    receipts.append(_receipt(night, uri, name, sha256, len(data)))
    return sources.Seen(uri, name, sha256, len(data), note=item.note), archive


def _limit(night: Night, head: bytes) -> int:
    """How large a file may be: an archive of many reports may be larger than one report."""
    packed = (
        head.startswith((b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z"))
        or head[257:262] == b"ustar"
    )
    return max(night.settings.max_bytes, archives.MAX_TOTAL) if packed else night.settings.max_bytes


def _receipt(night: Night, uri: str, name: str, sha256: str, size: int) -> dict:
    received = night.started_at.isoformat()
    return {
        "source_uri": uri,
        "source_name": name,
        "sha256": sha256,
        "size": size,
        "received_at": received,
    }


def _members(night: Night, opened: list[sources.Seen], receipts: list[dict]) -> list[sources.Seen]:
    """The members of archives as sources of their own (`file:///a.zip!/b.txt`); an archive that cannot be opened is one itself."""
    version = f"{archives.VERSION}-{night.settings.max_bytes}"
    again = night.settings.again is not None
    lists = {
        s.sha256: None if again else landing.listing(night.data_dir, version, s.sha256)
        for s in opened
    }
    options = {"max_bytes": night.settings.max_bytes, "version": version}
    jobs = [
        pool.Job("expand", str(night.data_dir), [sha], options=options)
        for sha, known in lists.items()
        if known is None
    ]
    for sha256 in pool.work(jobs, workers_of(night.settings), night.settings.seconds):
        lists[sha256] = landing.listing(night.data_dir, version, sha256)
        progress.tell("land")
    fresh = {job.members[0] for job in jobs}
    night.opened = {archive.uri for archive in opened}
    seen = []
    for archive in opened:
        listing, names = lists[archive.sha256], {}
        if listing[
            "problem"
        ]:  # what could be unpacked before the damage is read; the damage is told
            problem = tuple(listing["problem"])
            seen.append(
                sources.Seen(
                    archive.uri, archive.name, archive.sha256, archive.size, problem, archive.note
                )
            )
        for member in listing["members"]:
            names[member["name"]] = names.get(member["name"], 0) + 1
            suffix = f"#{names[member['name']]}" if names[member["name"]] > 1 else ""
            uri = archive.uri + "!/" + addresses.quoted(member["name"]) + suffix
            name = addresses.printable(member["name"].replace("\\", "/").rsplit("/", 1)[-1])
            problem = tuple(member["problem"]) if "problem" in member else None
            seen.append(
                sources.Seen(
                    uri, name, member.get("sha256"), member.get("size", 0), problem, archive.note
                )
            )
            if archive.sha256 in fresh and not problem:
                receipts.append(_receipt(night, uri, name, member["sha256"], member["size"]))
    return seen


def staged(night: Night) -> staging.Index:
    """What this version of the parser has staged."""
    return staging.Index(night.data_dir, parser_version())


def parse(night: Night, work: Callable[..., Iterator] = pool.work) -> staging.Index:
    """Parses, in batches, the landed bytes that this version of the parser has not met, and what waited for a program that is there now
    or is to be tried again; returns the index of what is staged. `work` does the batches, here or on a cluster."""
    index = staged(night)
    # in the order of their paths: what lies in one folder mostly ends in the same files of the lake
    seen = list(dict.fromkeys(s.sha256 for s in night.seen if s.sha256 and not s.problem))
    wanted = [s for s in seen if s not in index]
    wanted += sorted(_stale_published(night, index).difference(wanted))
    again = [
        s
        for s in seen
        if (e := index.problem(s))
        and (night.settings.again is not None or readers.waits_for(e))
    ]
    jobs = _jobs(night, wanted) + _jobs(night, again, attempt=f"{night.run_id}-{night.attempt}")
    total, begun = len(wanted) + len(again), 0

    def told(n: int) -> None:
        nonlocal begun
        begun += n
        if begun % 20 == 0 or n > 1:
            progress.tell("parse", min(begun, total), total)

    if total:
        judging.load_beside(is_large(night.previous, len(night.seen)))
    if wanted and not night.settings.prepare:
        night.begun = Candidate(night.data_dir, night.previous)
        database.start_copy(night.begun, night.previous, len(wanted), len(night.seen))
    progress.tell("parse", 0, total)
    many = workers_of(night.settings) if total > 60 else 1
    for key in work(jobs, many, night.settings.seconds, told):
        index.add(key)
        progress.tell("parse", min(begun, total), total)
    return index


def is_large(state: snapshots.Snapshot | None, seen: int) -> bool:
    """Whether the next state is going to have many reports: by what a run has seen, and by the state in force."""
    return max(seen, state.counts.get("rows", {}).get("reports", 0) if state else 0) >= judging.MANY


def _jobs(night: Night, those: list[str], **options: str) -> list[pool.Job]:
    # few are divided among the workers evenly
    size = max(1, min(night.settings.batch_size, -(-len(those) // workers_of(night.settings))))
    return [
        pool.Job("parse", str(night.data_dir), those[i : i + size], options=options)
        for i in range(0, len(those), size)
    ]


def _stale_published(night: Night, staged: staging.Index) -> set[str]:
    """With another register or other tables every published report is made anew: those not staged yet are parsed from their landed bytes."""
    if night.previous is None or not _anew(night):
        return set()
    published = night.previous.read("sources", ["source_sha256", "is_current"]).to_pylist()
    return {
        r["source_sha256"]
        for r in published
        if r["is_current"]
        and r["source_sha256"] not in staged
        and landing.holds(night.data_dir, r["source_sha256"])
    }


def _anew(night: Night) -> bool:
    return (
        night.previous.register != night.register.digest
        or night.previous.schema_version != tables.SCHEMA_VERSION
    )


def sort_out(night: Night, staged: staging.Index) -> None:
    """Divides what was seen into loaded, unchanged and quarantined."""
    published: dict[str, tuple] = {}
    older: set[str] = set()  # sources whose report was read by another version of the parser
    if night.previous and night.previous.schema_version == tables.SCHEMA_VERSION:
        read_by = _read_by(night.previous)
        columns = ("is_current", "source_uri", "report_id", "source_sha256", *reports.NOTE)
        kept = night.previous.read("sources", list(columns))
        for current, uri, report_id, *version in zip(*(kept[c].to_pylist() for c in columns)):
            if current:
                if read_by.get(report_id, night.previous.parser_version) != parser_version():
                    older.add(uri)
                published[uri] = tuple(version)
    newer_parser = night.previous is not None and night.previous.parser_version != parser_version()
    before = (
        {r["source_uri"]: r for r in night.previous.read("quarantine").to_pylist()}
        if night.previous
        else {}
    )
    remembered = _still_held(night, before, newer_parser)
    not_met = before.keys() - night.opened
    for seen in night.seen:
        not_met.discard(seen.uri)
        problem = seen.problem or (
            (lambda e: (e.reason_code, e.message) if e else None)(staged.problem(seen.sha256))
        )
        problem = problem or remembered.get((seen.uri, seen.sha256))
        if problem:
            night.quarantined += 1
            night.quarantine.append(_quarantine_row(night, seen, problem, before.get(seen.uri)))
        elif (
            published.get(seen.uri) == (seen.sha256, *reports.note_of(seen))
            and seen.uri not in older
        ):
            night.unchanged += 1
        else:
            night.loaded.append(seen)
    night.quarantine += [r for uri, r in before.items() if uri in not_met]
    _note_dismissals(night)


def _read_by(state: snapshots.Snapshot) -> dict[str, str]:
    """report_id -> version of the parser, of the reports that were not read by the parser of the state itself."""
    other = f"parser_version <> '{state.parser_version}'"
    try:
        return snapshots.reports_where(state, other)
    except (duckdb.Error, UsageError):  # a damaged file costs time, not the night
        rows = state.read("reports", ["report_id", "parser_version"])
        return dict(zip(rows["report_id"].to_pylist(), rows["parser_version"].to_pylist()))


def _quarantine_row(
    night: Night, seen: sources.Seen, problem: tuple[str, str], old: dict | None
) -> dict:
    return {
        "source_name": seen.name,
        "source_uri": seen.uri,
        "source_sha256": seen.sha256,
        "reason_code": problem[0],
        "message": problem[1],
        "first_seen_run": old["first_seen_run"] if old else night.run_id,
        "last_seen_run": night.run_id,
    }


def _set_aside(night: Night, those: list[tuple[sources.Seen, tuple[str, str]]]) -> None:
    """Puts sources that are in force or were loaded into quarantine, in place of what they may have there."""
    before = (
        {r["source_uri"]: r for r in night.previous.read("quarantine").to_pylist()}
        if night.previous
        else {}
    )
    uris = {source.uri for source, _ in those}
    night.quarantine = [r for r in night.quarantine if r["source_uri"] not in uris]
    night.quarantine += [
        _quarantine_row(night, source, why, before.get(source.uri)) for source, why in those
    ]
    _note_dismissals(night)


def _note_dismissals(night: Night) -> None:
    dismissed = decisions.dismissed(night.data_dir)
    for row in night.quarantine:
        why = dismissed.get((row["source_uri"], row["source_sha256"], row["reason_code"]))
        row.update(state="dismissed" if why else "waiting", dismissed_because=why)
    night.quarantine.sort(key=lambda r: r["source_uri"])


def _still_held(
    night: Night, before: dict[str, dict], newer_parser: bool
) -> dict[tuple, tuple[str, str]]:
    """What rules held back, as long as neither they nor the parser nor anyone's wish to try again call for another judgement."""
    same = (
        night.previous is not None
        and night.previous.judged_by == night.judged_by()
        and not newer_parser
    )
    if not same or night.settings.again is not None:
        return {}
    return {
        (uri, r["source_sha256"]): (r["reason_code"], r["message"])
        for uri, r in before.items()
        if r["reason_code"] == HELD
    }


def nothing_to_do(night: Night) -> bool:
    """Whether the published state is what these sources give: then nothing is written."""
    if (
        night.previous is None
        or night.loaded
        or _anew(night)
        or night.previous.judged_by != night.judged_by()
    ):
        return False
    plain = [{k: v for k, v in r.items() if k != "last_seen_run"} for r in night.quarantine]
    before = [
        {k: v for k, v in r.items() if k != "last_seen_run"}
        for r in night.previous.read("quarantine").to_pylist()
    ]
    return plain == sorted(before, key=lambda r: r["source_uri"])


def resolver(divisions: identity.Register) -> reports.Resolve:
    """How the place of a staged document is decided: by what it claims, its text, and its manifest, or else the folders it lay in."""

    def resolve(document: dict, source: reports.Source):
        claims, folders = (
            rows.claims_of(document),
            source.source_uri.removeprefix("file://").rsplit("/", 1)[0],
        )
        if source.stated_place:
            *above, township = source.stated_place.split("/")
            folders = "/".join(above)
            claims.bodies += [township] if township else []
        place = identity.resolve_body(
            claims, document["text"], divisions, folders, source.publisher or ""
        )
        return place, identity.other_place(document["text"], place, divisions)

    return resolve


def _planned(
    night: Night,
    candidate: Candidate,
    staged: staging.Index,
    connection: duckdb.DuckDBPyConnection,
) -> plan.Plan:
    """The plan of the next state. Landed bytes that it needs and the parser of now has not read are parsed for it; a report whose bytes
    this parser rejects goes into quarantine."""
    place, rejected = resolver(night.register), set[str]()
    everything = night.previous is not None and _anew(night)
    while True:
        planned = plan.plan(
            connection,
            candidate.path,
            night.previous,
            night.loaded,
            staged,
            place,
            night.run_id,
            everything,
            night.held.keys() | rejected,
        )
        if not (missing := planned.unstaged()):
            return planned
        planned.drop()
        unread = sorted({sha256 for _, sha256, _ in missing if sha256 not in staged})
        for key in pool.work(
            _jobs(night, unread), workers_of(night.settings), night.settings.seconds
        ):
            staged.add(key)
        refused = [
            (report, source, e)
            for report, sha256, source in missing
            if (e := staged.problem(sha256))
        ]
        rejected.update(report for report, _, _ in refused)
        _set_aside(night, [(source, (e.reason_code, e.message)) for _, source, e in refused])


def build(night: Night, staged: staging.Index) -> tuple[Candidate, plan.Outline]:
    """Assembles the Parquet of the next state, all but findings and runs."""
    candidate, night.begun = (
        night.begun or Candidate(night.data_dir, night.previous),
        None,
    )
    try:
        return candidate, _assemble(night, candidate, staged)
    except Exception:
        candidate.discard()
        raise


def _assemble(night: Night, candidate: Candidate, staged: staging.Index) -> plan.Outline:
    with engine.connect(night.data_dir) as connection:
        planned = _planned(night, candidate, staged, connection)
        if not night.settings.prepare:
            database.start_copy(candidate, night.previous, *planned.extent())
        partitions.write_partitions(candidate, night.previous, planned)
        dimensions.write_dimensions(candidate, night.previous, planned)
        candidate.write_state(planned.parts())
        night.superseded = planned.removed()
        night.figures = planned.figures()
        outline = plan.Outline(planned)
        planned.drop()
        occurrences = _occurrences(night.previous, candidate, connection)
    candidate.write("metric_definitions", "metric_definitions", rows.definitions(occurrences))
    candidate.write("units", "units", rows.units())
    candidate.write(
        "quarantine",
        "quarantine",
        pa.Table.from_pylist(night.quarantine, schema=tables.arrow_schema(tables.QUARANTINE)),
    )
    return outline


def _occurrences(
    was: snapshots.Snapshot | None,
    candidate: Candidate,
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, int]:
    """Metric code -> how many figures have it: as in the state in force, without its files that are gone and with those that came."""

    def counted(files: list[str]) -> Counter[str]:
        if not files:
            return Counter()
        query = "select metric_code, count(*) from read_parquet(?, hive_partitioning=false) group by metric_code"
        return Counter(dict(connection.execute(query, [files]).fetchall()))

    now = candidate.parquet("metrics")
    if was is None or (was.schema_version, was.parser_version) != (
        tables.SCHEMA_VERSION,
        parser_version(),
    ):
        return counted(now)
    there = was.read("metric_definitions", ["metric_code", "occurrences"]).to_pydict()
    found = Counter(dict(zip(*there.values())))
    found.update(counted([p for p in now if p.rsplit("/", 1)[1] not in was.files["metrics"]]))
    found.subtract(
        counted(
            [
                p
                for p in was.parquet("metrics")
                if p.rsplit("/", 1)[1] not in candidate.listing["metrics"]
            ]
        )
    )
    return found


def run_row(night: Night, outcome: str) -> dict:
    """This run as a row of the table runs."""
    return {
        "run_id": night.run_id,
        "attempts": night.attempt,
        "started_at": night.started_at,
        "finished_at": max(now(), night.started_at),
        "code_version": metadata.version("fazhi-warehouse"),
        "parser_version": parser_version(),
        "schema_version": tables.SCHEMA_VERSION,
        "register_vintage": night.vintage,
        "seen": len(night.seen),
        "loaded": len(night.loaded),
        "unchanged": night.unchanged,
        "quarantined": night.quarantined,
        "superseded": night.superseded,
        "figures": night.figures,
        "accepted_loss": night.settings.accept_loss,
        "outcome": outcome,
    }


def _earlier_runs(night: Night) -> list[dict]:
    rows = [
        r
        for r in Journal(night.data_dir).runs()
        if r["run_id"] != night.run_id and r["outcome"] != "interrupted"
    ]
    times = ("started_at", "finished_at")
    return [{**r, **{k: datetime.datetime.fromisoformat(r[k]) for k in times}} for r in rows]


# tables that are not whole before the rules have spoken
_JUDGED_LAST = ("metrics", "runs", "decisions", "quality_findings")


def judge(night: Night, candidate: Candidate, planned: plan.Outline) -> list[str] | None:
    """Writes runs, decisions, findings and trust into the candidate; returns the reasons why it may not be published, if any, or None when
    reports are held back: then the candidate must be assembled anew without them."""
    change = _change(night, candidate, planned)
    # what the same suites have not judged yet: other files than those of the state in force, and in them the reports that are not as they were
    judged = {n for names in night.previous.files.values() for n in names} if change else set()
    fresh = sorted(planned.touched()) if change else None
    there = {t.name: _unjudged(candidate.parquet(t.name), judged) for t in tables.TABLES}
    if change:
        there |= _gathered(candidate, list(candidate.gathered))
    with judging.Judging(is_large(night.previous, len(night.seen))) as suites:
        suites.look_at({t: those for t, those in there.items() if t not in _JUDGED_LAST}, fresh)
        if (found := _findings(night, candidate, change)) is None:
            return None
        paths = {t.name: candidate.parquet(t.name) for t in tables.TABLES}
        if change:
            fresh = sorted({*fresh, *night.retrusted})
        last = {t: _unjudged(paths[t], judged) for t in _JUDGED_LAST}
        suites.look_at(last | (_gathered(candidate, ["quality_findings"]) if change else {}), fresh)
        before, now = _counts(night, candidate)
        night.judgement = gate.verdict(
            suites, before, now, found, night.policy, night.settings.accept_loss
        )
    pages.write(
        night.data_dir / "quality",
        run_row(night, "published"),
        night.judgement,
        candidate.path / "state.parquet",
    )
    return night.judgement.reasons


def _gathered(candidate: Candidate, those: list[str]) -> dict[str, list[str]]:
    """The files in which new rows were gathered, of those tables of which there are any."""
    return {
        t: [candidate.gathered[t]]
        for t in those
        if pq.read_metadata(candidate.gathered[t]).num_rows
    }


def _counts(
    night: Night, candidate: Candidate
) -> tuple[floors.Counts | None, floors.Counts]:
    """What of the state in force may be missed, and what the candidate holds: of reports that the policy holds back nothing is missed."""
    was = night.previous
    if was is None:
        return None, floors.counted({t.name: candidate.parquet(t.name) for t in tables.TABLES})
    before = _content(was)
    gone, come = ({}, {})
    for table, now in candidate.listing.items():
        old = was.files.get(table, {})
        gone[table] = (
            [p for p in was.parquet(table) if p.rsplit("/", 1)[1] not in now] if old else []
        )
        come[table] = [p for p in candidate.parquet(table) if p.rsplit("/", 1)[1] not in old]
    now = before.less(floors.counted(gone)).plus(floors.counted(come))
    return (
        before.less(floors.of_reports(gone, frozenset(night.held))) if night.held else before
    ), now


def _content(state: snapshots.Snapshot) -> floors.Counts:
    """What a published state holds."""
    return (
        floors.Counts.told(state.counts)
        if state.counts
        else floors.counted({t: state.parquet(t) for t in state.files})
    )


def _unjudged(paths: list[str], judged: set[str]) -> list[str]:
    """The files that the same suites have not judged yet, one at least: what is said of a table is never said of nothing."""
    return [p for p in paths if p.rsplit("/", 1)[1] not in judged] or paths[:1]


def _findings(
    night: Night, candidate: Candidate, change: findings.Change | None
) -> pa.Table | None:
    """Writes runs, decisions, findings and trust; returns the findings, or None when reports are held back."""
    schema = tables.arrow_schema(tables.RUNS)
    rows_now = [*_earlier_runs(night), run_row(night, "published")]
    candidate.write("runs", "runs", pa.Table.from_pylist(rows_now, schema=schema))
    known = night.previous.read("quality_findings") if night.previous else None
    if known is not None and night.previous.schema_version != tables.SCHEMA_VERSION:
        known = None
    with engine.connect(night.data_dir) as connection:
        gate.show(connection, {t.name: candidate.parquet(t.name) for t in tables.TABLES})
        candidate.write("decisions", "decisions", decisions.decision_rows(night.data_dir, connection))
        gate.show(connection, {"decisions": candidate.parquet("decisions")})
        try:
            found = findings.collect(connection, night.run_id, known, night.policy, change)
        except (
            duckdb.Error
        ) as error:  # a damaged file of the state in force costs time, not the night
            if change is None or change.in_force is None or not engine.is_damage(error):
                raise
            change = dataclasses.replace(change, in_force=None)
            connection.execute("set schema = 'main'")
            gate.show(connection, {t.name: candidate.parquet(t.name) for t in tables.TABLES})
            found = findings.collect(connection, night.run_id, known, night.policy, change)
        held = {r: why for r, why in gate.held_reports(found).items() if r not in night.held}
        if held:
            _hold(night, candidate, held)
            return None
        those, metrics = None, candidate.parquet("metrics")
        if change:
            decided = night.previous.read("decisions")
            those = change.reports | otherwise_trusted(connection, found, known, decided)
            metrics = change.lying(those, "metrics")
        told = trust_of_figures(connection, found, those)
        night.retrusted = (
            trust.write_trust(candidate, told, connection, those, metrics) if metrics else set()
        )
        if change:
            pq.write_table(
                findings.new_or_changed(connection, found, known),
                candidate.gathered_file("quality_findings"),
            )
    candidate.write("quality_findings", "quality_findings", found)
    return found


def _change(
    night: Night, candidate: Candidate, planned: plan.Outline
) -> findings.Change | None:
    """What the rules have to look at again; None for everything: where rules, parser or tables are not those of the state in force, or where
    much has changed."""
    was = night.previous
    if (
        was is None
        or was.schema_version != tables.SCHEMA_VERSION
        or was.parser_version != parser_version()
        or was.judged_by.split("-")[0] != gate.version(night.policy)
    ):
        return None
    changed = planned.partitions(planned.touched())
    if len(changed) > len(planned) // 5:
        return None
    known = was.state(["report_id", "township_id", "partition"])
    known = known.filter(pc.is_in(known["report_id"], pa.array(sorted(changed), pa.string())))
    bodies = set(known["township_id"].to_pylist())
    kin = planned.reports((bodies | planned.bodies(changed.keys())) - {None}) | changed.keys()
    years = {
        partitions.year_of(p) for p in {*changed.values(), *known["partition"].to_pylist()} if p
    }

    def lying(reports: set[str], table: str) -> list[str]:
        lying_in = set(planned.partitions(reports).values())
        return [p for p in candidate.parquet(table) if partitions.partition_of(p) in lying_in]

    files_now = {
        t.name: [candidate.gathered[t.name]]
        if t.name in candidate.gathered
        else lying(changed.keys(), t.name) or candidate.parquet(t.name)[:1]
        for t in tables.TABLES
        if t.partitioned
    }
    prints = "text_fingerprints"
    before = [
        p for p in was.parquet(prints) if p.rsplit("/", 1)[1] not in candidate.listing[prints]
    ]
    in_force = was.path / "warehouse.duckdb"
    return findings.Change(
        frozenset(changed),
        frozenset(kin),
        frozenset(years),
        files_now,
        before,
        lying,
        in_force if in_force.exists() else None,
    )


def _hold(night: Night, candidate: Candidate, held: dict[str, str]) -> None:
    """Moves the sources of reports that the policy holds back from the loaded or unchanged ones into quarantine."""
    night.held |= held
    rows_of = pc.is_in(pc.field("report_id"), pa.array(sorted(held)))
    versions = [
        r
        for p in candidate.parquet("sources")
        for r in pq.read_table(p, filters=rows_of).to_pylist()
    ]
    keys = {(r["source_uri"], r["source_sha256"]) for r in versions}
    seen = {(s.uri, s.sha256): s for s in night.seen if (s.uri, s.sha256) in keys}
    loaded = {(s.uri, s.sha256) for s in night.loaded} & keys
    aside = []
    for row in versions:
        key = row["source_uri"], row["source_sha256"]
        if not row["is_current"]:
            continue
        source = seen.get(key) or sources.Seen(
            row["source_uri"], row["source_name"], row["source_sha256"], row["size"]
        )
        why = reasons.problem(HELD, finding=held[row["report_id"]])
        aside.append((source, why))
        if key in seen:
            night.quarantined += 1
            night.unchanged -= key not in loaded
    night.loaded = sources.Packed(s for s in night.loaded if (s.uri, s.sha256) not in keys)
    _set_aside(night, aside)


def compare(
    night: Night, candidate: Candidate, planned: plan.Outline
) -> tuple[str, dict[str, dict[str, int]]] | None:
    """What the candidate changes against the state in force, as a text and in counts; None where nothing is in force yet."""
    if night.previous is None:
        return None
    next_state = dataclasses.replace(
        night.previous, path=candidate.path, id="the next state", files=candidate.listing
    )
    compared = difference.difference(night.previous, next_state, planned.touched())
    return states.difference_text(compared), compared.counts


def publish(night: Night, candidate: Candidate, planned: plan.Outline) -> None:
    """Builds `warehouse.duckdb`, moves the link, removes the oldest states."""
    changed, retrusted = planned.partitions(planned.touched()), planned.partitions(night.retrusted)
    version = parser_version()
    database.build(candidate, night.previous, changed, retrusted, max(1, len(planned)), version)
    counts = dataclasses.asdict(night.judgement.counts)
    night.snapshot = candidate.publish(
        night.run_id, version, night.register.digest, night.judged_by(), counts
    )
    snapshots.prune(night.data_dir, night.settings.keep)


def tell(night: Night, summary: dict) -> str:
    """Writes the morning report, sends it where the settings say, and returns it."""
    before = (
        night.previous.read("quality_findings", ["rule_id"])["rule_id"].to_pylist()
        if night.previous
        else []
    )
    now_ = night.judgement.findings["rule_id"].to_pylist() if night.judgement else before
    text = morning.markdown(summary, morning.by_rule(now_, before), night.seconds)
    files.write_atomic(night.data_dir / "state" / "morning.md", text.encode())
    wrong = morning.send(night.settings.webhook, summary, text) if night.settings.webhook else None
    if wrong:
        print(f"fazhi: {wrong}", file=sys.stderr)
    return text


def finish(night: Night, outcome: str) -> dict:
    """Closes the run in the journal and returns its summary."""
    if outcome not in ("published", "prepared") and night.previous:
        night.figures = _content(night.previous).rows["metrics"]
    row = run_row(night, outcome)
    Journal(night.data_dir).finish({k: _told(v) for k, v in row.items()})
    by_severity = dict.fromkeys(tables.SEVERITIES, 0)
    findings = (
        night.judgement.findings
        if night.judgement
        else night.previous.read("quality_findings", ["severity"])
        if night.previous
        else None
    )
    for severity in findings["severity"].to_pylist() if findings is not None else []:
        by_severity[severity] += 1
    return {
        **{k: v for k, v in row.items() if k not in ("started_at", "finished_at")},
        "findings": by_severity,
        "warehouse": str(night.data_dir / "warehouse.duckdb"),
        "snapshot": (night.snapshot or night.previous).id
        if night.snapshot or night.previous
        else None,
        "held_back_because": night.judgement.reasons if night.judgement else [],
        "changes": night.changes[1] if night.changes else None,
        "difference": night.changes[0] if night.changes and night.settings.prepare else None,
        "quarantine": [
            {
                "source_name": q["source_name"],
                "reason_code": q["reason_code"],
                "message": q["message"],
            }
            for q in night.quarantine
            if q["last_seen_run"] == night.run_id
        ],
    }
