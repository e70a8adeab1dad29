"""Whether the numbers of one report go with one another."""

from __future__ import annotations

from expectations.declaration import COUNT, SURE, Rule

_OWN = "the report's own arithmetic"

# a clerk rounds or cuts off at the last place that is printed
_RATE = f"""
with judged as (
  select r.metric_id, r.report_id, r.char_start, r.quote, r.value rate, part.value part, whole.value whole, 100 * part.value / whole.value true_rate,
    coalesce(length(regexp_extract(translate(r.quote, '０１２３４５６７８９．', '0123456789.'), '[.]([0-9]+)', 1)), 0)::integer places
  from metrics r
  join metric_links n on n.metric_id = r.metric_id and n.role = 'numerator' join metrics part on part.metric_id = n.to_metric_id
  join metric_links d on d.metric_id = r.metric_id and d.role = 'denominator' join metrics whole on whole.metric_id = d.to_metric_id
  where {SURE.format("r")} and {SURE.format("part")} and {SURE.format("whole")} and whole.value > 0)
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
select a.metric_id row_id, a.report_id, {COUNT.format("a")} || ' {said} ' || {COUNT.format("b")} || '.' message, a.quote || ' / ' || b.quote evidence, a.char_start
from metric_links l join metrics a using (metric_id) join metrics b on b.metric_id = l.to_metric_id
where l.role = '{role}' and a.value > b.value and {SURE.format("a")} and {SURE.format("b")}
"""


# a share of all villages beside their number and that of the villages that have it
_COVERAGE = f"""
select r.metric_id row_id, r.report_id, r.quote || ' of the villages have a legal adviser, but the report counts ' || {COUNT.format("h")} || ' of ' || {COUNT.format("v")} || '.' message,
  v.quote || ' / ' || h.quote || ' / ' || r.quote evidence, r.char_start
from (select *, count(*) over (partition by report_id) n from metrics where metric_code = 'legal_adviser_coverage_rate') r
join (select *, count(*) over (partition by report_id) n from metrics where metric_code = 'villages_with_legal_adviser') h using (report_id)
join (select report_id, max(value) most, arg_max(metric_id, value) metric_id from metrics where metric_code = 'villages' and {SURE.format("metrics")} group by report_id) t using (report_id)
join metrics v on v.metric_id = t.metric_id
where r.n = 1 and h.n = 1 and {SURE.format("r")} and {SURE.format("h")} and v.value > 0 and h.value <= v.value and abs(r.value - 100 * h.value / v.value) >= 1
"""

_PARTS = f"""
with links as (select metric_id, to_metric_id from metric_links where role = 'part_of'),
linked as materialized (
  select metric_id, report_id, value, unit, quote, char_start from metrics
  semi join (select metric_id from links union select to_metric_id from links) using (metric_id) where {SURE.format("metrics")}),
-- materialized: three relations joined at once are joined by the unit first, where each figure meets all others of its unit
parts as materialized (select l.to_metric_id metric_id, p.value, p.unit, p.quote, p.char_start from links l join linked p using (metric_id)),
added as (
  select metric_id, sum(p.value) parts, max(p.value) largest, string_agg(p.quote, ' + ' order by p.char_start) quotes
  from parts p join linked t using (metric_id, unit) group by metric_id having count(*) > 1)
select t.metric_id row_id, t.report_id, 'The parts add up to ' || cast(cast(parts as bigint) as varchar) || ', the total is ' || {COUNT.format("t")} || '.' message,
  t.quote || ' / ' || quotes evidence, t.char_start
from added join linked t using (metric_id) where parts > t.value and largest <= t.value
"""

RULES = [
    Rule(
        "rate_follows_from_counts",
        "arithmetic",
        "warning",
        "metrics",
        "A stated rate follows from its stated counts, rounded or cut off at its last place.",
        _OWN,
        "调解46起，成功42起，成功率93%",
        _RATE,
        scope="report",
    ),
    Rule(
        "settled_within_received",
        "arithmetic",
        "warning",
        "metrics",
        "No more can be settled than was received, rectified than was found.",
        _OWN,
        "受理纠纷100起，化解120起",
        _no_more_than("out_of", "were settled out of"),
        scope="report",
    ),
    Rule(
        "part_within_total",
        "arithmetic",
        "warning",
        "metrics",
        "A part that stands after 其中 is no larger than its total.",
        _OWN,
        "宣传6场，其中进村9场",
        _no_more_than("part_of", "is a part, but the total is"),
        scope="report",
    ),
    Rule(
        "parts_add_up_within_total",
        "arithmetic",
        "info",
        "metrics",
        "The parts that stand after 其中, in one unit, do not add up to more than their total, unless they overlap.",
        _OWN,
        "宣传6场，其中进村4场、进校4场",
        _PARTS,
        scope="report",
    ),
    Rule(
        "coverage_follows_from_villages",
        "arithmetic",
        "warning",
        "metrics",
        "A share of the villages follows from the number of villages that the same report counts.",
        _OWN,
        "15个村，13个村配备法律顾问，覆盖率100%",
        _COVERAGE,
        scope="report",
    ),
    Rule(
        "percentage_over_100",
        "arithmetic",
        "warning",
        "metrics",
        "A share cannot exceed the whole.",
        "what a share is",
        "化解率102%",
        "select metric_id row_id, report_id, 'A rate of more than 100 %.' message, quote evidence, char_start from metrics join metric_definitions using (metric_code) "
        "where kind = 'rate' and metrics.unit in ('%', '％') and value > 100",
        scope="report",
    ),
]
