-- severity: info
-- scope: own_text
-- table: reports
-- name_zh: 不照搬自己往年的报告
-- holds: Half of the text or more stands word by word in the same body's report of an earlier year.
-- holds_zh: 一半以上的文字与本单位往年的报告逐字相同。
-- source: Broder (1997), On the resemblance and containment of documents
-- broken by: last year's report under a new date

select
    report_id as row_id,
    report_id,
    'Of its text ' || printf('%.0f', 100 * share) || ' % stands word by word in its own report for '
        || year || '.' as message,
    '全文有' || printf('%.0f', 100 * share) || '%与本单位' || year || '年的报告逐字相同。' as message_zh,
    evidence,
    char_start
from shared_texts
where own
