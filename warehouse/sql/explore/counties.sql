-- The counties that have reports, each with how many bodies reported.
select province_name, prefecture_name, county_name, count(*) as bodies
from townships where county_name is not null
group by all order by province_name, prefecture_name, county_name
