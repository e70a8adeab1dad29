-- The provinces that have reports.
select province_name, count(*) as bodies from townships where province_name is not null group by province_name order by province_name
