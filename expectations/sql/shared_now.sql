-- what the pairs with numbers above the first parameter, up to the second, share sentence by sentence
create or replace temp table shared_now as
with cut as (
    select
        a,
        own,
        coalesce(y.county_name, '') || coalesce(y.township_name, 'another body') as other,
        y.report_year,
        x.text,
        list_filter(string_split_regex(x.text, '[。；\n]'), lambda s: length(s) >= 12) as mine,
        string_split_regex(y.text, '[。；\n]') as theirs
    from (select * from likely where number > ? and number <= ?)
    join texts x on x.report_id = a
    join texts y on y.report_id = b
),
shared as (
    select *, list_filter(mine, lambda s: list_contains(theirs, s)) as common
    from cut
    where len(mine) > 0
),
counted as (
    select
        *,
        list_sum(list_transform(common, lambda s: length(s)))
            / list_sum(list_transform(mine, lambda s: length(s))) as share
    from shared
)
select
    a as report_id,
    own,
    share,
    other,
    report_year as year,
    common,
    text,
    list_sort(list_transform(common, lambda s: {'n': -length(s), 's': s}))[1].s as evidence
from counted
where share >= 0.5
