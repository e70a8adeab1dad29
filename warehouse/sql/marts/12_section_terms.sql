-- One row per section and word, as in Parquet; in this file it is term_postings with the identifiers of the sections.
create or replace view section_terms as
select t.term, s.section_id, s.report_id, s.report_year, t.occurrences
from term_postings t join sections s using (section_no);
comment on view section_terms is 'One row per section and word: term_postings with the identifiers of the sections. 每节每词一行。';
