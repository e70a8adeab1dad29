"""One report with everything that was read from it: in the terminal, or as a page that needs no network."""

from __future__ import annotations

import html
import itertools
import os
import sys
from pathlib import Path
from typing import Any

import transforms
from flows.terminal import table
from schemas.errors import Rejected, UsageError
from schemas.metrics import SURE, metrics
from transforms import readers
from transforms.report import Reading, Report


def bytes_of(report: str, data_dir: Path) -> tuple[str, bytes]:
    """Name and bytes of a file, or of a published report by its identifier or file name. Raises UsageError where there is neither."""
    if os.path.isfile(report):
        return os.path.basename(report), Path(report).read_bytes()
    path = data_dir / "warehouse.duckdb"
    if path.exists():
        import duckdb

        from warehouse import landing

        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute(
                "select source_name, source_sha256 from sources where is_current and (report_id = $1 or source_name = $1) order by all",
                [report],
            ).fetchall()
        if len({sha256 for _, sha256 in found}) > 1:
            raise UsageError(f"{len(found)} reports are called {report}: name one by its report_id")
        if found:
            return found[0][0], landing.load(data_dir, found[0][1])
    raise UsageError(f"no file and no published report is called {report} (looked in {data_dir})")


def pieces(report: Report) -> list[tuple[int, int, str, Reading | None]]:
    """The text cut into stretches, in order and without gaps: (start, end, style, reading).

    Styles: figure, a kind of numeral that is none, heading, or empty.
    """
    marks: list[tuple[int, int, str, Reading | None]] = [
        (r.figure.start, r.figure.end, "figure", r) for r in report.readings
    ]
    marks += [(m.start, m.end, m.kind, None) for m in report.numerals if m.kind != "figure"]
    taken = sorted(marks, key=lambda m: m[:2])
    heads = [(s.start, min(s.body_start, s.end)) for s in report.sections if s.marker]
    out: list[tuple[int, int, str, Reading | None]] = []
    at = 0
    for start, end, style, reading in [*taken, (len(report.text), len(report.text), "", None)]:
        if start < at:
            continue
        for a, b in _split(at, start, heads):
            out.append((a, b, "heading" if any(x <= a < y for x, y in heads) else "", None))
        if end > start:
            out.append((start, end, style, reading))
        at = max(at, end)
    return out


def _split(start: int, end: int, heads: list[tuple[int, int]]) -> list[tuple[int, int]]:
    cuts = sorted({start, end, *(p for head in heads for p in head if start < p < end)})
    return [(a, b) for a, b in itertools.pairwise(cuts) if b > a]


def rows(report: Report) -> list[tuple[Any, ...]]:
    """One row a figure, for the table below the text."""
    return [
        (
            r.figure.start,
            " ".join(report.text[r.figure.start : r.figure.end].split()),
            r.figure.value
            if r.figure.value_high is None
            else f"{r.figure.value:g}–{r.figure.value_high:g}",
            r.figure.qualifier,
            r.status,
            r.decision.code,
            round(r.decision.confidence, 2),
            r.decision.reason,
        )
        for r in report.readings
    ]


NAMES = ["offset", "quote", "value", "qualifier", "status", "metric_code", "confidence", "why"]


def terminal(name: str, report: Report) -> None:
    """Prints the report: headings bold, figures marked with their code, other numerals dim; then a row a figure."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    shown = Text()
    for start, end, style, reading in pieces(report):
        text = "".join(c if c.isprintable() or c == "\n" else "·" for c in report.text[start:end])
        if reading:
            shown.append(
                f"⟦{text}", style="bold green" if reading.status == "actual" else "bold yellow"
            )
            shown.append(
                f" {reading.decision.code}⟧",
                style="green" if reading.decision.confidence >= SURE else "bold red",
            )
        elif style == "heading":
            shown.append(text, style="bold")
        elif style:
            shown.append(text, style="bold red" if style == "unexplained" else "dim")
        else:
            shown.append(text)
    said = report.claims
    console.print(
        f"{name}: {said.title or '(no title)'}  year {said.report_year}  issuer {said.issuer}  issued on {said.issued_on}\n",
        markup=False,
    )
    console.print(shown)
    kinds: dict[str, int] = {}
    for m in report.numerals:
        kinds[m.kind] = kinds.get(m.kind, 0) + 1
    print(
        "\nnumerals: "
        + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items(), key=lambda k: -k[1]))
    )
    print("\n" + table(NAMES, rows(report), limit=48))


_STYLE = """body{font:16px/1.8 "Noto Serif CJK SC","Songti SC",serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
h1{font-size:1.3em}.text{white-space:pre-wrap;overflow-wrap:anywhere}.heading{font-weight:bold}mark{background:#d8f0d8;border-bottom:2px solid #2a7d2a;padding:0 .1em}
mark.planned{background:#fdf0c8;border-color:#b58900}mark.background{background:#e4e4ee;border-color:#777}mark.unsure{border-bottom-style:dashed;border-color:#c0392b}
.other{color:#999}.unexplained{background:#fbd5d5}sup{font:11px sans-serif;color:#2a7d2a;margin-left:.2em}table{border-collapse:collapse;font:13px sans-serif;width:100%}
td,th{border-bottom:1px solid #ddd;padding:.3em .6em;text-align:left;vertical-align:top}td.n{text-align:right}"""


def page(name: str, report: Report) -> str:
    """The same as one HTML page; nothing from the document reaches it unescaped."""
    names = {m.code: m.name_zh for m in metrics()}
    body = []
    for start, end, style, reading in pieces(report):
        text = html.escape(report.text[start:end])
        if reading:
            code = reading.decision.code
            title = html.escape(
                f"{names[code]} ({code})  {reading.figure.value:g}  {reading.status}  confidence {reading.decision.confidence:.2f}\n{reading.decision.reason}"
            )
            css = f"{reading.status}{' unsure' if reading.decision.confidence < SURE else ''}"
            body.append(
                f'<mark class="{css}" id="c{start}" title="{title}">{text}</mark><sup>{html.escape(names[code])}</sup>'
            )
        elif style == "heading":
            body.append(f'<span class="heading">{text}</span>')
        elif style:
            css = "unexplained" if style == "unexplained" else "other"
            body.append(f'<span class="{css}" title="{html.escape(style)}">{text}</span>')
        else:
            body.append(text)
    cells = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=n' if isinstance(v, int | float) else ''}>{html.escape(f'{v:g}' if isinstance(v, float) else str(v))}</td>"
            for v in row
        )
        + "</tr>"
        for row in rows(report)
    )
    said = report.claims
    head = html.escape(f"{said.title or name}")
    facts = html.escape(
        f"{name} · year {said.report_year} · issuer {said.issuer} · issued on {said.issued_on} · {len(report.readings)} figures"
    )
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{head}</title><style>{_STYLE}</style></head><body>'
        f"<h1>{head}</h1><p>{facts}</p><p><mark>actual</mark> <mark class=planned>planned</mark> <mark class=background>background</mark> "
        f'<mark class="actual unsure">unsure</mark> <span class=other>no figure</span> <span class=unexplained>unexplained</span></p>'
        f'<div class="text">{"".join(body)}</div><h2>Figures</h2><table><tr>{"".join(f"<th>{n}</th>" for n in NAMES)}</tr>{cells}</table></body></html>\n'
    )


def explain(what: str, data_dir: Path, html_file: str | None) -> None:
    """Shows a report. Raises UsageError for what is no report."""
    name, data = bytes_of(what, data_dir)
    try:
        report = transforms.parse(readers.read(data))
    except Rejected as error:
        raise UsageError(f"{name}: {error.message} [{error.reason_code}]") from None
    if html_file:
        try:
            Path(html_file).write_text(page(name, report), encoding="utf-8", errors="replace")
        except OSError as error:
            raise UsageError(f"{html_file} cannot be written ({error.strerror})") from None
        print(html_file)
    else:
        terminal(name, report)
    sys.stdout.flush()
