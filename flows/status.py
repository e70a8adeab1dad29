"""Tells what is published and how the last runs ended: `fazhi status`."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

from flows.terminal import table
from schemas.language import choose, marked, say
from warehouse import files, pins
from warehouse.folder import DataFolder
from warehouse.journal import INTERRUPTED, Journal

_COLUMNS = [
    "run_id",
    "started_at",
    "outcome",
    "seen",
    "loaded",
    "unchanged",
    "quarantined",
    "figures",
]
_IN_CHINESE = dict(
    zip(_COLUMNS, ("运行", "开始时间", "结果", "来源", "载入", "未变", "隔离", "数据"))
)
_OUTCOMES = {
    "published": marked("published"),
    "unchanged": marked("unchanged"),
    "held": marked("held"),
    "prepared": marked("prepared"),
    "failed": marked("failed"),
    "interrupted": marked("interrupted"),
    "running": marked("running"),
}
_SHOWN_RUNS = 10  # the last ones


def as_json(folder: Path) -> str:
    """Returns the published state and all runs as JSON: `published`, `pinned`, `upgrade`, `runs`.

    `published` is the description of the state without its files, null before the first; `pinned`
    says which state is pinned and why, else null; `upgrade` what the next run makes anew because
    another version made the state (see `upgrade.Upgrade`), else null; `runs` are oldest first.
    """
    published = _published(folder)
    if published:
        published.pop("files", None)
    pinned = pins.read(folder)
    noted = dataclasses.asdict(pinned) if pinned else None
    anew = None
    if published:
        from flows import upgrade  # it loads pyarrow, which an empty folder does without

        anew = upgrade.upgrade(folder)
    status = {
        "published": published,
        "pinned": noted,
        "upgrade": anew.as_json() if anew else None,
        "runs": _runs(folder),
    }
    return json.dumps(status, ensure_ascii=False, indent=1)


def as_text(folder: Path) -> str:
    """Returns the published state and the last ten runs as text for a person.

    If the last run failed, its reason stands below, and where the whole error was kept.
    """
    runs = _runs(folder)
    if not runs:
        return say("no run yet in {folder}: fazhi run SOURCE --data {folder}", folder=folder)
    published = _published(folder)
    if published:
        head = say(
            "published: {state} (digest {digest}, parser {parser}) in {database}",
            state=published["id"],
            digest=published["digest"][:16],
            parser=published["parser_version"],
            database=DataFolder(folder).database,
        )
    else:
        head = say("nothing is published yet")
    if pinned := pins.read(folder):
        head = f"{head}\n{pinned.line()}"
    if published:
        from flows import upgrade

        head = "\n".join([head, *upgrade.lines(folder)])
    rows = [tuple(run.get(name) for name in _COLUMNS) for run in runs[-_SHOWN_RUNS:]]
    heads = [choose(name, _IN_CHINESE[name]) for name in _COLUMNS]
    shown = [(*row[:2], say(_OUTCOMES.get(str(row[2]), str(row[2]))), *row[3:]) for row in rows]
    return "\n".join([head, table(heads, shown), *_failure(folder, runs[-1])])


def log(folder: Path) -> str:
    """Returns one line of JSON a run, oldest first, with its times and how many seconds it took.

    A run that is running or was interrupted has no end.
    """
    lines = []
    for run in _runs(folder):
        seconds = None
        if run.get("finished_at"):
            begun, ended = (_time(run[name]) for name in ("started_at", "finished_at"))
            seconds = int((ended - begun).total_seconds())
        lines.append(json.dumps({**run, "seconds": seconds}, ensure_ascii=False))
    return "\n".join(lines)


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _runs(folder: Path) -> list[dict[str, Any]]:
    """Returns all runs, oldest first; the last one is `running` as long as its process lives."""
    runs = Journal(folder).runs()
    lock = DataFolder(folder).lock
    if runs and runs[-1]["outcome"] == INTERRUPTED and files.is_held_by_a_running_process(lock):
        runs[-1]["outcome"] = "running"
    return runs


def _failure(folder: Path, run: dict[str, Any]) -> list[str]:
    """Returns why a run failed, as lines; [] where it did not fail."""
    if run["outcome"] != "failed":
        return []
    reason = run.get("failure") or say("the reason was not kept")
    lines = [say("the last run failed: {reason}", reason=reason)]
    file = DataFolder(folder).failures / f"{run['run_id']}.txt"
    return [*lines, say("  all of it: {file}", file=file)] if file.exists() else lines


def _published(folder: Path) -> dict[str, Any] | None:
    """Returns the description of the published state; None where nothing is published."""
    current = DataFolder(folder).current
    if not current.exists():
        return None
    published: dict[str, Any] = json.loads((current / "snapshot.json").read_text(encoding="utf-8"))
    return published
