-- Splits partitions that hold too many reports by one more digit of the identifiers of their bodies.
update part set prefix = left(digits, $digits)
where is_current and (year_and_province, prefix) in (
  select (year_and_province, prefix) from part
  where is_current and length(prefix) = $digits - 1
  group by all having count(*) > $max_reports)
