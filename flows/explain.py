"""One report with everything that was read from it: printed in the terminal, or as a page that
needs no network.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

import transforms
from flows import former
from flows.standing import (
    Standing,
    as_text,
    decision_line,
    figure_as_text,
    of_report,
    report_of_bytes,
    report_of_figure,
)
from flows.terminal import number, table, visible
from schemas.errors import Rejected, UsageError
from schemas.language import choose, marked, say, value_in_words
from schemas.language import reading as in_words
from schemas.marks import written_out
from schemas.metrics import SURE, metrics
from transforms import readers
from transforms.report import Reading, Report

COLUMNS = [
    "offset",
    "quote",
    "value",
    "qualifier",
    "status",
    "metric_code",
    "confidence",
    "trust",
    "why",
]
NOT_PUBLISHED = marked("not published: no rule has judged it")
_IN_CHINESE = dict(
    zip(
        COLUMNS,
        ("位置", "原文", "数值", "限定", "状态", "指标代码", "置信度", "可信度", "依据"),
    )
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a report's text that is shown in one way.

    `start` and `end` are character offsets into the report's text, `text` is what stands there.
    `kind` is "figure", "heading", another kind of numeral (a date, say), or "" for plain text.
    `reading` is None for all but figures.
    """

    start: int
    end: int
    text: str
    kind: str
    reading: Reading | None = None


def find_report(report: str, data_dir: Path) -> tuple[str, bytes]:
    """Returns the name and the bytes of a report.

    `report` is the path of a file, the report_id or file name of a published report, or the
    report_id of a former one. Raises UsageError where none exists, or where several published
    reports have the name.
    """
    if os.path.isfile(report):
        return os.path.basename(report), Path(report).read_bytes()
    path = data_dir / "warehouse.duckdb"
    if path.exists():
        import duckdb

        from warehouse import landing

        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute(
                "select source_name, source_sha256 from sources where is_current and (report_id "
                "= $1 or source_name = $1) order by all",
                [report],
            ).fetchall()
            found = (
                found
                or connection.execute(
                    "select source_name, source_sha256 from report_history where report_id = $1",
                    [report],
                ).fetchall()
            )
        if len({sha256 for _, sha256 in found}) > 1:
            raise UsageError(
                say(
                    "{count} reports are called {report}: name one by its report_id",
                    count=len(found),
                    report=report,
                )
            )
        if found:
            return found[0][0], landing.load(data_dir, found[0][1])
    raise UsageError(
        say(
            "no file and no published report is called {report} (looked in {data_dir})",
            report=report,
            data_dir=data_dir,
        )
    )


def stretches(report: Report) -> list[Stretch]:
    """Cuts the text of a report at its figures, other numerals and headings.

    Returns the stretches in the order of the text; joined they are the whole text.
    """
    marked = [Stretch(r.figure.start, r.figure.end, "", "figure", r) for r in report.readings] + [
        Stretch(m.start, m.end, "", m.kind) for m in report.numerals if m.kind != "figure"
    ]
    marked.sort(key=lambda stretch: (stretch.start, stretch.end))
    headings = [(s.start, min(s.body_start, s.end)) for s in report.sections if s.marker]
    found: list[Stretch] = []
    position = 0
    for mark in [*marked, Stretch(len(report.text), len(report.text), "", "")]:
        if mark.start < position:
            continue
        found += _cut_at_headings(report.text, position, mark.start, headings)
        if mark.end > mark.start:
            text = report.text[mark.start : mark.end]
            found.append(Stretch(mark.start, mark.end, text, mark.kind, mark.reading))
        position = mark.end
    return found


def _cut_at_headings(
    text: str, start: int, end: int, headings: list[tuple[int, int]]
) -> Iterator[Stretch]:
    """Yields text[start:end] in stretches that lie wholly inside or wholly outside a heading."""
    edges = {edge for heading in headings for edge in heading if start < edge < end}
    for a, b in itertools.pairwise(sorted({start, end} | edges)):
        is_heading = any(first <= a < last for first, last in headings)
        yield Stretch(a, b, text[a:b], "heading" if is_heading else "")


def figure_rows(report: Report, standing: Standing | None = None) -> list[tuple[Any, ...]]:
    """Returns one row a figure, with the values of COLUMNS, in the order of the text.

    The trust is the one of the published state; empty where the report is not published.
    """
    trust = standing.trust if standing else {}
    return [
        (
            reading.figure.start,
            " ".join(report.text[reading.figure.start : reading.figure.end].split()),
            _value(reading),
            value_in_words(reading.figure.qualifier),
            value_in_words(reading.status),
            reading.decision.code,
            round(reading.decision.confidence, 2),
            value_in_words(trust.get(reading.figure.start, "")),
            in_words(reading.decision.reason),
        )
        for reading in report.readings
    ]


def _value(reading: Reading) -> float | str:
    """Returns the value of a figure, or both ends of a range as text."""
    low, high = reading.figure.value, reading.figure.value_high
    return low if high is None else f"{number(low)}–{number(high)}"


def print_report(
    name: str,
    report: Report,
    standing: Standing | None = None,
    note: str = NOT_PUBLISHED,
) -> None:
    """Prints a report: headings bold, figures marked with their code, other numerals dim; then a
    row a figure; then the findings and decisions in `standing`, or `note` where that is None.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    shown = Text()
    for stretch in stretches(report):
        text = "".join(c if c.isprintable() or c == "\n" else "·" for c in stretch.text)
        if stretch.reading:
            decision = stretch.reading.decision
            is_actual = stretch.reading.status == "actual"
            shown.append(f"⟦{text}", style="bold green" if is_actual else "bold yellow")
            is_sure = decision.confidence >= SURE
            shown.append(f" {decision.code}⟧", style="green" if is_sure else "bold red")
        else:
            styles = {"heading": "bold", "unexplained": "bold red", "": ""}
            shown.append(text, style=styles.get(stretch.kind, "dim"))
    claims = report.claims
    console.print(
        visible(
            say(
                "{name}: {title}  year {year}  issuer {issuer}  issued on {issued_on}",
                name=name,
                title=claims.title or say("(no title)"),
                year=claims.report_year,
                issuer=claims.issuer,
                issued_on=claims.issued_on,
            )
        )
        + "\n",
        markup=False,
    )
    console.print(shown)
    kinds = Counter(mark.kind for mark in report.numerals)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    print("\n" + say("numerals: {counted}", counted=counted))
    heads = [choose(name, _IN_CHINESE[name]) for name in COLUMNS]
    print("\n" + table(heads, figure_rows(report, standing), limit=48))
    print("\n" + (as_text(standing) if standing else say(note)))


def as_page(name: str, report: Report, standing: Standing | None = None) -> str:
    """Returns what `print_report` prints as one HTML page; all text from the document is
    escaped.
    """
    names = {metric.code: metric.name_zh for metric in metrics()}

    def hint(reading: Reading) -> str:
        decision = reading.decision
        return (
            f"{names[decision.code]} ({decision.code})  {_plain(_value(reading))}  "
            f"{value_in_words(reading.status)}  {decision.confidence:.2f}\n"
            f"{in_words(decision.reason)}"
        )

    environment = jinja2.Environment(
        # the page shares style and frame with the pages of quality
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader("flows"), jinja2.PackageLoader("expectations")]
        ),
        autoescape=True,
        finalize=written_out,
        trim_blocks=True,
    )
    return environment.get_template("explain.html").render(
        name=name,
        report=report,
        stretches=stretches(report),
        rows=figure_rows(report, standing),
        standing=standing,
        decision_line=decision_line,
        columns=[choose(name, _IN_CHINESE[name]) for name in COLUMNS],
        names=names,
        unsure_below=SURE,
        hint=hint,
        plain=_plain,
    )


def _plain(value: Any) -> str:
    """Returns a cell as text."""
    return number(value) if isinstance(value, float) else str(value)


def explain(what: str, data_dir: Path, html_file: str | None) -> None:
    """Prints a report or a published figure, or writes the report as a page where `html_file` names
    a file.

    `what` is the path of a file, or the report_id or file name of a published report, or a
    metric_id. Findings, trust and decisions are those of the published state in `data_dir`. Of a
    figure of a former text it prints what became of it.
    Raises UsageError for what is no report, and for a file that cannot be written.
    """
    database = data_dir / "warehouse.duckdb"
    if database.exists() and not os.path.isfile(what):
        report_id = report_of_figure(database, what)
        if report_id and not html_file:
            print(figure_as_text(of_report(database, report_id, what)))
            if bearer := former.other_bearer(database.resolve(), data_dir, what):
                print("\n" + former.bearer_line(bearer))
            return
        became = None if report_id else former.what_became(database.resolve(), data_dir, what)
        if became:
            if html_file:
                raise UsageError(
                    say("{what} is not in force: without --html its fate is told", what=what)
                )
            print(former.as_text(became))
            return
        what = report_id or what
    name, content = find_report(what, data_dir)
    try:
        report = transforms.parse(readers.read(content))
    except Rejected as error:
        raise UsageError(f"{name}: {error.message} [{error.reason_code}]") from None
    standing = None
    if database.exists():
        published = report_of_bytes(database, hashlib.sha256(content).hexdigest())
        standing = of_report(database, published) if published else None
    if html_file:
        try:
            page = as_page(name, report, standing)
            Path(html_file).write_text(page, encoding="utf-8", errors="replace")
        except OSError as error:
            raise UsageError(
                say(
                    "{html_file} cannot be written ({reason})",
                    html_file=html_file,
                    reason=error.strerror,
                )
            ) from None
        print(html_file)
    else:
        note = former.note_on(database, what) if database.exists() else None
        print_report(name, report, standing, *([note] if note else []))
    sys.stdout.flush()
