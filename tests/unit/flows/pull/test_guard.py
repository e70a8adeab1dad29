"""Where a pull may go."""

from __future__ import annotations

import pytest

from flows.pull.guard import Guard, is_local

PORTAL = Guard("https://www.example.gov.cn/col/list.html", ("file.example.cn",))


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.gov.cn/a.html",
        "http://www.example.gov.cn/a.html",
        "https://example.gov.cn/a",
        "https://zwgk.example.gov.cn/a",
        "https://file.example.cn/a.docx",
    ],
)
def test_hosts_of_the_source(address):
    assert PORTAL.refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://www.other.gov.cn/a",
        "https://evilexample.gov.cn/a",
        "https://example.gov.cn.evil.cn/a",
        "file:///etc/passwd",
        "ftp://www.example.gov.cn/a",
        "http://127.0.0.1/a",
        "http://127.1/a",
        "http://localhost:9000/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.8/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http:///nohost",
        "http://[broken/",
    ],
)
def test_everything_else_is_refused(address):
    assert PORTAL.refusal(address)


def test_a_named_local_host_is_allowed_with_its_port_alone():
    guard = Guard("http://127.0.0.1:8001/list.html")
    assert guard.refusal("http://127.0.0.1:8001/a") is None
    assert "does not name" in guard.refusal("http://127.0.0.1:8002/a")
    assert "does not name" in guard.refusal("http://127.0.0.1/a")


def test_a_name_may_not_lead_into_the_local_network():
    assert not PORTAL.may_resolve_to("zwgk.example.gov.cn", "192.168.1.4")
    assert PORTAL.may_resolve_to("zwgk.example.gov.cn", "120.79.11.3")
    assert Guard("http://intranet.example/").may_resolve_to("intranet.example", "10.1.1.1")


@pytest.mark.parametrize("address", ["0.0.0.0", "224.0.0.1", "fe80::1%eth0", "100.64.0.1"])
def test_addresses_that_are_not_public(address):
    assert is_local(address)
