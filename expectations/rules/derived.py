"""Rules that follow from the declared tables: unique keys, allowed values, references, kinds of
report.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.declaration import Rule
from schemas import tables
from schemas.columns import REPORT_KINDS

_SOURCE = "the declaration of the tables"
# quality_findings is what the rules make; the search index is judged by what it adds up to
_NOT_JUDGED = ("quality_findings", "section_terms")

_UNIQUE = """
select
    {key} as row_id,
    any_value({report}) as report_id,
    'The key stands ' || count(*) || ' times in {table}.' as message,
    '键在表 {table} 中出现' || count(*) || '次。' as message_zh,
    {key} as evidence,
    null as char_start
from {table}
group by {key}
having count(*) > 1
"""
_VALUES = """
select
    {key} as row_id,
    {report} as report_id,
    '{column} has a value that is not declared.' as message,
    '{column} 的取值不在允许范围内。' as message_zh,
    {column} as evidence,
    null as char_start
from {table}
where {column} not in ({allowed})
"""
_REFERENCE = """
select
    {key} as row_id,
    {report} as report_id,
    '{column} points to no row of {target}.' as message,
    '{column} 在表 {target} 中没有对应的行。' as message_zh,
    {column} as evidence,
    null as char_start
from {table}
anti join {target} as referred on referred.{parent} = {table}.{column}
where {column} is not null
"""
_OF_KIND = """
select
    report_id as row_id,
    report_id,
    'The report is of another kind: {kind}.' as message,
    '报告属于其他类别（{kind}）。' as message_zh,
    title as evidence,
    null as char_start
from reports
where report_kind = '{kind}'
"""


def derived_rules() -> list[Rule]:
    """Returns the rules of structure of all declared tables, and one for each other kind of
    report.
    """
    judged = [table for table in tables.TABLES if table.name not in _NOT_JUDGED]
    rules = [rule for table in judged for rule in _rules_of(table)]
    return [*rules, *map(_rule_of_kind, REPORT_KINDS[1:])]


def _rule_of_kind(kind: str) -> Rule:
    """The rule that reports of this kind break, so that a line of the policy can hold them back."""
    return Rule(
        id=f"report_kind_{kind}",
        kind="plausibility",
        severity="info",
        scope="report",
        table="reports",
        name_zh="属于法治政府建设年度报告",
        holds="A report is on the rule of law in a whole year; marts count no other kind.",
        holds_zh="报告为全年法治政府建设报告；数据集市不计其他类别。",
        source="the title, opening and content of the report",
        broken_by=f"a report of the kind {kind}",
        sql=_OF_KIND.format(kind=kind),
    )


def _rules_of(table: tables.Table) -> Iterator[Rule]:
    key = " || ':' || ".join(f"cast({column} as varchar)" for column in table.key)
    has_report = any(column.name == "report_id" for column in table.columns)
    words = {"table": table.name, "key": key, "report": "report_id" if has_report else "null"}
    scope = "report" if table.partitioned else "all"
    yield Rule(
        id=f"key_unique_{table.name}",
        kind="structure",
        severity="critical",
        scope=scope,
        table=table.name,
        name_zh="键唯一",
        holds="A key names one row.",
        holds_zh="一个键只对应一行。",
        source=_SOURCE,
        broken_by="two rows with one key",
        sql=_UNIQUE.format(**words),
    )
    for column in table.columns:
        if column.values:
            allowed = ", ".join(f"'{value}'" for value in column.values)
            yield Rule(
                id=f"value_known_{table.name}_{column.name}",
                kind="structure",
                severity="critical",
                scope=scope,
                table=table.name,
                name_zh="取值在允许范围内",
                holds="An enumeration has only its declared values.",
                holds_zh="枚举列只有声明过的取值。",
                source=_SOURCE,
                broken_by=f"{column.name} = 'unheard of'",
                sql=_VALUES.format(**words, column=column.name, allowed=allowed),
            )
    for column_name, target in table.references:
        parent = tables.BY_NAME[target].key[0]
        yield Rule(
            id=f"reference_holds_{table.name}_{column_name}",
            kind="structure",
            severity="critical",
            # what a report's own rows point to is the report's, and dimensions have what every
            # report points to
            scope=scope if table is not tables.REPORTS else "all",
            table=table.name,
            name_zh="引用有对应的行",
            holds="A reference points to a row that is there.",
            holds_zh="引用的行确实存在。",
            source=_SOURCE,
            broken_by=f"{column_name} of a row that is gone",
            sql=_REFERENCE.format(**words, column=column_name, target=target, parent=parent),
        )
