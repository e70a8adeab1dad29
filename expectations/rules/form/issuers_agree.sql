-- severity: warning
-- scope: report
-- table: reports
-- name_zh: 落款单位与发布单位一致
-- holds: The body that signs and the publisher of the page are of one township; where they are of two
--     the signature's is kept.
-- holds_zh: 落款单位与网页发布单位属于同一乡镇；不一致时以落款为准。
-- source: signature and metadata of the page
-- broken by: a report signed by 石桥镇人民政府 on a page published by 白沙镇人民政府

select
    report_id as row_id,
    report_id,
    'The page names another township as its publisher than signs the report.' as message,
    '网页发布单位与落款单位不是同一乡镇，请核对。' as message_zh,
    issuer as evidence,
    null as char_start
from reports
where list_contains(string_split(doubts, ' '), 'issuers_disagree')
