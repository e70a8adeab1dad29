"""Whether a number or a report is like its peers: same metric, kind of body and year; or like the same body's own last year.

Spread is measured robustly, by the median of the distances from the median (MAD) of the logarithms: half of the peers may be wrong.
A distance of k MAD x 1.4826 is k standard deviations of a normal distribution (Rousseeuw and Croux 1993).
"""

from __future__ import annotations

from expectations.declaration import Rule, in_text

PEERS, DISTANCE, LEAST_FACTOR, JUMP = 20, 4.5, 10, 10
_MAD = "Rousseeuw and Croux (1993), Alternatives to the median absolute deviation"

_BODY = "case when r.township_name like '%街道' then '街道' when r.township_name like '%乡' then '乡' else '镇' end"
# figures that count something that was done or is there, in base units
_COUNTED = """
from metrics m join metric_definitions d using (metric_code) join reports r using (report_id) join units u on u.unit = m.unit
where m.status = 'actual' and m.value_high is null and m.value > 0 and d.kind in ('count', 'amount') and m.confidence >= 0.5 and u.base_unit is not null and m.report_year is not null
"""
# groups and reports by digests: of millions of figures only numbers are held, and texts of those that are far off
_FAR = f"""
with counted as not materialized (
  select m.metric_id, m.report_id, m.quote, m.char_start, log10(m.value * coalesce(u.factor, 1)) normal, hash(m.metric_code, u.base_unit, m.report_year, {_BODY}) peers {_COUNTED}),
group_of as (
  select peers, median(normal) middle, mad(normal) spread, count(distinct hash(report_id)) n from counted group by peers having n >= {PEERS})
select metric_id row_id, report_id, 'Far from its peers: ' || quote || ', where half of ' || n || ' reports of its kind and year say less than ' || cast(cast(round(pow(10, middle)) as bigint) as varchar) || '.' message,
  quote evidence, char_start
from counted join group_of using (peers) where abs(normal - middle) > greatest(log10({LEAST_FACTOR}), {DISTANCE} * 1.4826 * spread)
"""
# one figure of a metric in each of two years in a row; a stock moves less than what is done in a year
_JUMP = f"""
with single as (
  select m.township_id, m.report_year, m.metric_code, u.base_unit, any_value(m.metric_id) metric_id, any_value(m.report_id) report_id,
    any_value(m.value * coalesce(u.factor, 1)) normal, any_value(m.quote) quote, any_value(m.char_start) char_start, any_value(d.aggregation) aggregation
  {_COUNTED} and m.township_id is not null group by all having count(*) = 1)
select a.metric_id row_id, a.report_id, 'Far from last year: ' || a.quote || ', and ' || b.quote || ' in ' || b.report_year || '.' message, b.quote || ' / ' || a.quote evidence, a.char_start
from single a join single b on a.township_id = b.township_id and a.metric_code = b.metric_code and a.base_unit = b.base_unit and a.report_year = b.report_year + 1
where greatest(a.normal, b.normal) >= 20 and greatest(a.normal / b.normal, b.normal / a.normal) >= case a.aggregation when 'max' then 5 else {JUMP} end
"""
# the sections partition the text, so the last of them tells its length without the text being read
_LENGTH = f"""
with long as (select report_id, any_value(report_year) report_year, max(char_end) length from sections group by report_id),
year as (select report_year, median(log10(length)) middle, mad(log10(length)) spread from long where length > 0 group by report_year having count(*) >= {PEERS})
select report_id row_id, report_id, 'The text has ' || length || ' characters, where half of that year have less than ' || cast(cast(round(pow(10, middle)) as bigint) as varchar) || ': it may be cut off, or more than a report.' message,
  null evidence, null char_start
from long join year using (report_year)
where abs(log10(greatest(length, 1)) - middle) > greatest(log10(4), {DISTANCE} * 1.4826 * spread)
"""

RULES = [
    Rule(
        "far_from_peers",
        "plausibility",
        "warning",
        "metrics",
        f"A value {LEAST_FACTOR} times and {DISTANCE} robust standard deviations away from bodies of its kind in its year is a slip sooner than a fact; {PEERS} peers at least.",
        _MAD,
        "发放宣传册350000份, where others say 3500",
        _FAR,
        scope="year",
    ),
    Rule(
        "jump_against_last_year",
        "plausibility",
        "info",
        "metrics",
        f"What a body does in a year rarely changes by a factor of {JUMP}, what it has by a factor of 5.",
        "the same body's own series",
        "人民调解员12名 after 120名",
        _JUMP,
        scope="body",
    ),
    Rule(
        "length_far_off",
        "plausibility",
        "info",
        "reports",
        "A report a quarter as long as others of its year, or four times as long, is probably not whole, or not one.",
        _MAD,
        "a report of three lines",
        _LENGTH,
        scope="year",
    ),
    Rule(
        "unit_not_of_metric",
        "plausibility",
        "info",
        "metrics",
        "A rate is a percentage, a count is none, an amount is money or area: another unit speaks for another metric.",
        "the catalogue of metrics",
        "罚款3起",
        "select metric_id row_id, report_id, 'The unit does not go with the metric ' || metric_code || '.' message, quote evidence, char_start "
        "from metrics m join metric_definitions d using (metric_code) left join units u on u.unit = m.unit "
        "where m.unit <> '' and ((d.kind = 'rate' and u.unit_group <> 'percent') or (d.kind = 'count' and u.unit_group = 'percent') "
        "or (d.kind = 'amount' and u.unit_group not in ('money', 'money_foreign', 'area', 'household', 'person')))",
        scope="report",
    ),
    Rule(
        "no_problems_no_plan",
        "plausibility",
        "info",
        "reports",
        "Such a report has a section on shortcomings or on next steps; one without may be cut off.",
        "法治政府建设与责任落实督察工作规定 (2019), the chapter on annual reports: shortcomings and next steps belong in one",
        "a report that ends after 工作开展情况",
        "select report_id row_id, report_id, 'No section on shortcomings or next steps: it may be cut off.' message, null evidence, null char_start from reports r "
        "where not exists (select 1 from sections s where s.report_id = r.report_id and s.kind in ('problems', 'plan', 'problems_and_plan', 'suggestions'))",
        scope="report",
    ),
    Rule(
        "not_a_whole_year",
        "plausibility",
        "warning",
        "reports",
        "An annual report is about a year; one on half a year or a quarter must not be compared with it.",
        "the title of the report",
        "2023年上半年法治政府建设工作报告",
        "select report_id row_id, report_id, 'The title speaks of part of a year.' message, regexp_extract(title, '上半年|下半年|半年|[一二三四]季度') evidence, null char_start "
        "from reports where regexp_matches(title, '上半年|下半年|半年|[一二三四]季度')",
        scope="report",
    ),
    Rule(
        "speaks_of_half_a_year",
        "plausibility",
        "info",
        "reports",
        "An annual report that sums up 今年上半年 or 1—6月 was probably taken over from a half-year one.",
        "the text of the report",
        "今年1—6月，共受理",
        in_text(
            "title is null or not regexp_matches(title, '半年')",
            "(?:今年|本年度?|20[0-9]{2}年)(?:上半年|1[—–~至-]6月份?|一至六月份?)(?:以来)?，[^。；\\n]{0,12}(?:共|累计)",
            "The text sums up half a year.",
        ),
        scope="report",
    ),
    Rule(
        "one_report_per_body_and_year",
        "plausibility",
        "warning",
        "report_history",
        "A body reports once a year; where it has two different reports one is current and the other is kept in the history.",
        "法治政府建设与责任落实督察工作规定 (2019), the chapter on annual reports: one a year",
        "two reports of 2023 of one body",
        "select report_id row_id, report_id, 'A second report of the same body and year; current is ' || coalesce(replaced_by, '?') || '.' message, source_name evidence, null char_start "
        "from report_history where reason = 'other_report_of_body_and_year'",
    ),
]
