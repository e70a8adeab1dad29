-- The sections that best fit $words, of the places and year that are asked for: the first $top of the $looked best in all.
select s.score, r.province_name, r.prefecture_name, r.county_name, r.township_id, r.township_name, s.report_year, r.report_kind, s.heading, s.sentence,
  s.section_id, s.report_id, s.char_start, r.title, r.source_name, count(*) over () as total
from search($words, top := $looked) s join reports r using (report_id)
where ($year is null or s.report_year = $year) and ($province is null or r.province_name = $province)
  and ($county is null or r.county_name = $county)
order by s.score desc, s.section_id limit $top
