"""What whoever looks in the morning is told."""

import http.server
import json
import threading

import pytest

from flows.night import morning
from tests.support import reports


@pytest.fixture
def hook():
    """A webhook on loopback: its address, and what it heard."""
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *said):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", heard
    server.shutdown()


@pytest.mark.slow
def test_every_run_tells_what_changed_what_waits_and_how_long_it_took(night, tmp_path, hook):
    url, heard = hook
    data, sources = tmp_path / "data", tmp_path / "in"
    reports.write(sources, range(4))
    (sources / "news.txt").write_text("今天天气很好。\n", encoding="utf-8")
    night(data, sources, webhook=url)
    first = (data / "state" / "morning.md").read_text(encoding="utf-8")
    assert first.startswith("# Night r000001\n\nPublished.\n")
    assert (
        "| loaded | 4 |" in first
        and "| news.txt | not_a_report |" in first
        and "| publish |" in first
    )
    reports.write(sources, [4])
    night(data, sources, webhook=url)
    second = (data / "state" / "morning.md").read_text(encoding="utf-8")
    assert "| reports | 1 | 0 | 0 |" in second and "| metrics | 5 | 0 | 0 |" in second
    night(data, sources, webhook=url)
    assert "Nothing had changed" in (data / "state" / "morning.md").read_text(encoding="utf-8")
    assert [h["outcome"] for h in heard] == ["published", "published", "unchanged"]
    assert heard[1]["report"] == second and heard[1]["changes"]["reports"] == {
        "added": 1,
        "changed": 0,
        "removed": 0,
    }


def test_a_webhook_that_is_away_costs_the_run_nothing(night, tmp_path, capfd):
    reports.write(tmp_path / "in", range(2))
    summary = night(tmp_path / "data", tmp_path / "in", webhook="http://127.0.0.1:9/")
    assert summary["outcome"] == "published"
    assert "the webhook at 127.0.0.1 did not take the report (URLError: Connection refused)\n" in capfd.readouterr().err


def test_a_run_that_is_held_back_says_why(night, tmp_path):
    (tmp_path / "in").mkdir()
    wrong = reports.text(1).replace("化解100起", "化解90起，化解率99%")
    (tmp_path / "in" / "a.txt").write_text(wrong, encoding="utf-8")
    strict = tmp_path / "strict.toml"
    strict.write_text('[rule]\nrate_follows_from_counts = "hold_publication"\n', encoding="utf-8")
    night(tmp_path / "data", tmp_path / "in", policy=str(strict))
    text = (tmp_path / "data" / "state" / "morning.md").read_text(encoding="utf-8")
    assert "**Held back**" in text and "- rate_follows_from_counts: 1 rows" in text


def test_findings_are_counted_now_and_before():
    assert morning.by_rule(["a", "a", "b"], ["a", "c"]) == {"a": (2, 1), "b": (1, 0), "c": (0, 1)}
