"""Unique keys, allowed values and references, derived from the declared tables."""

from __future__ import annotations

from expectations.declaration import Rule
from schemas import tables

_SOURCE = "the declaration of the tables"


# hundreds of millions of rows, derived from the sections by this program: a row too many, too few or astray changes a sum
_INDEX = Rule(
    "index_agrees_with_sections",
    "structure",
    "critical",
    "section_terms",
    "The search index has the words of every section once, and of no other.",
    _SOURCE,
    "a word of a section that stands in the index twice",
    "select section_id row_id, any_value(report_id) report_id, 'The section has ' || max(said) || ' words, the index ' || sum(n) || '.' message, null evidence, null char_start "
    "from (select section_id, report_id, term_count said, 0 n from sections union all select section_id, report_id, null, occurrences from section_terms) "
    "group by section_id having coalesce(max(said), -1) <> sum(n) or count(distinct report_id) > 1",
    scope="report",
)


def _rules() -> list[Rule]:
    rules = []
    for t in tables.TABLES:
        if t.name in (
            "quality_findings",
            "section_terms",
        ):  # the search index is judged by what it sums up to
            continue
        key = " || ':' || ".join(f"cast({k} as varchar)" for k in t.key)
        report = "report_id" if any(c.name == "report_id" for c in t.columns) else "null"
        rules.append(
            Rule(
                f"key_unique_{t.name}",
                "structure",
                "critical",
                t.name,
                "A key names one row.",
                _SOURCE,
                "two rows with one key",
                f"select {key} row_id, any_value({report}) report_id, 'The key stands ' || count(*) || ' times in {t.name}.' message, {key} evidence, null char_start from {t.name} group by {key} having count(*) > 1",
                scope="report" if t.partitioned else None,
            )
        )
        for c in t.columns:
            if c.values:
                allowed = ", ".join(f"'{v}'" for v in c.values)
                rules.append(
                    Rule(
                        f"value_known_{t.name}_{c.name}",
                        "structure",
                        "critical",
                        t.name,
                        "An enumeration has only its declared values.",
                        _SOURCE,
                        f"{c.name} = 'unheard of'",
                        f"select {key} row_id, {report} report_id, '{c.name} has a value that is not declared.' message, {c.name} evidence, null char_start from {t.name} where {c.name} not in ({allowed})",
                        scope="report" if t.partitioned else None,
                    )
                )
        for column, target in t.references:
            parent = tables.BY_NAME[target].key[0]
            rules.append(
                Rule(
                    f"reference_holds_{t.name}_{column}",
                    "structure",
                    "critical",
                    t.name,
                    "A reference points to a row that is there.",
                    _SOURCE,
                    f"{column} of a row that is gone",
                    f"select {key} row_id, {report} report_id, '{column} points to no row of {target}.' message, {column} evidence, null char_start "
                    f"from {t.name} anti join {target} there on there.{parent} = {t.name}.{column} where {column} is not null",
                    # what a report's own rows point to is the report's, and dimensions have what every report points to
                    scope="report" if t.partitioned and t is not tables.REPORTS else None,
                )
            )
    return [*rules, _INDEX]


RULES = _rules()
