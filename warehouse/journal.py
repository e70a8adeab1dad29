"""The record of runs: one line a start and one an end, appended and never changed. What killed runs left open is closed by the next."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path


class Journal:
    """`data/state/runs.jsonl`."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "state" / "runs.jsonl"

    def _lines(self) -> list[dict]:
        try:
            raw = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        return [entry for line in raw.splitlines() if (entry := _entry(line))]

    def _append(self, entry: dict) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        needs_break = (
            self.path.exists()
            and self.path.stat().st_size
            and not self.path.read_bytes().endswith(b"\n")
        )
        with open(self.path, "a", encoding="utf-8") as f:
            line = json.dumps({**entry, "check": _check(entry)}, ensure_ascii=False, sort_keys=True)
            f.write(("\n" if needs_break else "") + line + "\n")
            f.flush()
            os.fsync(f.fileno())

    def restore(self, published: list[dict]) -> None:
        """Takes up the rows of the published table runs that are missing or left open here: of a run that was killed between publishing
        and its last line, or where the journal was damaged."""
        closed = {r["run_id"] for r in self.runs() if r["outcome"] != "interrupted"}
        for row in published:
            if row["run_id"] not in closed:
                self.finish(row)

    def start(self, started_at: str) -> tuple[str, int]:
        """Opens a run and returns its number and attempt. A run that never ended is taken up again under its number."""
        runs = self.runs()
        last = runs[-1] if runs else None
        if last and last["outcome"] == "interrupted":
            run_id, attempt = last["run_id"], last["attempts"] + 1
        else:
            run_id, attempt = f"r{(int(last['run_id'][1:]) if last else 0) + 1:06d}", 1
        self._append({"event": "start", "run_id": run_id, "attempt": attempt, "at": started_at})
        return run_id, attempt

    def finish(self, run: dict) -> None:
        """Closes a run; `run` is its row of the table runs."""
        self._append({"event": "end", **run})

    def runs(self) -> list[dict]:
        """All runs in order, as rows of the table runs; one without an end has the outcome `interrupted`."""
        rows: dict[str, dict] = {}
        for line in self._lines():
            if line["event"] == "start":
                rows[line["run_id"]] = {
                    "run_id": line["run_id"],
                    "attempts": line["attempt"],
                    "started_at": line["at"],
                    "outcome": "interrupted",
                }
            else:
                rows[line["run_id"]] = {k: v for k, v in line.items() if k != "event"}
        return [rows[run_id] for run_id in sorted(rows)]


def _check(entry: dict) -> str:
    return hashlib.sha256(
        json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()[:12]


def _entry(line: str) -> dict | None:
    """What a line says; None for one that a run was killed over, or that was damaged since."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.pop("check", None) != _check(entry):
        return None
    return entry
