"""What others on the same machine try: the short form of the last part of `make faults`."""

from __future__ import annotations

import pytest

from tests.support import reports
from tests.support.nights import night
from tests.tools import attackers


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    home = tmp_path_factory.mktemp("attacked")
    reports.write(home / "in", range(3))
    night(home / "data", home / "in")
    return home / "data"


@pytest.mark.needs_root
def test_a_folder_or_a_key_of_another_user_is_not_used(tmp_path):
    assert attackers.folder_of_another(tmp_path / "folder") == "not used"
    assert attackers.key_of_another(tmp_path / "key") == "refused"


@pytest.mark.slow
@pytest.mark.parametrize("text", attackers.SQL)
def test_no_sql_gets_by_in_place_of_the_condition_on_reports(base, tmp_path, text):
    assert attackers.sql_as_condition(base, tmp_path, text) == "refused"


@pytest.mark.slow
def test_the_api_is_closed_to_who_has_no_key(tmp_path):
    with attackers.standing_server(tmp_path) as server:
        assert attackers.refused(server, "POST", "/flow_runs/filter", Origin=attackers.EVIL)
        assert attackers.refused(server, "POST", "/flow_runs/", Host="evil.example")
        assert not attackers.refused(
            server, "GET", "/admin/version", Authorization=attackers.basic(server.key)
        )
        assert attackers.asked_before(server) == "refused"
        assert attackers.pages_hold_no_key(server) == "not in them"
        assert attackers.stream_refused(server, "/events/in", ["prefect"])
