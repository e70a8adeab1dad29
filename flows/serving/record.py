"""Records a run that needed no flow on a Prefect server, by plain requests to its API.

Prefect's own client takes longer to load than such a run lasts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
import urllib.request
from pathlib import Path
from typing import Any

from flows.night.summary import Summary
from flows.serving.server import BUSY_SECONDS, Server
from flows.settings import RunSettings
from flows.terminal import first_line, visible

FLOW = "nightly"


def add_run(server: Server, settings: RunSettings, summary: Summary, text: str) -> None:
    """Adds a completed run of the flow `nightly` with its morning report `text` as artifact.

    What goes wrong there is no failure of the run: a line on stderr says it.
    """
    try:
        flow = _post(server, "flows/", {"name": FLOW})
        run = {
            "flow_id": flow["id"],
            "name": run_name(settings.as_parameters()),
            "parameters": {"settings": settings.as_parameters()},
            "state": {"type": "COMPLETED", "name": "Completed", "message": summary["outcome"]},
        }
        recorded = _post(server, "flow_runs/", run)
        artifact = {
            "key": artifact_key(settings.data_dir),
            "type": "markdown",
            "description": f"{summary['run_id']}: {summary['outcome']}",
            "data": text,
            "flow_run_id": recorded["id"],
        }
        _post(server, "artifacts/", artifact)
    except Exception as error:
        reason = visible(f"{type(error).__name__}: {first_line(error)}")
        print(f"fazhi: Prefect's server did not record this run ({reason})", file=sys.stderr)


def artifact_key(data_dir: str) -> str:
    """Returns the key of the morning reports of a data folder on Prefect's page.

    A server may know several data folders; a key has lowercase letters, digits and dashes only.
    """
    digest = hashlib.sha256(data_dir.encode(errors="surrogateescape")).hexdigest()[:6]
    name = re.sub(r"[^a-z0-9]+", "-", Path(data_dir).name.lower()).strip("-")
    return "-".join(part for part in ("morning-report", name, digest) if part)


def run_name(parameters: dict[str, Any]) -> str:
    """Returns the name under which a run stands on Prefect's page, from the settings of the run."""
    names = ", ".join(Path(source).name for source in parameters["sources"][:3])
    return f"{FLOW}: {names} into {Path(parameters['data_dir']).name}"


def _post(server: Server, path: str, values: dict[str, Any]) -> dict[str, Any]:
    """Sends values as JSON; returns the answer's. Raises OSError or ValueError for no good
    answer.
    """
    environment = {**os.environ, **server.environment()}
    headers = {"Content-Type": "application/json"}
    if login := environment.get("PREFECT_API_AUTH_STRING"):
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    elif key := environment.get("PREFECT_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    address = f"{server.api_url.rstrip('/')}/{path}"
    request = urllib.request.Request(address, json.dumps(values).encode(), headers)
    with urllib.request.urlopen(request, timeout=BUSY_SECONDS) as answer:
        result: dict[str, Any] = json.load(answer)
        return result
