-- One row per body, year and metric that it reported: its rank among the bodies of its county, its prefecture and of its kind in its province.
-- value: The value of the year in `unit`. 该年度数值（以 unit 为单位）。
-- unit: The base unit; only values of one unit are ranked together. 基本单位；单位相同的才一起排名。
-- kind_of_body: 镇, 街道 or 乡, by the end of the name. 单位类别，按名称结尾区分。
-- rank_in_county: Rank in its county, the largest value is 1. 县内名次，数值最大为 1。
-- bodies_in_county: Bodies of the county that reported a value. 县内报告了数值的单位数。
-- rank_in_prefecture: Rank in its prefecture. 地级行政区内名次。
-- rank_among_its_kind: Rank among the bodies of its kind in the province. 省内同类单位中的名次。
-- bodies_of_its_kind: Bodies of its kind in the province that reported a value. 省内报告了数值的同类单位数。
-- metric_id: The first of its figures. 其中首个数据。
-- value_questioned: Part of the value whose figures a rule would not sign. 数值中来自被质疑数据的部分。
-- questioned_share: value_questioned divided by value; null where that is 0. [0 to 1] 数值中被质疑部分所占比例；数值为零时为空。
create or replace view league_table as
select province_name, prefecture_name, county_name, township_name, township_id, report_year, metric_code, name_zh, value, unit,
  case when township_name like '%街道' then '街道' when township_name like '%镇' then '镇' else '乡' end as kind_of_body,
  rank() over (partition by province_name, prefecture_name, county_name, report_year, metric_code, unit order by value desc) as rank_in_county,
  count(*) over (partition by province_name, prefecture_name, county_name, report_year, metric_code, unit) as bodies_in_county,
  rank() over (partition by province_name, prefecture_name, report_year, metric_code, unit order by value desc) as rank_in_prefecture,
  rank() over (partition by province_name, kind_of_body, report_year, metric_code, unit order by value desc) as rank_among_its_kind,
  count(*) over (partition by province_name, kind_of_body, report_year, metric_code, unit) as bodies_of_its_kind,
  metric_id, value_questioned, value_questioned / nullif(value, 0) as questioned_share
from body_year_metrics
where value is not null;
comment on view league_table is 'One row per body, year and metric with ranks among its peers. 每个单位、年度、指标一行，附同类排名。';
