-- The identifiers of the figures in the sections $sections, in the order of their texts.
select metric_id, section_id, sentence, quote from metrics where section_id in (select unnest($sections)) order by report_id, char_start
