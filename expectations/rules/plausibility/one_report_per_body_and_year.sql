-- severity: warning
-- scope: all
-- table: report_history
-- name_zh: 一个单位一年一份报告
-- holds: A body reports once a year; where it has two different reports one is current and the
--     other is kept in the history.
-- holds_zh: 一个单位一年报告一次；有两份不同的报告时，一份为现行，另一份留在历史中。
-- source: 法治政府建设与责任落实督察工作规定 (2019), the chapter on annual reports: one a year
-- broken by: two reports of 2023 of one body

with reason(code, en, zh) as (
    values
        ('chosen_by_person', 'a person chose it', '经人工选定'),
        ('revised_version', 'it says that it is a revised version, was not signed earlier and comes from the same place', '为同一出处、落款不早的修订版'),
        ('newly_received', 'its page or its attachment was received later', '其页面或附件收到较晚'),
        ('in_force_before', 'it was in force before, and a later date or another folder alone displaces nothing', '此前即为现行，仅凭较晚日期或不同文件夹不能取代'),
        ('later_date', 'it was signed later', '落款日期较晚'),
        ('more_figures', 'it has more figures', '数据较多'),
        ('order_of_keys', 'nothing else tells them apart', '别无其他依据可资区分')
),
versions as (
    select
        h.report_id, h.replaced_by, h.source_name, reason.en, reason.zh,
        'signed ' || coalesce(cast(h.issued_on as varchar), '?') || ', '
            || h.figure_count || ' figures' as this_version,
        r.source_name || ', signed ' || coalesce(cast(r.issued_on as varchar), '?') as current_version
    from report_history h
    left join reason on reason.code = h.chosen_because
    left join reports r on r.report_id = h.replaced_by
    where h.reason = 'other_report_of_body_and_year'
)
select
    report_id as row_id,
    report_id,
    'A second report of the same body and year; current is ' || coalesce(replaced_by, '?')
        || coalesce(' (' || current_version || '; this one: ' || this_version || ')', '')
        || coalesce(', because ' || en, '') || '.' as message,
    '同一单位同一年度的第二份报告；现行的是 ' || coalesce(replaced_by, '?')
        || coalesce('（' || current_version || '；本份：' || this_version || '）', '')
        || coalesce('，依据：' || zh, '') || '。' as message_zh,
    source_name as evidence,
    null as char_start
from versions
