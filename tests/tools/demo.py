"""A pull without the internet: serves the small portal of samples/ on loopback, pulls it twice, and shows what came.

usage: python -m tests.tools.demo [DATA]

`make demo` calls it. The reports of the portal are made up, like those of samples/.
"""

from __future__ import annotations

import functools
import shlex
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.paths import FAZHI, ROOT

PORTAL = ROOT / "samples" / ".portal"
PORT = ":8000/"  # the one that the portal's list of sources names
QUESTION = (
    "select r.township_name, r.report_year, s.source_name, s.link_text, s.list_address "
    "from sources s join reports r using (report_id) where is_current order by all"
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


def show(*arguments: str) -> int:
    """Runs a command of fazhi and shows it with its output. Returns its exit code."""
    print(f"\n$ fazhi {shlex.join(arguments)}", flush=True)
    return subprocess.run([str(FAZHI), *arguments], cwd=ROOT).returncode


def main() -> int:
    """Serves, pulls, shows. Returns the first exit code that is not 0."""
    data = sys.argv[1] if len(sys.argv) > 1 else "data/demo"
    handler = functools.partial(_Quiet, directory=str(PORTAL))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    print(f"a portal of made-up reports is served at {address}index.html")
    listed = Path(ROOT, data) / "sources.toml"
    listed.parent.mkdir(parents=True, exist_ok=True)
    text = (PORTAL / "sources.toml").read_text(encoding="utf-8")
    listed.write_text(text.replace(f"http://127.0.0.1{PORT}", address), encoding="utf-8")
    pull = ("--sources", f"{data}/sources.toml", "--data", data)
    codes = [
        show("run", *pull),
        show("sql", QUESTION, "--data", data),
        show("sources", "pull", *pull),
        show("sources", "list", *pull),
    ]
    server.shutdown()
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    raise SystemExit(main())
