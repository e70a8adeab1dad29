"""What a published state tells at first sight: reports, bodies, years, what does not add up, what
is missing.
"""

from __future__ import annotations

from typing import Any

import duckdb

from expectations.rules import RULES
from warehouse.snapshots import Snapshot

SHOWN = 3  # findings with their sentences
_COUNTS = """
select count(*), count(distinct township_id), min(report_year), max(report_year)
from reports where report_kind = 'rule_of_law'
"""
# of each report its first finding, so that one bad report does not hide the others
_ARITHMETIC = """
select
    concat(r.county_name, r.township_name) as body, r.report_year, r.source_name,
    f.message, f.message_zh, m.sentence
from quality_findings f
join metrics m on m.metric_id = f.row_id
join reports r on r.report_id = m.report_id
where f.table_name = 'metrics' and list_contains($rules, f.rule_id)
  and r.report_kind = 'rule_of_law'
qualify row_number() over (partition by r.report_id order by f.severity = 'info', m.char_start) = 1
order by r.report_year desc, body, r.report_id limit $shown
"""
_ARITHMETIC_COUNT = "select count(*) from quality_findings where list_contains($rules, rule_id)"
_MISSING = """
select report_year, count(*), count_if(state = 'missing') from disclosure
where report_year = (select max(report_year) from disclosure) group by report_year
"""


def first_sight(state: Snapshot | None) -> dict[str, Any] | None:
    """Returns what an analyst wants to know first of a state; None where there is none.

    `reports`, `bodies` and `years` (first and last) count reports on the rule of law. `arithmetic`
    is the number of findings of what does not add up, `examples` the first of them with body, year,
    message in both languages and sentence. `missing` says of the last year how many of the bodies
    of the register have no report; None without a register.
    """
    if state is None:
        return None
    rules = [rule.id for rule in RULES if rule.kind == "arithmetic"]
    path = str(state.path / "warehouse.duckdb")
    try:
        with duckdb.connect(path, read_only=True) as connection:
            ((reports, bodies, first, last),) = connection.execute(_COUNTS).fetchall()
            ((arithmetic,),) = connection.execute(_ARITHMETIC_COUNT, {"rules": rules}).fetchall()
            found = connection.execute(_ARITHMETIC, {"rules": rules, "shown": SHOWN})
            names = [column[0] for column in found.description or ()]
            examples = [dict(zip(names, row)) for row in found.fetchall()]
            missing = connection.execute(_MISSING).fetchone()
    except duckdb.Error:  # a damaged file, or one of an earlier version, is no reason to fail
        return None
    return {
        "reports": reports,
        "bodies": bodies,
        "years": [first, last],
        "arithmetic": arithmetic,
        "examples": examples,
        "missing": dict(zip(("year", "registered", "missing"), missing)) if missing else None,
    }
