-- One row per report that came, changed or went, or that is not current.
select report_id from state where fresh or partition is null
union
select report_id from gone
