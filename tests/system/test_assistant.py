"""The server for assistants as they reach it: by the client of the SDK, over standard input and output and over HTTP."""

import asyncio
import subprocess
import time
import tomllib
import urllib.error
import urllib.request

import pytest

pytest.importorskip("mcp", reason="the extra [mcp] is not installed")

from mcp import Client, StdioServerParameters

from flows import database
from flows.assistant import server, tools
from tests.support import nights
from tests.support.paths import FAZHI, ROOT
from tests.support.ports import free_port

pytestmark = pytest.mark.slow
QUESTIONS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["question"]
# questions whose rows are of figures: how their identifier is asked for with the rest
OF_FIGURES = {
    1: "metric_id, metric_id_before",
    3: "metric_id",
    4: "f.row_id as metric_id",
    5: "m.metric_id",
    8: "metric_id",
    9: "metric_id",
    10: "m.metric_id, p.metric_id as metric_id_of_residents",
    11: "m.metric_id",
    16: "m.metric_id",
    18: "metric_id",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The samples, published."""
    folder = tmp_path_factory.mktemp("assistant") / "data"
    nights.night(folder, ROOT / "samples")
    return folder


def asked(target, calls):
    """The answers to (tool, arguments) of one client; none of them may fail."""

    async def ask():
        async with Client(target) as client:
            results = [await client.call_tool(tool, arguments) for tool, arguments in calls]
        assert [result.content[0].text for result in results if result.is_error] == []
        return [result.structured_content for result in results]

    return asyncio.run(ask())


def test_the_twenty_questions_are_answered_as_by_the_command_and_their_figures_can_be_traced(data):
    assert len(QUESTIONS) == 20
    state = data.joinpath("current").resolve()
    target = server.build(data)
    plain = asked(target, [("query", {"sql": one["sql"], "limit": 2000}) for one in QUESTIONS])
    for one, answer in zip(QUESTIONS, plain):
        names, rows = database.ask(state / "warehouse.duckdb", one["sql"])
        assert answer["columns"] == names, one["ask"]
        assert answer["rows"] == [[tools.plain(value) for value in row] for row in rows], one["ask"]
        assert (answer["state"], answer["is_whole"]) == (state.name, True)
    numbered = dict(enumerate(QUESTIONS, 1))
    traced = asked(
        target,
        [
            ("query", {"sql": numbered[n]["sql"].replace("select ", f"select {ids}, ", 1), "limit": 2000})
            for n, ids in OF_FIGURES.items()
        ],
    )
    quotes = {}
    for (n, ids), answer in zip(OF_FIGURES.items(), traced):
        more = ids.count(",") + 1
        assert [row[more:] for row in answer["rows"]] == plain[n - 1]["rows"]
        for row in answer["rows"]:
            figures = [answer["figures"][metric_id] for metric_id in row[:more]]
            assert all(f["quote"] in f["sentence"] and f["trust"] and f["report_id"] for f in figures)
        quotes[n] = [answer["figures"][row[0]]["quote"] for row in answer["rows"]]
    assert (quotes[1], quotes[5]) == (["306起"], ["96%"])


def test_an_assistant_that_starts_the_command_finds_its_way_from_words_to_the_place_of_a_figure(data):
    sql = (
        "select value, metric_id, report_id from body_year_metrics "
        "where township_name = '江源镇' and metric_code = 'dispute_resolution_rate'"
    )
    target = StdioServerParameters(command=str(FAZHI), args=["mcp", "--data", str(data)])
    found, answer = asked(target, [("find_metric", {"words": "化解率"}), ("query", {"sql": sql})])
    assert found["metrics"][0]["metric_code"] == "dispute_resolution_rate"
    ((value, metric_id, report_id),) = answer["rows"]
    figure = answer["figures"][metric_id]
    assert (value, figure["quote"], figure["trust"]) == (96.0, "96%", "questioned")
    explained, passage, searched = asked(
        target,
        [
            ("explain_figure", {"metric_id": metric_id}),
            ("show_passage", {"report_id": report_id, "at": figure["char_start"], "characters": 80}),
            ("search", {"words": "网格员 调解", "limit": 3}),
        ],
    )
    assert "48 of 52 is 92.31%, not 96%" in explained["findings"][0]["message"]
    assert passage["text"][figure["char_start"] - passage["char_start"] :].startswith("96%")
    assert len(searched["hits"]) == 3 and searched["hits"][0]["figures"]
    assert len({one["state"] for one in (found, answer, explained, passage, searched)}) == 1


def test_over_http_own_names_are_answered_and_others_refused(data):
    port = free_port()
    command = [str(FAZHI), "mcp", "--http", "--port", str(port), "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().strip()
        assert address == f"http://127.0.0.1:{port}/mcp"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20).close()
            except urllib.error.HTTPError:
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        try:
            (answer,) = asked(address, [("query", {"sql": "select count(*) from reports"})])
            assert answer["rows"] == [[12]]
            for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
                request = urllib.request.Request(
                    address, data=b"{}", headers={"Content-Type": "application/json", **headers}
                )
                with pytest.raises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(request, timeout=20)
                assert refused.value.code == 403
        finally:
            process.terminate()


def test_without_a_published_state_the_command_says_what_to_do(fazhi, tmp_path):
    ended = fazhi("mcp", "--data", tmp_path / "none")
    assert ended.returncode == 1
    assert ended.stderr == (
        f"fazhi: nothing is published in {tmp_path / 'none'} yet: fazhi run SOURCE --data {tmp_path / 'none'}\n"
    )
