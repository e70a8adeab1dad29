-- search(words, top := 20): the sections that best fit the words (separated by blanks), by BM25 (k1 1.2, b 0.75), each with its best sentence.
-- A word that is in no index is looked up by the words inside it, a single character in the texts themselves.
-- Only the sections that have the best scores are looked up: of a common word millions are scored.
create or replace macro search(query, top := 20) as table
with asked as (
  select distinct token from (select unnest(string_split_regex(trim(query), '[\s,，、]+')) as token) where token <> ''),
whole as (
  select distinct t.term from term_postings t where t.term in (select token from asked)),
inside as (
  select distinct t.term from term_postings t
  where t.term in (
    select substring(a.token, i::integer, n::integer)
    from asked a, range(1, 13) s(i), range(2, 7) l(n)
    where a.token not in (select term from whole) and i + n - 1 <= length(a.token))),
single as (select token as term from asked where length(token) = 1),
terms as (from whole union from inside union from single),
hits as (
  select t.term, t.section_no, t.occurrences from term_postings t anti join replaced_sections using (section_no) where t.term in (select term from terms)
  union all
  select term, section_no, length(printed) - length(replace(printed, term, ''))
  from single, (select section_no, concat_ws('。', heading, body) as printed from sections)
  where contains(printed, term)),
rarity as (
  select term, ln(1 + ((select count(*) from sections) - count(*) + 0.5) / (count(*) + 0.5)) as idf from hits group by term),
scored as materialized (
  select h.section_no,
    round(sum(r.idf * h.occurrences * 2.2 / (h.occurrences + 1.2 * (0.25 + 0.75 * l.term_count / (select avg(term_count) from sections)))), 9) as score
  from hits h join rarity r using (term) join (select section_no, term_count from sections) l using (section_no)
  group by h.section_no),
best as materialized (
  select section_no, score from scored where score >= (select min(score) from (select score from scored order by score desc limit top)))
select round(c.score, 3) as score, r.province_name, r.county_name, r.township_name, r.report_year, s.heading,
  (select arg_max(x.sentence, (select count(*) from terms where contains(x.sentence, terms.term)) - x.place / 1000.0)
   from (select unnest(string_split_regex(concat_ws('。', s.heading, s.body), '[。；！？\n]')) as sentence, generate_subscripts(string_split_regex(concat_ws('。', s.heading, s.body), '[。；！？\n]'), 1) as place) x) as sentence,
  s.section_id, s.report_id, s.char_start
from (
  select c.section_no, c.score from best c join sections s using (section_no)
  order by c.score desc, s.section_id limit top) c
join sections s using (section_no) join reports r using (report_id)
order by c.score desc, s.section_id;
