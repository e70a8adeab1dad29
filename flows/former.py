"""What became of a figure whose identifier is of a text that is not in force any more.

The identifier of a figure names its report by the report's text and its place by an offset there
(`schemas.keys`). A report that is issued again has another text, so its figures have other
identifiers; what was cited is looked up here, and followed to the like figure in force.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import transforms
from flows import standing
from flows.database import ask
from flows.terminal import number, visible
from schemas.errors import FazhiError
from schemas.language import marked, say, value_in_words
from schemas.metrics import metrics
from transforms import numerals, readers
from transforms.report import Report
from warehouse import engine, landing, snapshots

Row = dict[str, Any]
IDENTIFIER = re.compile(r"([0-9a-f]{16})-c([0-9]{6,9})")
_UNNAMED = "other"  # the code of figures that no metric fits: they are not alike by it
_NUMBERS = re.compile(r"[\s0-9零〇一二两三四五六七八九十百千万亿.,%]+")


@dataclass(frozen=True, slots=True)
class Former:
    """A figure that the state in force does not have under its identifier, and what became of it.

    `report` is the row of its report (see warehouse/sql/explore/report.sql). `figure` is what
    stands at its place there (`quote`, `sentence`, `value`, `value_high`, `unit`, `status`,
    `metric_code`, `name_zh`, `name_en`, `char_start`); None where no figure is read there.
    `outcome` is
      superseded, other_report_of_body_and_year, same_report, withdrawn
                     as in report_history.reason
      moved          the report is in force with other blanks, so the figure stands elsewhere
      not_read       the report is in force, and this version reads no figure there
      another_text   the bytes are in force, and another text is read from them now
      left           the report is in the earlier state `state` alone
      other_bearer   the identifier is another figure's now (see `other_bearer`)
    `successor` is the row of the report in force, None where there is none. `like` is the row of
    the like figure there (as in `Standing.figures`), None where there is none. `likeness` says how
    it was found: same_place, same_words (the sentence but for its numbers), same_metric; "" for
    none.
    """

    metric_id: str
    outcome: str
    report: Row
    figure: Row | None
    successor: Row | None = None
    like: Row | None = None
    likeness: str = ""
    state: str | None = None


def what_became(database: Path, data_dir: Path, metric_id: str) -> Former | None:
    """Returns what became of a figure that the published file `database` does not have.

    Former texts come from the file itself, else from the bytes landed in `data_dir`, else from
    the states that are kept there. None where the identifier is none, or of no report known.
    """
    match = IDENTIFIER.fullmatch(metric_id)
    if match is None:
        return None
    report_id, char_start = match[1], int(match[2])
    report = _report(database, report_id)
    if report is None:
        return _in_an_earlier_state(database, data_dir, metric_id, report_id)
    readings, figure = None, None
    for readings in _readings(database, data_dir, report):
        figure = next((r for r in _figures(readings) if r["char_start"] == char_start), None)
        if figure:
            break
    if report["is_current"]:
        return _in_force(database, metric_id, report, readings, figure)
    successor = _report(database, report["replaced_by"]) if report["replaced_by"] else None
    return _followed(database, metric_id, report["reason"], report, readings, figure, successor)


def other_bearer(database: Path, data_dir: Path, metric_id: str) -> Former | None:
    """Returns the figure that an earlier text of a report in force had under this identifier,
    where the figure that has it now is another one; None where there is none, as nearly always.

    That can be where a report was received again with other blanks.
    """
    match = IDENTIFIER.fullmatch(metric_id)
    report = _report(database, match[1]) if match else None
    if match is None or report is None or not report["is_current"]:
        return None
    char_start = int(match[2])
    place = _without_blanks(report["text"], char_start)
    for readings in _readings(database, data_dir, report):
        figure = next((r for r in _figures(readings) if r["char_start"] == char_start), None)
        if figure and _without_blanks(readings.text, char_start) != place:
            found = _in_force(database, metric_id, report, readings, figure)
            return replace(found, outcome="other_bearer") if found else None
    return None


def bearer_line(former: Former) -> str:
    """Returns what `other_bearer` found as a line."""
    quote = " ".join(former.figure["quote"].split()) if former.figure else ""
    now = f", which is {former.like['metric_id']} now" if former.like else ""
    return visible(
        f"mind: an earlier text of this report, with other blanks, had another figure under this "
        f"identifier: 「{quote}」{now}"
    )


def note_on(database: Path, report_id: str) -> str | None:
    """Returns a line on a report that is not in force: why, and which one is; None for others."""
    report = _report(database, report_id)
    if report is None or report["is_current"]:
        return None
    note = say("not in force: {why}", why=say(_OUTCOMES[report["reason"]]))
    successor = _report(database, report["replaced_by"]) if report["replaced_by"] else None
    if successor:
        name, report_id = successor["source_name"], successor["report_id"]
        note += say("; in force: {name}, report {report_id}", name=name, report_id=report_id)
    return visible(note)


def _followed(
    database: Path,
    metric_id: str,
    outcome: str,
    report: Row,
    readings: Report | None,
    figure: Row | None,
    successor: Row | None,
) -> Former:
    """Returns a figure with the like one of the report that took the place of its own."""
    like, likeness = None, ""
    if successor and figure and readings:
        published = standing.of_report(database, successor["report_id"]).figures
        like, likeness = find_like(figure, _figures(readings), published)
    return Former(metric_id, outcome, report, figure, successor, like, likeness)


def _in_force(
    database: Path, metric_id: str, report: Row, readings: Report | None, figure: Row | None
) -> Former | None:
    """Returns a figure whose report is in force: its blanks may be others now."""
    if readings is None or figure is None:
        shown = _numeral_at(database, metric_id)
        return Former(metric_id, "not_read", report, shown, report) if shown else None
    place = _without_blanks(readings.text, figure["char_start"])
    for row in standing.of_report(database, report["report_id"]).figures:
        if _without_blanks(report["text"], row["char_start"]) == place:
            return Former(metric_id, "moved", report, figure, report, row, "same_place")
    return Former(metric_id, "not_read", report, figure, report)


def _in_an_earlier_state(
    database: Path, data_dir: Path, metric_id: str, report_id: str
) -> Former | None:
    """Returns a figure whose report only a kept earlier state has, the newest first."""
    for kept in reversed(snapshots.history(data_dir)):
        former_file = kept.path / "warehouse.duckdb"
        if not former_file.exists() or not standing.report_of_figure(former_file, metric_id):
            continue
        report = _report(former_file, report_id)
        figures = standing.of_report(former_file, report_id).figures
        figure = next((row for row in figures if row["metric_id"] == metric_id), None)
        if report is None or figure is None:
            continue
        now = standing.report_of_bytes(database, report["source_sha256"])
        if now is None:
            return Former(metric_id, "left", report, figure, state=kept.id)
        published = standing.of_report(database, now).figures
        like, likeness = find_like(figure, figures, published)
        successor = _report(database, now)
        return Former(metric_id, "another_text", report, figure, successor, like, likeness, kept.id)
    return None


def _report(database: Path, report_id: str) -> Row | None:
    names, rows = ask(database, engine.script("explore/report.sql"), {"report": report_id})
    return dict(zip(names, rows[0])) if rows else None


def _readings(database: Path, data_dir: Path, report: Row) -> Iterator[Report]:
    """Yields the report as read from each of its texts: the stored one, then those of its bytes.

    Texts that differ in blanks alone are of one report.
    """
    document = readers.Document(report["text"], "text/plain", "utf-8", "")
    if not report["is_current"]:
        try:
            yield transforms.parse(document)
        except FazhiError:
            pass  # it was read with what stood beside its text in the file
    _, rows = ask(
        database,
        "select distinct source_sha256 from sources where report_id = $1 order by all",
        [report["report_id"]],
    )
    for (sha256,) in rows:
        if report["is_current"] and sha256 == report["source_sha256"]:
            continue
        try:
            yield transforms.parse(readers.read(landing.load(data_dir, sha256)))
        except (FazhiError, OSError, ValueError):
            continue  # bytes that are lost or refused today tell nothing


def _figures(report: Report) -> list[Row]:
    """Returns the figures of a report that was just read, in the order of its text."""
    names = {metric.code: (metric.name_zh, metric.name_en) for metric in metrics()}
    return [
        {
            "char_start": reading.figure.start,
            "quote": report.text[reading.figure.start : reading.figure.end],
            "sentence": report.text[
                reading.figure.sentence_start : reading.figure.sentence_end
            ].strip(),
            "value": reading.figure.value,
            "value_high": reading.figure.value_high,
            "unit": reading.figure.unit,
            "status": reading.status,
            "metric_code": reading.decision.code,
            "name_zh": names[reading.decision.code][0],
            "name_en": names[reading.decision.code][1],
        }
        for reading in report.readings
    ]


def _numeral_at(database: Path, metric_id: str) -> Row | None:
    """Returns the number that stands at the place of a figure, which is none by this version."""
    names, rows = ask(
        database,
        "select char_start, quote, kind from numerals where numeral_id = replace($1, '-c', '-n')",
        [metric_id],
    )
    return dict(zip(names, rows[0])) if rows else None


def _without_blanks(text: str, offset: int) -> int:
    """Returns how many characters that are no blanks stand before an offset."""
    return len("".join(text[:offset].split()))


def find_like(figure: Row, figures: list[Row], published: list[Row]) -> tuple[Row | None, str]:
    """Returns the figure of another report that is most like this one, and how it was found.

    `figures` are all of its own report, `published` all of the other, both in the order of the
    text. The same sentence but for its numbers comes first (same_words), then the most similar
    sentence with the same metric and status (same_metric). (None, "") where there is neither.
    """
    words = _words(figure["sentence"])
    here = [row for row in figures if _words(row["sentence"]) == words]
    there = [row for row in published if _words(row["sentence"]) == words]
    order = [row["char_start"] for row in here].index(figure["char_start"])
    if len(here) == len(there):
        return there[order], "same_words"
    same = [row for row in there if row["metric_code"] == figure["metric_code"]]
    if len(same) == 1:
        return same[0], "same_words"
    like = [
        row
        for row in published
        if row["metric_code"] == figure["metric_code"] != _UNNAMED
        and row["status"] == figure["status"]
    ]
    if not like:
        return None, ""

    def similarity(row: Row) -> float:
        return difflib.SequenceMatcher(None, words, _words(row["sentence"]), False).ratio()

    return max(like, key=similarity), "same_metric"


def _words(sentence: str) -> str:
    """Returns a sentence without numbers and blanks."""
    return _NUMBERS.sub("", numerals.fold(sentence))


_OUTCOMES = {
    "superseded": marked("its report was superseded"),
    "other_report_of_body_and_year": marked("another report of the same body and year was chosen"),
    "same_report": marked("another text of the same report was chosen"),
    "withdrawn": marked("its report was withdrawn by a person"),
    "moved": marked("its report was received again with other blanks"),
    "not_read": marked("its report is in force, and this version reads no such figure there"),
    "another_text": marked("another text is read from the same bytes now"),
    "left": marked("its report is not in the state in force"),
}
_LIKENESS = {
    "same_place": marked("the same place"),
    "same_words": marked("in the same words"),
    "same_metric": marked("of the same metric"),
}


def as_text(former: Former) -> str:
    """Returns what became of a figure as lines: what it said, why it is former, the like figure."""
    report = former.report
    lines = [
        say(
            "{source}: {body} {year}  figure {metric_id}, which is not in force",
            source=report["source_name"],
            body=report["township_name"] or "—",
            year=report["report_year"] or "—",
            metric_id=former.metric_id,
        )
    ]
    if former.figure is None:
        lines.append(say("  no figure is read at its place in the former text"))
    elif "kind" in former.figure:
        quote, kind = former.figure["quote"], former.figure["kind"]
        lines.append(say("  「{quote}」 stands at its place: {kind}", quote=quote, kind=kind))
    else:
        lines += [f"  {' '.join(former.figure['sentence'].split())}", f"  {_line(former.figure)}"]
    lines.append(say("what became of it: {why}", why=say(_OUTCOMES[former.outcome])))
    if former.state:
        lines.append(say("  it is in the earlier state {state}", state=former.state))
    return "\n".join(visible(line) for line in [*lines, *_successor_lines(former)])


def _successor_lines(former: Former) -> list[str]:
    """Returns which report is in force instead, and which of its figures is like the former one."""
    successor = former.successor
    if not successor:
        return []
    name, report_id = successor["source_name"], successor["report_id"]
    lines = [say("  in force: {name}, report {report_id}", name=name, report_id=report_id)]
    if successor["issued_on"]:
        lines[0] += say(", issued on {day}", day=successor["issued_on"])
    if former.like:
        lines.append(
            say(
                "  there, {likeness}: {figure}, trust: {trust}, figure {metric_id}",
                likeness=say(_LIKENESS[former.likeness]),
                figure=_line(former.like),
                trust=value_in_words(former.like["trust"]),
                metric_id=former.like["metric_id"],
            )
        )
    elif former.outcome != "not_read":
        lines.append(say("  no figure there is like it: it is gone"))
    return lines


def _line(figure: Row) -> str:
    value = number(figure["value"])
    if figure["value_high"] is not None:
        value += f"–{number(figure['value_high'])}"
    quote = " ".join(figure["quote"].split())
    return (
        f"「{quote}」 = {value} {figure['unit']}, {value_in_words(figure['status'])}: "
        f"{figure['metric_code']} {figure['name_zh']}"
    )
