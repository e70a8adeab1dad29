-- One row per body, year and metric that it reported: its rank among the bodies of its county, its prefecture and of its kind in its province.
create or replace view league_table as
select province_name, prefecture_name, county_name, township_name, township_id, report_year, metric_code, name_zh, value, unit,
  case when township_name like '%街道' then '街道' when township_name like '%镇' then '镇' else '乡' end as kind_of_body,
  rank() over (partition by province_name, prefecture_name, county_name, report_year, metric_code, unit order by value desc) as rank_in_county,
  count(*) over (partition by province_name, prefecture_name, county_name, report_year, metric_code, unit) as bodies_in_county,
  rank() over (partition by province_name, prefecture_name, report_year, metric_code, unit order by value desc) as rank_in_prefecture,
  rank() over (partition by province_name, kind_of_body, report_year, metric_code, unit order by value desc) as rank_among_its_kind,
  count(*) over (partition by province_name, kind_of_body, report_year, metric_code, unit) as bodies_of_its_kind,
  metric_id
from body_year_metrics
where value is not null;
comment on view league_table is 'One row per body, year and metric with ranks among its peers. 每个单位、年度、指标一行，附同类排名。';
