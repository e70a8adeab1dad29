"""What a column and a table are, and the Arrow schemas that follow from a declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing pyarrow takes a fifth of a second, which `fazhi --help` does not need
    import pyarrow as pa


# type of a column -> its type in DuckDB
DUCKDB_TYPES = {
    "string": "varchar",
    "int32": "integer",
    "int64": "bigint",
    "float64": "double",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, described in English (`en`) and Chinese (`zh`).

    `type` is string, int32, int64, float64, bool, date or timestamp. `values` lists all values that
    an enumeration allows; it is empty where any value is. `staged` is False for a column that one
    report alone does not decide: it is filled in when the whole corpus is known.
    """

    name: str
    type: str
    en: str
    zh: str
    nullable: bool = False
    unit: str | None = None
    values: tuple[str, ...] = ()
    staged: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is (`en`, `zh`), its key, its columns and the order of its rows.

    `references` are pairs of a column and the table whose key it holds. A `partitioned` table has
    one file a year and province (more where that is large), every other table has one file.
    """

    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    partitioned: bool = False


def arrow_schema(table: Table) -> pa.Schema:
    """Returns the Arrow schema of a published table, with descriptions and units as metadata.

    Arrow does not enforce `nullable=False`; the candidate of a state checks nulls itself.
    """
    import pyarrow as pa

    return pa.schema([_field(column) for column in table.columns])


def staged_schema(table: Table, *more: pa.Field) -> pa.Schema:
    """Returns the Arrow schema in which one parsed report stages its rows of a table.

    It has the columns that one report decides (`staged`), without metadata, and `more` behind them.
    """
    import pyarrow as pa

    fields = [_field(column).remove_metadata() for column in table.columns if column.staged]
    return pa.schema([*fields, *more])


def _field(column: Column) -> pa.Field:
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
    }
    metadata = {"description": column.en, "description_zh": column.zh}
    if column.unit:
        metadata["unit"] = column.unit
    return pa.field(column.name, types[column.type], nullable=column.nullable, metadata=metadata)
