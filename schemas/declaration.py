"""What a column and a table are, and the Arrow schema that follows from a declaration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is string, int32, int64, float64, bool, date or timestamp; `values` lists what an enumeration allows."""

    name: str
    type: str
    en: str
    zh: str
    nullable: bool = False
    unit: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its grain, its key, its columns, the order of its rows, and the tables its columns refer to.

    `partitioned` tables lie in one file a year and province (split further where that is large); the others in one file.
    """

    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    partitioned: bool = False


def arrow_schema(table: Table):
    """The `pa.Schema` of a table, with the descriptions as field metadata."""
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
    return pa.schema(
        [
            pa.field(
                c.name,
                types[c.type],
                nullable=c.nullable,
                metadata={
                    "description": c.en,
                    "description_zh": c.zh,
                    **({"unit": c.unit} if c.unit else {}),
                },
            )
            for c in table.columns
        ]
    )
