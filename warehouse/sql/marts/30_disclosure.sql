-- One row per body of the register and year: whether its report on the rule of law was filed, late or is missing.
-- The years are those for which the warehouse has any report. A report must be made public before 1 April of the year after
-- (《法治政府建设与责任落实督察工作规定》, 2019, Article 24): one that is dated later is late. Per county and year filed, late and
-- missing add up to the bodies of the register.
-- township_id: The body of the register. 名录中的单位。
-- report_year: Year that the report is about. [year] 报告所述年度。
-- state: filed, late (dated after 31 March of the next year) or missing. 已公开、逾期（次年 3 月 31 日之后）或未见公开。
-- first_seen: Start of the run that first met the report; null where there is none. [UTC] 首次遇到该报告的运行时间；没有则为空。
-- days_late: Days after 31 March of the next year; null where it is not late. [days] 逾期天数；未逾期则为空。
-- source_uri: Where the report was read from; null where there is none. 报告来源地址；没有则为空。
-- report_id: The report; null where there is none. 所属报告；没有则为空。
create or replace view disclosure as
with years as (select distinct report_year from reports where report_year is not null and report_kind = 'rule_of_law'),
filed as (
  select township_id, report_year, report_id, source_uri, issued_on
  from reports
  where report_kind = 'rule_of_law' and report_year is not null
),
first_loaded as (
  select report_id, min(started_at) as first_seen
  from sources join runs on runs.run_id = sources.first_seen_run
  group by report_id
)
select
  d.township_id,
  y.report_year,
  case
    when f.report_id is null then 'missing'
    when f.issued_on >= make_date(y.report_year + 1, 4, 1) then 'late'
    else 'filed'
  end as state,
  l.first_seen,
  case
    when f.issued_on >= make_date(y.report_year + 1, 4, 1)
    then (f.issued_on - make_date(y.report_year + 1, 3, 31))::integer
  end as days_late,
  f.source_uri,
  d.township_name, d.county_name, d.prefecture_name, d.province_name, d.division_code, f.report_id, f.issued_on
from divisions d
cross join years y
left join filed f on f.township_id = d.township_id and f.report_year = y.report_year
left join first_loaded l on l.report_id = f.report_id
where y.report_year between coalesce(d.from_year, y.report_year) and coalesce(d.to_year, y.report_year);
comment on view disclosure is 'One row per body of the register and year: filed, late or missing. 名录中每个单位每年一行：已公开、逾期公开或未见公开。';
