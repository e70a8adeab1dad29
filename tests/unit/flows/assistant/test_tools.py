"""What the tools for assistants answer, asked with the client of the SDK."""

import asyncio
import json

import pytest

pytest.importorskip("mcp", reason="the extra [mcp] is not installed")

from mcp import Client

from flows import database
from flows.assistant import server, tools
from tests.support import nights, reports

DOUBTFUL = reports.text(6).replace("起，化解105起", "起，化解53起，化解率96%")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two reports, and a third whose rate is wrong."""
    folder = tmp_path_factory.mktemp("assistant")
    reports.write(folder / "in", range(2))
    (folder / "in" / "doubtful.txt").write_text(DOUBTFUL, encoding="utf-8")
    nights.night(folder / "data", folder / "in")
    return folder / "data"


def call(data, tool, /, seconds=tools.SECONDS, **arguments):
    """(whether it failed, the answer or the message) of one call."""

    async def asked():
        async with Client(server.build(data, seconds)) as client:
            return await client.call_tool(tool, arguments)

    result = asyncio.run(asked())
    (content,) = result.content
    if result.is_error:
        return True, content.text
    assert result.structured_content == json.loads(content.text)
    return False, result.structured_content


def the(data, query):
    """The rows of a query on the published state."""
    return database.ask(data.joinpath("current").resolve() / "warehouse.duckdb", query)[1]


def answer(data, tool, /, **arguments):
    """The answer of a call that must not fail; it names the state."""
    failed, found = call(data, tool, **arguments)
    assert not failed, found
    assert found["state"] == data.joinpath("current").resolve().name
    return found


def test_the_tools_are_read_only_and_described(data):
    async def listed():
        async with Client(server.build(data)) as client:
            return await client.list_tools()

    found = {tool.name: tool for tool in asyncio.run(listed()).tools}
    assert sorted(found) == [
        "explain_figure", "find_metric", "list_metrics", "list_relations", "query", "search", "show_passage",
    ]  # fmt: skip
    assert all(tool.annotations.read_only_hint for tool in found.values())
    assert "metric_id" in found["query"].description and "trust" in found["query"].description


def test_relations_and_metrics_are_listed(data):
    found = answer(data, "list_relations")
    names = {row["name"]: row for row in found["relations"]}
    assert "metric_id" in names["body_year_metrics"]["columns"] and found["totals"]["reports"] == 3
    (figures,) = answer(data, "list_relations", name="figures")["relations"]
    assert {"name": "trust", "type": "VARCHAR"}.items() <= next(
        column for column in figures["columns"] if column["name"] == "trust"
    ).items()
    disputes = answer(data, "list_metrics", domain="disputes")["metrics"]
    received = next(row for row in disputes if row["metric_code"] == "disputes_received")
    assert (received["name_zh"], received["reports"]) == ("矛盾纠纷受理数", 3)
    assert answer(data, "find_metric", words="法律顾问")["metrics"][0]["metric_code"] == "legal_advisers"


def test_the_rows_of_figures_come_with_quote_trust_and_sentence(data):
    sql = "select township_name, value, metric_id from figures where metric_code = 'dispute_resolution_rate'"
    found = answer(data, "query", sql=sql)
    ((name, value, metric_id),) = found["rows"]
    assert (found["columns"], found["is_whole"]) == (["township_name", "value", "metric_id"], True)
    assert (name, value) == (reports.township(6), 96.0)
    figure = found["figures"][metric_id]
    assert (figure["quote"], figure["trust"], figure["unit"]) == ("96%", "questioned", "%")
    assert figure["sentence"] == "全年受理矛盾纠纷106起，化解53起，化解率96%。"
    assert "note" not in found
    without = answer(data, "query", sql="select sum(value) as total from figures")
    assert without["figures"] == {} and without["note"].startswith("No column metric_id")
    unknown = answer(data, "query", sql="select 'x' as metric_id")
    assert unknown["note"] == "not in force: x"


def test_rows_characters_and_time_are_limited(data):
    found = answer(data, "query", sql="from range(10)", limit=3)
    assert (found["rows"], found["is_whole"]) == ([[0], [1], [2]], False)
    found = answer(data, "query", sql="select repeat('字', 5000) as t from range(100)", limit=100)
    assert found["rows"][0][0] == "字" * 4000 + "… (5000 characters in all)"
    assert (len(found["rows"]), found["is_whole"]) == (49, False)
    slow = "select count(*) from range(100000000000) a, range(100000) b"
    failed, message = call(data, "query", seconds=0.2, sql=slow)
    assert failed and message.endswith("the query took longer than 0.2 s and was stopped: ask for less")


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("query", {"sql": "selec 1"}, "syntax error"),
        ("query", {"sql": " ; "}, "the query is empty"),
        ("query", {"sql": "drop table reports"}, "read-only"),
        ("query", {"sql": "from read_text('/etc/hostname')"}, "disabled by configuration"),
        ("query", {"sql": "copy reports to '/tmp/stolen.csv'"}, "disabled by configuration"),
        ("query", {"sql": "set enable_external_access = true"}, "Cannot"),
        ("query", {}, "sql: Field required"),
        ("query", {"sql": "from reports", "limit": 99999}, "limit: Input should be less than"),
        ("list_relations", {"name": "nothing"}, "no relation is called nothing; there are: body_"),
        ("list_metrics", {"domain": "nothing"}, "no domain is called nothing; there are: context"),
        ("find_metric", {"words": "  "}, "no words to look for"),
        ("search", {"words": ""}, "no words to look for"),
        ("show_passage", {"report_id": "nothing"}, "no report is called nothing"),
        ("explain_figure", {"metric_id": "nothing"}, "no figure is called nothing"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(data, tool, arguments, words):
    failed, message = call(data, tool, **arguments)
    assert failed and words in message
    assert "\n" not in message and "Traceback" not in message


def test_a_search_names_the_figures_of_its_sentences(data):
    hits = answer(data, "search", words="矛盾纠纷 化解率", limit=1)["hits"]
    (hit,) = hits
    assert hit["sentence"].startswith("全年受理矛盾纠纷106起")
    assert [(figure["quote"], figure["trust"]) for figure in hit["figures"]] == [
        ("106起", "unquestioned"), ("53起", "unquestioned"), ("96%", "questioned"),
    ]  # fmt: skip
    filtered = answer(data, "search", words="法律顾问", year=2022)
    assert filtered["hits"] == []


def test_a_passage_is_a_stretch_of_the_text_with_its_figures_and_findings(data):
    ((metric_id, start),) = the(data, "select metric_id, char_start from metrics where quote = '96%'")
    found = answer(data, "show_passage", report_id=metric_id[:16], at=start, characters=60)
    assert found["text"] == DOUBTFUL[found["char_start"] : found["char_end"]] and len(found["text"]) == 60
    shown = {figure["quote"]: figure for figure in found["figures"]}
    assert shown["96%"]["metric_id"] == metric_id and shown["96%"]["township_name"] == reports.township(6)
    for figure in found["figures"]:
        at = figure["char_start"] - found["char_start"]
        assert found["text"][at:].startswith(figure["quote"])
    rules = {finding["rule_id"]: finding["message"] for finding in found["findings"]}
    assert "53 of 106 is 50.00%, not 96%" in rules["rate_follows_from_counts"]
    failed, message = call(data, "show_passage", report_id=metric_id[:16], at=9999)
    assert failed and message.endswith(f"the report has {len(DOUBTFUL)} characters: 9999 is outside")


def test_a_figure_is_explained_with_its_links_and_findings(data):
    ((metric_id,),) = the(data, "select metric_id from metrics where quote = '96%'")
    found = answer(data, "explain_figure", metric_id=metric_id)
    assert (found["is_in_force"], found["figure"]["quote"], found["figure"]["trust"]) == (True, "96%", "questioned")
    assert {(link["kind"], link["figure"]["quote"]) for link in found["links"]} == {
        ("numerator", "53起"), ("denominator", "106起"),
    }  # fmt: skip
    assert [finding["rule_id"] for finding in found["findings"]] == ["rate_follows_from_counts"]
    assert found["explorer_page"] == f"/figure/{metric_id}"


@pytest.mark.slow
def test_a_newer_state_is_asked_at_the_next_call_and_a_former_figure_is_followed(data, tmp_path):
    old = data.joinpath("current").resolve().name
    ((metric_id,),) = the(data, "select metric_id from metrics where quote = '96%'")
    path = data.parent / "in" / "doubtful.txt"

    async def asked():
        async with Client(server.build(data)) as client:
            arguments = {"sql": "select count(*) from metrics where quote = '50%'"}
            first = await client.call_tool("query", arguments)
            path.write_text(DOUBTFUL.replace("96%", "50%"), encoding="utf-8")
            nights.night(data, data.parent / "in")
            second = await client.call_tool("query", arguments)
            third = await client.call_tool("explain_figure", {"metric_id": metric_id})
            return [result.structured_content for result in (first, second, third)]

    first, second, former = asyncio.run(asked())
    assert (first["state"], first["rows"]) == (old, [[0]])
    assert (second["state"], second["rows"]) == (data.joinpath("current").resolve().name, [[1]])
    assert second["state"] != old
    assert (former["is_in_force"], former["outcome"], former["likeness"]) == (False, "superseded", "same_words")
    assert (former["former_figure"]["quote"], former["like_figure"]["quote"]) == ("96%", "50%")
