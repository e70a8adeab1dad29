"""What a user would do instead, each as short as such a script would be: `others.py` starts them.

usage: python tests/tools/benchmarks/contestants.py run NAME SOURCES STORE     one night: all reports below SOURCES into STORE
       python tests/tools/benchmarks/contestants.py count NAME STORE           reports that a reader finds there, and how many of them twice
       python tests/tools/benchmarks/contestants.py ask NAME STORE             seconds of three questions
       python tests/tools/benchmarks/contestants.py find NAME SOURCES          the figures or headings of each report, as JSON lines
"""

from __future__ import annotations

import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

WORDS = json.loads(
    Path(os.environ["BENCH_WORDS"]).read_text(encoding="utf-8")
)  # measure words, and the names of the metrics with their codes
NUMBER = r"(\d[\d,]*(?:\.\d+)?)\s*([余多]?)\s*([万亿]?)\s*([余多]?)\s*"
HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+[.、．]).*$", re.M
)
TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}


def texts(sources: str) -> Iterator[tuple[str, str]]:
    """(path, text) of every report."""
    for path in sorted(Path(sources).rglob("*.txt")):
        yield str(path), path.read_text(encoding="utf-8")


# A script with regular expressions --------------------------------------------------------------------------------------------------------


def figures_by_regex() -> Callable[[str], list[dict]]:
    """Digits with a measure word; the metric is the one whose name stands nearest before them in the sentence."""
    figure = re.compile(NUMBER + "(" + "|".join(map(re.escape, WORDS["measure"])) + ")")
    codes = dict(WORDS["metrics"])
    name = re.compile("|".join(map(re.escape, sorted(codes, key=len, reverse=True))))

    def find(text: str) -> list[dict]:
        found = []
        for m in figure.finditer(text):
            if m[5] in ("年", "月", "日"):
                continue
            start = max(text.rfind(mark, 0, m.start()) for mark in "。；\n") + 1
            near = name.findall(text, start, m.start())
            value = float(m[1].replace(",", "")) * TIMES[m[3]]
            metric, sentence = codes[near[-1]] if near else "other", text[start : m.end()]
            found.append(
                {
                    "start": m.start(),
                    "value": value,
                    "unit": m[5],
                    "metric": metric,
                    "sentence": sentence,
                }
            )
        return found

    return find


def figures_and_headings() -> Callable[[str], list[dict]]:
    """What the script finds, headings too."""
    figures = figures_by_regex()
    return lambda text: (
        figures(text) + [{"heading": m.end() - len(m[0].lstrip())} for m in HEADING.finditer(text)]
    )


def year_and_place(text: str) -> tuple[int | None, str | None]:
    """From the first line."""
    m = re.search(
        r"(?:(.*?[县区市]))?(.*?[镇乡]|.*?街道).*?(20\d\d)年", text.lstrip().split("\n")[0]
    )
    return (int(m[3]), m[2]) if m else (None, None)


def regex_sqlite(sources: str, store: str) -> None:
    """Everything anew each night, a commit a report."""
    Path(store).mkdir(parents=True, exist_ok=True)
    find = figures_by_regex()
    with sqlite3.connect(f"{store}/reports.sqlite") as c:
        c.executescript(
            "drop table if exists reports; drop table if exists figures; drop table if exists headings;"
            "create table reports (path text, year int, place text, body text);"
            "create table figures (path text, start int, value real, unit text, metric text, sentence text);"
            "create table headings (path text, start int, line text)"
        )
        for path, text in texts(sources):
            c.execute(
                "insert into reports values (?, ?, ?, ?)", (path, *year_and_place(text), text)
            )
            rows = [
                (path, f["start"], f["value"], f["unit"], f["metric"], f["sentence"])
                for f in find(text)
            ]
            c.executemany("insert into figures values (?, ?, ?, ?, ?, ?)", rows)
            c.executemany(
                "insert into headings values (?, ?, ?)",
                [(path, m.start(), m[0]) for m in HEADING.finditer(text)],
            )
            c.commit()


# dlt and dbt-duckdb -----------------------------------------------------------------------------------------------------------------------


MODELS = {
    "reports": "select path, year, place, body from {{ source('raw', 'raw_reports') }}",
    "figures": "select path, start, value, unit, metric, sentence from {{ source('raw', 'raw_figures') }}",
    "by_year": "select r.year, f.metric, sum(f.value) as total, count(distinct r.path) as reports from {{ ref('figures') }} f join {{ ref('reports') }} r using (path) group by all",
}


def dlt_dbt(sources: str, store: str) -> None:
    """dlt loads reports and figures, replacing what was there; dbt builds three tables of them anew."""
    import dlt

    find, home = figures_by_regex(), Path(store).absolute()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

    def reports():
        for path, text in texts(sources):
            year, place = year_and_place(text)
            yield {"path": path, "year": year, "place": place, "body": text}

    def figures():
        for path, text in texts(sources):
            yield [{"path": path, **f} for f in find(text)]

    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(home / "pipelines"),
        destination=dlt.destinations.duckdb(str(home / "store.duckdb")),
        dataset_name="raw",
    )
    pipeline.run(
        [dlt.resource(reports, name="raw_reports"), dlt.resource(figures, name="raw_figures")],
        write_disposition="replace",
    )
    project = home / "dbt"
    (project / "models").mkdir(parents=True, exist_ok=True)
    (project / "dbt_project.yml").write_text(
        "name: bench\nprofile: bench\nmodels: {bench: {+materialized: table}}\n"
    )
    (project / "profiles.yml").write_text(
        f"bench: {{target: d, outputs: {{d: {{type: duckdb, path: '{home}/store.duckdb'}}}}}}\n"
    )
    (project / "models" / "raw.yml").write_text(
        "version: 2\nsources: [{name: raw, schema: raw, tables: [{name: raw_reports}, {name: raw_figures}]}]\n"
    )
    for name, sql in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    dbt = Path(sys.executable).parent / "dbt"
    options = ["--project-dir", str(project), "--profiles-dir", str(project), "--quiet"]
    subprocess.run(
        [str(dbt), "run", "--full-refresh", *options],
        check=True,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"},
    )


# What finds numbers or headings only ------------------------------------------------------------------------------------------------------


def jionlp_figures() -> Callable[[str], list[dict]]:
    """jionlp has amounts of money; other numbers it only reads once they are cut out."""
    import jionlp

    def find(text: str) -> list[dict]:
        found = jionlp.ner.extract_money(text)
        return [
            {
                "start": f["offset"][0],
                "value": _number(f["detail"]["num"]),
                "unit": "元",
                "metric": None,
            }
            for f in found
        ]

    return find


def _number(said: object) -> float | None:
    try:
        return float(said[0] if isinstance(said, list) else said)
    except (TypeError, ValueError):
        return None


def recognizers_figures() -> Callable[[str], list[dict]]:
    """recognizers-text for Chinese numbers: no measure words, no metrics."""
    from recognizers_number import Culture, NumberRecognizer

    model = NumberRecognizer(Culture.Chinese).get_number_model()

    def find(text: str) -> list[dict]:
        return [
            {
                "start": f.start,
                "value": _number(f.resolution["value"]),
                "unit": None,
                "metric": None,
            }
            for f in model.parse(text)
        ]

    return find


def docling_headings() -> Callable[[str], list[dict]]:
    """docling on the report as a web page, one paragraph a line."""
    import html
    import io

    from docling.datamodel.base_models import DocumentStream
    from docling.document_converter import DocumentConverter

    converter = DocumentConverter()

    def find(text: str) -> list[dict]:
        page = (
            "<html><body>"
            + "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
            + "</body></html>"
        )
        made = converter.convert(
            DocumentStream(name="a.html", stream=io.BytesIO(page.encode()))
        ).document
        heads = [x.text for x, _ in made.iterate_items() if x.label in ("section_header", "title")]
        return [{"heading": text.find(h)} for h in heads]

    return find


STORES = {"regex": regex_sqlite, "dlt": dlt_dbt}
FINDERS = {
    "regex": figures_and_headings,
    "jionlp": jionlp_figures,
    "recognizers": recognizers_figures,
    "docling": docling_headings,
}
QUESTIONS = {
    "regex": (
        "select year, sum(value) from figures join reports using (path) where metric = 'disputes_received' group by year",
        "select path, body from reports where body like '%网格员%' and body like '%调解%' limit 20",
        "select sentence from figures order by value desc limit 1",
    ),
    "dlt": (
        "select year, total from by_year where metric = 'disputes_received'",
        "select path, body from reports where body like '%网格员%' and body like '%调解%' limit 20",
        "select sentence from figures order by value desc limit 1",
    ),
    "fazhi": (
        "select report_year, sum(total) from metrics_by_place where metric_code = 'disputes_received' and level = 'province' group by 1",
        "from search('网格员 调解')",
        "select sentence from figures order by value desc nulls last limit 1",
    ),
}


def _connect(name: str, store: str):
    if name == "regex":
        return sqlite3.connect(f"file:{store}/reports.sqlite?mode=ro", uri=True)
    import duckdb

    return duckdb.connect(
        f"{store}/{'store' if name == 'dlt' else 'warehouse'}.duckdb", read_only=True
    )


def count(name: str, store: str) -> list[int]:
    """[reports that a reader finds, how many of them more than once]; [0, 0] where nothing can be opened."""
    column = "report_id" if name == "fazhi" else "path"
    unreadable = sqlite3.Error
    if name != "regex":
        import duckdb

        unreadable = duckdb.Error
    try:
        rows = _connect(name, store).execute(
            f"select count(*), count(*) - count(distinct {column}) from reports"
        )
        return list(rows.fetchone())
    except unreadable:
        return [0, 0]


def ask(name: str, store: str) -> list[float]:
    """Seconds of each question, the best of three."""
    connection, taken = _connect(name, store), []
    for question in QUESTIONS[name]:
        rounds = []
        for _ in range(3):
            begin = time.perf_counter()
            connection.execute(question).fetchall()
            rounds.append(time.perf_counter() - begin)
        taken.append(min(rounds))
    return taken


def main() -> None:
    """See usage."""
    what, name, *rest = sys.argv[1:]
    if what == "run":
        STORES[name](*rest)
    elif what == "count":
        print(json.dumps(count(name, *rest)))
    elif what == "ask":
        print(json.dumps(ask(name, *rest)))
    else:
        find = FINDERS[name]()
        begin = time.perf_counter()
        out = [{"doc": Path(path).stem, "found": find(text)} for path, text in texts(rest[0])]
        taken, memory = (
            time.perf_counter() - begin,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        )
        print(json.dumps({"seconds": taken, "memory": memory}))
        for line in out:
            print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
