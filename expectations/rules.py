"""Rules of substance: each a query whose rows are what breaks it. All failing rows become findings; Great Expectations judges the counts."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from schemas import tables


@dataclass(frozen=True, slots=True)
class Rule:
    """`sql` gives row_id, report_id, message, evidence, char_start of each failing row of `table`. A critical rule holds the publication back."""

    id: str
    severity: str
    table: str
    reason: str
    sql: str


def _structure() -> list[Rule]:
    """Unique keys, allowed values and references, derived from the declared tables."""
    rules = []
    for t in tables.TABLES:
        if t.name == "quality_findings":
            continue
        key = " || ':' || ".join(f"cast({k} as varchar)" for k in t.key)
        report = "report_id" if any(c.name == "report_id" for c in t.columns) else "null"
        rules.append(
            Rule(
                f"key_unique_{t.name}",
                "critical",
                t.name,
                "A key names one row.",
                f"select {key} row_id, any_value({report}) report_id, 'The key stands ' || count(*) || ' times in {t.name}.' message, {key} evidence, null char_start from {t.name} group by {key} having count(*) > 1",
            )
        )
        for c in t.columns:
            if c.values:
                allowed = ", ".join(f"'{v}'" for v in c.values)
                rules.append(
                    Rule(
                        f"value_known_{t.name}_{c.name}",
                        "critical",
                        t.name,
                        "An enumeration has only its declared values.",
                        f"select {key} row_id, {report} report_id, '{c.name} has a value that is not declared.' message, {c.name} evidence, null char_start from {t.name} where {c.name} not in ({allowed})",
                    )
                )
        for column, target in t.references:
            parent = tables.BY_NAME[target].key[0]
            rules.append(
                Rule(
                    f"reference_holds_{t.name}_{column}",
                    "critical",
                    t.name,
                    "A reference points to a row that is there.",
                    f"select {key} row_id, {report} report_id, '{column} points to no row of {target}.' message, {column} evidence, null char_start "
                    f"from {t.name} where {column} is not null and {column} not in (select {parent} from {target})",
                )
            )
    return rules


# exact counts that were done; a link of another kind says nothing that arithmetic could judge
_SURE = "{0}.qualifier = 'exact' and {0}.status = 'actual' and {0}.value_high is null"
_COUNT = "cast(cast({0}.value as bigint) as varchar)"
# a clerk rounds or cuts off at the last place that is printed
_RATE = f"""
with judged as (
  select r.metric_id, r.report_id, r.char_start, r.quote, r.value rate, part.value part, whole.value whole, 100 * part.value / whole.value true_rate,
    coalesce(length(regexp_extract(translate(r.quote, '０１２３４５６７８９．', '0123456789.'), '[.]([0-9]+)', 1)), 0)::integer places
  from metrics r
  join metric_links n on n.metric_id = r.metric_id and n.role = 'numerator' join metrics part on part.metric_id = n.to_metric_id
  join metric_links d on d.metric_id = r.metric_id and d.role = 'denominator' join metrics whole on whole.metric_id = d.to_metric_id
  where {_SURE.format("r")} and {_SURE.format("part")} and {_SURE.format("whole")} and whole.value > 0)
select metric_id row_id, report_id,
  'The stated rate does not follow from the stated counts: ' || cast(cast(part as bigint) as varchar) || ' of ' || cast(cast(whole as bigint) as varchar)
   || ' is ' || printf('%.2f', true_rate) || '%, not ' || quote || '.' message,
  cast(cast(whole as bigint) as varchar) || ' / ' || cast(cast(part as bigint) as varchar) || ' / ' || quote evidence, char_start
from judged
where abs(rate - round(true_rate, places)) > 1e-6 and abs(rate - floor(true_rate * pow(10, places) + 1e-9) / pow(10, places)) > 1e-6
"""


def _no_more_than(role: str, said: str) -> str:
    """Rows where a figure is larger than the one it is linked to by `role`."""
    return f"""
select a.metric_id row_id, a.report_id, {_COUNT.format("a")} || ' {said} ' || {_COUNT.format("b")} || '.' message, a.quote || ' / ' || b.quote evidence, a.char_start
from metric_links l join metrics a using (metric_id) join metrics b on b.metric_id = l.to_metric_id
where l.role = '{role}' and a.value > b.value and {_SURE.format("a")} and {_SURE.format("b")}
"""


def _in_text(where: str, pattern: str, message: str) -> str:
    """Reports for which `where` holds and in whose text `pattern` is found; the first place is the evidence."""
    return f"""
select report_id row_id, report_id, '{message}' message, found evidence, strpos(text, found) - 1 char_start
from (select report_id, text, regexp_extract(text, '{pattern}') found from reports where {where}) where found <> ''
"""


# a body of one kind does not speak of itself as another
_OTHER_KIND = " union all ".join(
    _in_text(
        f"township_name like '%{own}'",
        f"(?:全|我|本){other}(?:上下|各|干部|群众|共|范围|经济|辖|党|的)|{other}域",
        "The text speaks of a body of another kind: a passage may have been copied.",
    )
    for own, other in (("乡", "镇"), ("镇", "乡"), ("街道", "[镇乡]"))
)

SUBSTANCE = [
    Rule(
        "offsets_true",
        "critical",
        "metrics",
        "A figure is traced to its characters: text[char_start:char_end] = quote.",
        "select metric_id row_id, m.report_id, 'The offsets do not point at the quote.' message, quote evidence, char_start from metrics m join reports r using (report_id) "
        "where substring(r.text, char_start + 1, char_end - char_start) <> quote",
    ),
    Rule(
        "sections_cover_text",
        "critical",
        "sections",
        "The sections of a report partition its text: nothing is lost.",
        "select r.report_id row_id, r.report_id, 'The sections leave a gap in the text or overlap.' message, null evidence, null char_start from reports r left join "
        "(select report_id, min(char_start) a, max(char_end) b, sum(char_end - char_start) n, bool_and(joined) joined from "
        "(select *, char_start = coalesce(lag(char_end) over (partition by report_id order by ordinal), 0) joined from sections) group by report_id) s using (report_id) "
        "where s.report_id is null or a <> 0 or b <> length(r.text) or n <> length(r.text) or not joined",
    ),
    Rule(
        "counts_reconcile",
        "critical",
        "runs",
        "What a run saw is what it loaded, left unchanged and quarantined.",
        "select run_id row_id, null report_id, 'seen is not loaded + unchanged + quarantined.' message, seen || ' = ' || loaded || ' + ' || unchanged || ' + ' || quarantined evidence, null char_start "
        "from runs where outcome in ('published', 'unchanged', 'held') and seen <> loaded + unchanged + quarantined",
    ),
    Rule(
        "rate_follows_from_counts",
        "warning",
        "metrics",
        "42 of 46 is not 93 %: a stated rate follows from its stated counts, rounded or cut off at its last place.",
        _RATE,
    ),
    Rule(
        "settled_within_received",
        "warning",
        "metrics",
        "No more can be settled than was received, rectified than was found.",
        _no_more_than("out_of", "were settled out of"),
    ),
    Rule(
        "part_within_total",
        "warning",
        "metrics",
        "A part that stands after 其中 is no larger than its total.",
        _no_more_than("part_of", "is a part, but the total is"),
    ),
    Rule(
        "percentage_over_100",
        "warning",
        "metrics",
        "A share cannot exceed the whole.",
        "select metric_id row_id, report_id, 'A rate of more than 100 %.' message, quote evidence, char_start from metrics join metric_definitions using (metric_code) "
        "where kind = 'rate' and metrics.unit in ('%', '％') and value > 100",
    ),
    Rule(
        "one_report_per_body_and_year",
        "warning",
        "report_history",
        "A body reports once a year; where it has two different reports one is current and the other is kept in the history.",
        "select report_id row_id, report_id, 'A second report of the same body and year; current is ' || coalesce(replaced_by, '?') || '.' message, source_name evidence, null char_start "
        "from report_history where reason = 'other_report_of_body_and_year'",
    ),
    Rule(
        "year_known",
        "warning",
        "reports",
        "A report belongs to a year.",
        "select report_id row_id, report_id, 'The year that the report is about was not found.' message, title evidence, null char_start from reports where report_year is null",
    ),
    Rule(
        "body_identified",
        "info",
        "reports",
        "A report belongs to one body; a name that several bodies share is not guessed.",
        "select report_id row_id, report_id, 'The reporting body is ' || coalesce(t.resolution, 'not named') || ': bring a register, or sort the file into a folder named after its county.' message, "
        "coalesce(r.township_name, r.title) evidence, null char_start from reports r left join townships t using (township_id) where coalesce(t.resolution, 'unresolved') in ('ambiguous', 'unresolved')",
    ),
    Rule(
        "names_other_place",
        "warning",
        "reports",
        "A report that speaks of another place's campaign as its own was probably copied there; it keeps its own identity.",
        "select report_id row_id, report_id, 'The text names a campaign of another place.' message, other_place evidence, other_place_start char_start from reports where other_place is not null",
    ),
    Rule(
        "names_other_kind",
        "info",
        "reports",
        "A 乡 that speaks of 全镇 or 镇域 was probably copied from a 镇.",
        _OTHER_KIND,
    ),
    Rule(
        "text_damaged",
        "warning",
        "reports",
        "Characters that a wrong conversion leaves behind (锟斤拷, U+FFFD) may have taken figures with them.",
        _in_text("true", "锟斤拷|烫烫烫|屯屯屯|\ufffd+", "The text was damaged by a wrong conversion: fetch it again."),
    ),
    Rule(
        "placeholder_left",
        "warning",
        "reports",
        "A template whose blanks were not filled in (XX次) reports nothing there.",
        _in_text(
            "true",
            "[xX×Ｘｘ]{1,4}(?:余)?(?:次|名|件|人|起|场|份|户|万元|个)",
            "A blank of the template was not filled in.",
        ),
    ),
    Rule(
        "not_a_whole_year",
        "warning",
        "reports",
        "An annual report is about a year; one on half a year or a quarter must not be compared with it.",
        "select report_id row_id, report_id, 'The title speaks of part of a year.' message, regexp_extract(title, '上半年|下半年|半年|[一二三四]季度') evidence, null char_start "
        "from reports where regexp_matches(title, '上半年|下半年|半年|[一二三四]季度')",
    ),
    Rule(
        "no_problems_no_plan",
        "info",
        "reports",
        "Such a report has a section on shortcomings or on next steps; one without may be cut off.",
        "select report_id row_id, report_id, 'No section on shortcomings or next steps: it may be cut off.' message, null evidence, null char_start from reports r "
        "where not exists (select 1 from sections s where s.report_id = r.report_id and s.kind in ('problems', 'plan', 'problems_and_plan', 'suggestions'))",
    ),
    Rule(
        "unit_not_of_metric",
        "info",
        "metrics",
        "A rate is a percentage, a count is none, an amount is money or area: another unit speaks for another metric.",
        "select metric_id row_id, report_id, 'The unit does not go with the metric ' || metric_code || '.' message, quote evidence, char_start "
        "from metrics m join metric_definitions d using (metric_code) left join units u on u.unit = m.unit "
        "where m.unit <> '' and ((d.kind = 'rate' and u.unit_group <> 'percent') or (d.kind = 'count' and u.unit_group = 'percent') "
        "or (d.kind = 'amount' and u.unit_group not in ('money', 'money_foreign', 'area', 'household', 'person')))",
    ),
    Rule(
        "numeral_unexplained",
        "info",
        "numerals",
        "Every number is a figure, a named kind of non-figure, or it is signalled.",
        "select numeral_id row_id, report_id, 'A number that is neither a figure nor of a known kind.' message, "
        "quote evidence, char_start from numerals where kind = 'unexplained'",
    ),
    Rule(
        "code_uncertain",
        "info",
        "metrics",
        "A code that the classifier is not sure of asks for review.",
        "select metric_id row_id, report_id, 'The metric code is uncertain (confidence ' || printf('%.2f', confidence) || '): please review.' message, metric_code || ': ' || quote evidence, char_start from metrics where confidence < 0.5",
    ),
]
RULES: list[Rule] = [*_structure(), *SUBSTANCE]


def findings(connection: duckdb.DuckDBPyConnection, run_id: str, known: pa.Table | None) -> pa.Table:
    """All failing rows of all rules over the tables visible in `connection`, as rows of quality_findings.

    A finding that stands in `known` (the findings of the state before) keeps the number of the run that made it first.
    """
    declared = tables.BY_NAME["quality_findings"]
    first = (
        {(r["table_name"], r["row_id"], r["rule_id"]): r["run_id"] for r in known.to_pylist()}
        if known is not None
        else {}
    )
    rows = {}
    for rule in RULES:
        for row_id, report_id, message, evidence, char_start in connection.execute(
            f"select row_id, report_id, message, evidence, char_start from ({rule.sql})"
        ).fetchall():
            # a row breaks a rule once, however many places show it: the first is the evidence
            rows.setdefault(
                (rule.table, row_id, rule.id),
                {
                    "run_id": first.get((rule.table, row_id, rule.id), run_id),
                    "table_name": rule.table,
                    "row_id": row_id,
                    "report_id": report_id,
                    "rule_id": rule.id,
                    "severity": rule.severity,
                    "message": message,
                    "evidence": evidence,
                    "char_start": char_start,
                },
            )
    made = pa.Table.from_pylist(list(rows.values()), schema=tables.arrow_schema(declared))
    return made.sort_by([(c, "ascending") for c in declared.order])
