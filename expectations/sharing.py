"""Finds the reports that share half of their text or more with an earlier report, for the rules
about shared texts.

Reports that share much are found by bands of MinHash (Broder 1997; Leskovec, Rajaraman and Ullman,
Mining of Massive Datasets, ch. 3): in each band a report is compared with the first and with the
one before it, so the work grows with the number of reports and not with its square. What they share
is then counted in the texts, sentence by sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import duckdb

PAIRS_AT_ONCE = 4_000  # pairs whose texts are compared together: texts are large
READ_FROM_FILES_UP_TO = 5_000  # reports whose texts are read from the files they lie in


def find_shared_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Compares all reports and makes the relations shared_texts and shared_figures.

    It reads the tables reports, metrics and text_fingerprints of the schema `main`.
    """
    _find_pairs(connection, judged="select report_id from reports")
    _compare(connection, [])


def find_shared_texts_of_changed(
    connection: duckdb.DuckDBPyConnection, files_of: Callable[[set[str], str], list[str]]
) -> None:
    """Compares the changed reports, and those that share a band with one, and makes the same
    relations.

    It reads also the schema `published` and the relations report_changed and changed_bands. Pairs
    of reports that are as they were, and were a pair before, are left out: what was found of them
    holds. The relations judged_own and judged_other then have the reports whose text was compared
    with the body's own earlier report, and with another's. `files_of` gives the Parquet files in
    which reports lie: where these are few, the texts of all are not read.
    """
    near = "select report_id from text_fingerprints semi join changed_bands using (band, hash)"
    _find_pairs(connection, judged=f"from report_changed union {near}")
    connection.execute(_statement("pairs", schema="published", pairs="pairs_before"))
    connection.execute(_statement("settled"))
    paired = {
        report_id
        for (report_id,) in connection.execute(
            "select a from pairs union select b from pairs"
        ).fetchall()
    }
    few = 0 < len(paired) <= READ_FROM_FILES_UP_TO
    _compare(connection, files_of(paired, "reports") if few else [])


def _find_pairs(connection: duckdb.DuckDBPyConnection, judged: str) -> None:
    """Makes the relations judged, judged_bands and pairs, for the reports that the query `judged`
    gives.
    """
    connection.execute(f"create or replace temp table judged as {judged}")
    connection.execute(
        "create or replace temp table judged_bands as"
        " select distinct band, hash from text_fingerprints semi join judged using (report_id)"
    )
    connection.execute(_statement("pairs", schema="main", pairs="pairs"))


def _compare(connection: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    """Compares the texts of the pairs, read from Parquet files or, given none, from the table
    reports.
    """
    columns = "report_id, township_name, county_name, report_year, text"
    reports = connection.read_parquet(files, hive_partitioning=False) if files else None
    if reports is not None:
        reports.create_view("reports_in_files", replace=True)
    source = "reports" if reports is None else "reports_in_files"
    connection.execute(f"create or replace temp view texts as select {columns} from {source}")
    connection.execute(_statement("likely"))
    connection.execute(_statement("shared_empty"))
    count = connection.sql("select count(*) from likely").fetchall()[0][0]
    shared_now, shared_rows = _statement("shared_now"), _statement("shared_rows")
    for start in range(0, count, PAIRS_AT_ONCE):
        connection.execute(shared_now, [start, start + PAIRS_AT_ONCE])
        connection.execute(shared_rows)


def _statement(name: str, **words: str) -> str:
    """Returns the text of a file in expectations/sql, with words put in the place of {names}."""
    text = (
        resources.files("expectations").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    )
    for placeholder, word in words.items():
        text = text.replace(f"{{{placeholder}}}", word)
    return text
