-- The rows of township_candidates: the divisions that an ambiguous body may be.
with named as (
  select township_id, unnest(cast(cast(candidates as json) as json[])) as names
  from state
  where is_current and township_id is not null and candidates <> '[]')
select distinct
  township_id,
  names ->> 0 as township_name,
  names ->> 1 as county_name,
  names ->> 2 as prefecture_name,
  names ->> 3 as province_name,
  names ->> 4 as division_code
from named
qualify row_number() over (partition by township_id, names ->> 4) = 1
