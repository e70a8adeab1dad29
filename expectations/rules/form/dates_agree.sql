-- severity: info
-- scope: report
-- table: reports
-- name_zh: 落款日期与网页日期相符
-- holds: The date of the signature is near that which the page gives for the paper, and not after
--     its publication; where they disagree the signature's is kept.
-- holds_zh: 落款日期应与网页所载成文日期相近，且不晚于发布日期；不一致时以落款为准。
-- source: signature and metadata of the page
-- broken by: a report signed in January 2024 on a page published in December 2023

select
    report_id as row_id,
    report_id,
    'The dates of signature and page disagree; ' || cast(issued_on as varchar) || ' was kept.'
        as message,
    '落款日期与网页日期不一致，采用' || cast(issued_on as varchar) || '。' as message_zh,
    cast(issued_on as varchar) as evidence,
    null as char_start
from reports
where list_contains(string_split(doubts, ' '), 'dates_disagree')
