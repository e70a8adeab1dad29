-- find_metric(words): the metric codes whose names, words or examples hold the words, best first, with how often each occurs.
create or replace macro find_metric(query) as table
with asked as (select distinct token from (select unnest(string_split_regex(trim(query), '[\s,，、]+')) as token) where token <> ''),
scored as (
  select d.metric_code, sum(4 * contains(d.name_zh, a.token)::integer + 3 * contains(lower(d.name_en), lower(a.token))::integer
    + 2 * list_contains(string_split(d.words, ' '), a.token)::integer + contains(d.words, a.token)::integer + contains(d.example, a.token)::integer) as score
  from metric_definitions d, asked a group by d.metric_code)
select d.metric_code, d.name_zh, d.name_en, d.unit, d.example, d.occurrences
from scored s join metric_definitions d using (metric_code)
where s.score > 0 order by s.score desc, occurrences desc, d.metric_code;
