"""Who can do what with the server of `fazhi serve`, and which secrets lie where."""

from __future__ import annotations

import base64
import os
import stat
import urllib.error
import urllib.request

import pytest

from flows.serving import server as servers
from flows.settings import prefect_environment
from schemas.errors import UsageError
from warehouse.files import write_checked_json


def ask(url, key=None, **headers):
    """Status and headers of a request to an API, with a key if given."""
    if key:
        headers["Authorization"] = "Basic " + base64.b64encode(f"fazhi:{key}".encode()).decode()
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server as runs start it, with a Prefect folder of its own."""
    kept = dict(os.environ)
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("home") / "prefect")
    os.environ.update(prefect_environment(verbose=False))
    started = servers.launch(loops=False)
    started.wait()
    yield started
    started.stop()
    os.environ.clear()
    os.environ.update(kept)


@pytest.mark.slow
def test_the_api_asks_for_the_key(server):
    admin = f"{server.api_url}/admin/version"
    assert ask(admin)[0] == 401
    assert ask(admin, "x" * 43)[0] == 401
    assert ask(admin, server.key)[0] == 200
    assert ask(f"{server.api_url}/health")[0] == 200


@pytest.mark.slow
def test_no_web_page_of_another_origin_may_read_the_api(server):
    origin = "http://evil.example"
    _, headers = ask(f"{server.api_url}/admin/version", server.key, Origin=origin)
    allowed = {k.lower(): v for k, v in headers.items()}.get("access-control-allow-origin")
    assert allowed not in ("*", origin)


@pytest.mark.slow
def test_the_folder_of_prefect_is_its_owners_alone_and_an_empty_database_is_kept_there(server):
    home = server.database.home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert len(list(home.glob("empty-*.db"))) == 1
    assert server.database.first_start is None


def test_the_key_of_a_data_folder_is_made_once_and_its_owner_alone_reads_it(tmp_path):
    key = servers.kept_key(tmp_path)
    path = tmp_path / "state" / "server.key"
    assert len(key) >= 40 and servers.kept_key(tmp_path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(UsageError, match="no key that only its owner can read: remove it"):
        servers.kept_key(tmp_path)


@pytest.mark.slow
def test_the_key_goes_to_no_server_of_a_process_that_is_gone(tmp_path, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    note = tmp_path / "state" / "server.json"
    write_checked_json(note, {"api_url": "http://127.0.0.1:9/api", "pid": 2**22 + 1})
    assert servers.known_server(tmp_path) is None
    write_checked_json(note, {"api_url": "http://127.0.0.1:9/api", "pid": os.getpid()})
    assert servers.known_server(tmp_path).key == servers.kept_key(tmp_path)
    for broken in ("", "[]", '{"pid": "x"}', '{"pid": null}'):
        note.write_text(broken)
        assert servers.known_server(tmp_path) is None
