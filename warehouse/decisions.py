"""What people decided about quarantined sources: one line a decision, never rewritten."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path


def _path(data_dir: Path) -> Path:
    return data_dir / "decisions" / "dismissed.jsonl"


def dismiss(data_dir: Path, row: dict, because: str, by: str) -> None:
    """Notes that a quarantined source needs nobody's attention: it holds for these bytes and this reason, not for a later version."""
    path = _path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {
        **{k: row[k] for k in ("source_uri", "source_sha256", "reason_code")},
        "because": because,
        "by": by,
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    with open(path, "a", encoding="utf-8") as f:
        f.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
        f.flush()
        os.fsync(f.fileno())


def dismissed(data_dir: Path) -> dict[tuple[str, str | None, str], str]:
    """(address, digest, reason code) -> why it was dismissed."""
    try:
        lines = _path(data_dir).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    rows = [json.loads(line) for line in lines if line.endswith("}")]
    return {(r["source_uri"], r["source_sha256"], r["reason_code"]): r["because"] for r in rows}
