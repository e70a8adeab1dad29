"""The search index in `warehouse.duckdb`.

`sections` has a number of its own in that file (`section_no`), by which `term_postings` holds the
words of each section (`section_terms` is a view of it). Postings of sections that are no more stay
until the file is written anew: taking them out would touch the whole index. `replaced_sections`
names them, and `search()` leaves them out.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse import engine, files
from warehouse.engine import quoted

NUMBER_DEFINITION = "section_no integer not null"
# the numbers after the highest that was ever given
NEXT_NUMBER = (
    "(select coalesce(max(section_no), 0) from ("
    "select section_no from replaced_sections union all select section_no from sections)) "
    "+ row_number() over ()"
)
# the published file is written anew when postings of replaced sections reach a tenth of the number
# of sections
_WORN_FROM = 10
_NUMBER = "Number of the section in this file; joins to term_postings. 本文件内的章节序号。"
_COMMENTS = {
    "table term_postings": "One row per word and section: what search() reads, in the order of "
    "the words. 每词每节一行：检索索引。",
    "column term_postings.term": "A word of two characters or more, cut as jieba cuts. "
    "两字以上的词。",
    "column term_postings.section_no": "The section, by its number in this file. 章节序号。",
    "column term_postings.occurrences": "How often it stands there. [times] 出现次数。",
    "table replaced_sections": "Sections that are no more and still stand in term_postings: "
    "search() leaves them out. 已被替换、检索时剔除的章节序号。",
    "column replaced_sections.section_no": _NUMBER,
    "column replaced_sections.postings": "How many rows of term_postings it has. [rows] "
    "其索引行数。",
}


def is_worn(path: Path) -> bool:
    """Whether a tenth of the index speaks of sections that are no more, or the file is damaged."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute(
                "select (select count(postings) from replaced_sections) "
                f"> (select count(*) from sections) // {_WORN_FROM}"
            ).fetchall()
            return bool(rows[0][0])
    except duckdb.Error:
        return True


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the tables of the index, empty, in place of those that exist."""
    connection.execute(
        "create or replace table term_postings (term varchar not null, "
        "section_no integer not null, occurrences integer not null)"
    )
    connection.execute(
        "create or replace table replaced_sections "
        "(section_no integer not null, postings integer not null)"
    )


def create_index(connection: duckdb.DuckDBPyConnection, paths: list[str], batch_bytes: int) -> None:
    """Loads the words of all sections from the Parquet files of section_terms, and describes the
    tables of the index.
    """
    connection.execute(f"comment on column sections.section_no is {quoted(_NUMBER)}")
    for subject, text in _COMMENTS.items():
        connection.execute(f"comment on {subject} is {quoted(text)}")
    for batch in files.groups_by_size(paths, batch_bytes):
        insert_postings(connection, batch, "true")


def insert_postings(connection: duckdb.DuckDBPyConnection, paths: list[str], where: str) -> None:
    """Inserts the words of sections from Parquet files `t` of section_terms; `where` chooses among
    their rows.
    """
    if paths:
        connection.execute(
            "insert into term_postings "
            "select t.term, s.section_no, t.occurrences "
            "from read_parquet(?, hive_partitioning=false) t join sections s using (section_id) "
            f"where {where} order by t.term, s.section_no",
            [paths],
        )


def retire_sections(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """Notes the sections of the reports in the table `changed` as replaced; `paths` hold their
    published words.
    """
    if paths:
        connection.execute(
            "insert into replaced_sections "
            "select section_no, coalesce(postings, 0) "
            "from sections semi join changed using (report_id) left join ("
            "select section_id, count(*) as postings "
            "from read_parquet(?, hive_partitioning=false) "
            "where report_id in (from changed) group by section_id) using (section_id)",
            [paths],
        )


def posting_count(connection: duckdb.DuckDBPyConnection) -> int:
    """Returns how many rows the view section_terms has."""
    return engine.count(
        connection,
        "select (select count(*) from term_postings) "
        "- (select coalesce(sum(postings), 0) from replaced_sections)::bigint",
    )
