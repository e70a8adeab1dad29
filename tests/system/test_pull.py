"""Pulls from a portal on loopback: layouts, second pulls, faults of servers, kills."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import asyncssh
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from flows.pull import pull_source
from tests.support import portal, pulls
from tests.support.paths import ROOT
from warehouse import landing
from warehouse.pulled import PullLog
from warehouse.source_list import PullSource

pytestmark = pytest.mark.system
LIMIT = pulls.LIMIT
SCRIPTED = {"pages": "/api/list?page={n}", "json": "data.rows[].url"}


@pytest.fixture
def server():
    with portal.serve() as running:
        yield running


def source(server, layout: str, path: str, kind: str = "web", **more) -> PullSource:
    return PullSource(layout, kind, server.base + path, delay_seconds=0, **more)


def contents(result) -> dict[str, str]:
    """Path -> digest of what a pull brought."""
    return {
        a.address.split("/", 3)[3]: a.sha256
        for a in result.answers
        if a.kind != "list" and a.sha256 and not a.problem
    }


LAYOUTS = [
    ("trs", "/trs/", "web", {}, [f"trs/t20250219_{2101364 + i}.htm" for i in range(7)]),
    ("gbk", "/gbk/list1.html", "web", {}, [f"gbk/d{i}.html" for i in range(10, 15)]),
    ("net", "/net/list.aspx", "web", {}, [f"net/show.aspx?id={i}" for i in range(20, 26)]),
    ("api", "/api/index.html", "web", SCRIPTED, [f"api/d{i}.html" for i in range(30, 36)]),
    ("files", "/files/", "web", {}, [f"files/{i}.docx" for i in range(40, 43)]),
    ("listing", "/listing/", "http", {}, [f"listing/2023/{i}.txt" for i in range(60, 64)]),
    ("series", "/series/", "web", {"pages": "index_{n}.html"}, [f"series/d{i}.html" for i in range(90, 97)]),
    ("sitemap", "/sitemap.xml", "web", {}, [f"gbk/d{i}.html" for i in range(10, 15)]),
    ("csv", "/addresses.csv", "web", {}, [f"gbk/d{i}.html" for i in range(10, 15)]),
]


@pytest.mark.parametrize(
    ("name", "path", "kind", "more", "expected"),
    [LAYOUTS[0], *(pytest.param(*layout, marks=pytest.mark.slow) for layout in LAYOUTS[1:])],
)
def test_a_layout_is_walked_to_its_end_and_a_second_pull_brings_no_body(
    server, tmp_path, name, path, kind, more, expected
):
    pulled = source(server, name, path, kind, **more)
    first = pull_source(pulled, tmp_path, LIMIT)
    assert sorted(contents(first)) == sorted(expected)
    assert (first.error, first.failed, first.new) == (None, 0, len(expected))
    for digest in contents(first).values():
        data = landing.object_path(tmp_path, digest).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
    before = server.bodies()
    second = pull_source(pulled, tmp_path, LIMIT)
    assert (second.new, second.changed, second.unchanged) == (0, 0, len(expected))
    assert contents(second) == contents(first)
    # pages of a form can be turned with their bodies alone; behind the last page of a series is 404
    again = {"net": 2, "series": 1}.get(name, 0)
    assert server.bodies() - before == again


@pytest.mark.slow
def test_a_local_list_of_addresses_names_the_hosts_in_it(server, tmp_path):
    with portal.serve() as other:
        listed = tmp_path / "地址 1.csv"
        rows = [f"{server.base}/gbk/d10.html", f"{other.base}/files/40.docx"]
        listed.write_text("\n".join(["网址", *rows, "file:///etc/passwd"]), encoding="utf-8")
        pulled = PullSource("list", "web", listed.as_uri(), delay_seconds=0)
        first = pull_source(pulled, tmp_path / "data", LIMIT)
        assert sorted(contents(first)) == ["files/40.docx", "gbk/d10.html"]
        second = pull_source(pulled, tmp_path / "data", LIMIT)
        assert (second.unchanged, second.transferred, second.error) == (2, 0, None)
        listed.unlink()
        gone = pull_source(pulled, tmp_path / "data", LIMIT)
        assert "cannot be read" in gone.error


def test_attachments_of_a_page_know_where_they_were_linked(server, tmp_path):
    result = pull_source(source(server, "carrier", "/carrier/"), tmp_path, LIMIT)
    by_path = {a.address.removeprefix(server.base): a for a in result.answers}
    page, attachment = by_path["/carrier/d50.html"], by_path["/carrier/50.docx"]
    assert page.carrier
    assert attachment.list_address == page.address
    assert attachment.link_text == f"{portal.title(50)}.docx"
    assert page.link_title == portal.title(50)


@pytest.mark.slow
def test_what_changed_is_brought_and_what_vanished_stays(server, tmp_path):
    pulled = source(server, "trs", "/trs/")
    first = contents(pull_source(pulled, tmp_path, LIMIT))
    server.texts[2] = portal.detail(2).replace("102起", "109起")
    server.gone.add("/trs/t20250219_2101365.htm")
    second = pull_source(pulled, tmp_path, LIMIT)
    changed = "trs/t20250219_2101366.htm"
    assert (second.new, second.changed, second.unchanged, second.failed) == (0, 1, 5, 1)
    assert contents(second)[changed] != first[changed]
    log = PullLog(tmp_path, "trs")
    gone = log.latest[f"{server.base}/trs/t20250219_2101365.htm"]
    assert (gone.problem, gone.detail) == ("gone", "the server answers 404")
    assert log.good[gone.address].sha256 == first["trs/t20250219_2101365.htm"]


@pytest.mark.slow
def test_a_server_without_etags_is_told_by_digests(server, tmp_path):
    server.validators = False
    pulled = source(server, "gbk", "/gbk/list1.html")
    pull_source(pulled, tmp_path, LIMIT)
    second = pull_source(pulled, tmp_path, LIMIT)
    assert (second.new, second.changed, second.unchanged) == (0, 0, 5)


FAULTS = {
    "403": "forbidden",
    "404": "gone",
    "500": "http_error",
    "busy": "busy",
    "soft404": "soft_404",
    "captcha": "captcha_page",
    "login": "login_page",
    "bomb": "too_large",
    "endless": "too_large",
    "loop": "redirect_loop",
    "to-local": "refused_address",
    "to-file": "refused_address",
    "to-ftp": "refused_address",
    "to-metadata": "refused_address",
    "truncated": "cut_off",
    "reset": "cut_off",
}


@pytest.mark.slow
def test_each_fault_costs_its_own_address_and_nothing_else(server, tmp_path):
    good = ["429", "503", "charset", "moved"]
    path = f"/faults/?of={','.join([*FAULTS, *good])}"
    with portal.serve() as elsewhere:
        server.elsewhere = elsewhere.base
        result = pull_source(source(server, "faults", path), tmp_path, LIMIT)
        assert elsewhere.requests == []
    problems = {a.address.rsplit("/", 1)[1]: a.problem for a in result.answers if a.problem}
    assert problems == FAULTS
    assert sorted(contents(result)) == sorted(
        [*(f"fault/{name}" for name in good), "trs/t20250219_2101365.htm"]
    )
    assert result.error is None
    moved = next(a for a in result.answers if a.address.endswith("/fault/moved"))
    assert moved.final_address == f"{server.base}/trs/t20250219_2101366.htm"


@pytest.mark.slow
def test_servers_that_stall_or_send_a_byte_at_a_time_cost_their_own_address(server, tmp_path):
    pulled = source(server, "slow", "/faults/?of=stall,trickle", timeout_seconds=1.0)
    result = pull_source(pulled, tmp_path, LIMIT)
    problems = {a.address.rsplit("/", 1)[1]: a.problem for a in result.answers if a.problem}
    assert problems == {"stall": "timed_out", "trickle": "timed_out"}
    assert (result.new, result.failed, result.error) == (1, 2, None)
    assert sum(result.retries.values()) == 6


@pytest.mark.slow
def test_a_list_without_an_end_is_left_at_the_limit_of_depth(server, tmp_path):
    result = pull_source(source(server, "turning", "/turning/1", max_depth=9), tmp_path, LIMIT)
    assert result.stopped_by == "max_depth"
    assert len(server.requests) - 1 == 10  # and robots.txt


@pytest.mark.slow
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    with portal.serve(certificate=own_certificate(tmp_path)) as secure:
        result = pull_source(source(secure, "secure", "/gbk/list1.html"), tmp_path, LIMIT)
        assert secure.requests == []
    assert result.error.startswith("bad_certificate")
    assert contents(result) == {}


def own_certificate(folder: Path) -> Path:
    """Writes a certificate for 127.0.0.1 that signs itself, with its key."""
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256").pyca_key
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "own.pem"
    as_pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    private = key.private_bytes(*as_pem, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.slow
def test_a_name_below_the_source_that_leads_into_the_local_network_is_not_asked(server, tmp_path):
    """The names are those of a test domain, which a patched look-up answers with 127.0.0.1."""
    port = server.base.rsplit(":", 1)[1]
    names = "".join(f"http://{n}.example.test:{port}/gbk/d10.html\n" for n in ("a", "www"))
    code = (
        "import socket, sys; socket.gethostbyname = lambda name: '127.0.0.1'; "
        "from flows.pull import web; sys.exit(web.main())"
    )
    pulled = PullSource("names", "web", f"http://www.example.test:{port}/list.txt", delay_seconds=0)
    server.lists["/list.txt"] = names.encode()
    fields = {"source": dataclasses.asdict(pulled), "data_dir": str(tmp_path), "max_bytes": LIMIT}
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(fields), cwd=ROOT, text=True, check=True
    )
    assert done.returncode == 0
    log = PullLog(tmp_path, "names")
    by_host = {a.address.split("/")[2].split(".")[0]: a for a in log.latest.values() if a.kind == "page"}
    assert by_host["a"].problem == "refused_address"
    assert by_host["www"].problem is None


def test_a_source_that_is_down_says_so_and_raises_nothing(server, tmp_path):
    server.down = True
    result = pull_source(source(server, "down", "/trs/"), tmp_path, LIMIT)
    assert result.error.startswith(("cut_off", "unreachable"))
    assert contents(result) == {}


@pytest.mark.slow
def test_limits_end_a_pull_and_are_named(server, tmp_path):
    pulled = source(server, "trs", "/trs/", max_pages=4)
    result = pull_source(pulled, tmp_path, LIMIT)
    assert result.stopped_by == "max_pages"
    assert len(server.requests) - 1 == 4  # and robots.txt


def test_robots_are_respected_and_the_agent_names_a_contact(server, tmp_path):
    server.robots = "User-agent: *\nDisallow: /trs/t\n"
    pulled = source(server, "trs", "/trs/", contact="data@example.cn")
    result = pull_source(pulled, tmp_path, LIMIT)
    assert contents(result) == {}
    assert {a.problem for a in result.answers if a.kind == "page"} == {"robots"}
    assert all("data@example.cn" in agent for agent in server.agents)
    assert not any(path.startswith("/trs/t") for path, *_ in server.requests)


@pytest.mark.slow
def test_a_warc_of_the_pull(server, tmp_path):
    warcio = pytest.importorskip("warcio.archiveiterator")
    file = tmp_path / "pull.warc.gz"
    pulled = source(server, "moved", "/faults/?of=moved")
    pull_source(pulled, tmp_path, LIMIT, warc=str(file))
    with open(file, "rb") as stream:
        kept = {
            record.rec_headers.get_header("WARC-Target-URI"): (
                record.http_headers.get_statuscode(),
                record.content_stream().read(),
            )
            for record in warcio.ArchiveIterator(stream)
        }
    assert kept[f"{server.base}/fault/moved"] == ("302", b"")
    page = f"{server.base}/trs/t20250219_2101366.htm"
    assert kept[page] == ("200", portal.detail(2).encode())


@pytest.mark.slow
def test_a_pull_that_is_killed_anywhere_goes_on_where_it_was(server, tmp_path):
    """Kills the pull after its n-th answer, for several n; what is known then is not asked again."""
    pulled = source(server, "trs", "/trs/")
    expected = contents(pull_source(pulled, tmp_path / "whole", LIMIT))
    for number, answers in enumerate((1, 3, 6, 9)):
        data = tmp_path / f"killed{number}"
        server.delay = 0.05
        killed = _kill_after(pulled, data, answers)
        server.delay = 0.0
        before = len(server.requests)
        result = pull_source(pulled, data, LIMIT)
        assert result.resumed
        assert contents(result) == expected
        asked = [path for path, *_ in server.requests[before:] if path != "/robots.txt"]
        assert not {server.base + path for path in asked} & killed


def _kill_after(pulled: PullSource, data: Path, answers: int) -> set[str]:
    """Runs a pull in a process and kills it with its spider. Returns the addresses answered."""
    process = pulls.start(pulled, data)
    deadline = time.monotonic() + 60
    while len(PullLog(data, pulled.name).answered) < answers and time.monotonic() < deadline:
        time.sleep(0.01)
    pulls.kill(process)
    return set(PullLog(data, pulled.name).answered)

