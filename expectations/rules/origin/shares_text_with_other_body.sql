-- severity: warning
-- scope: other_text
-- table: reports
-- name_zh: 不照搬其他单位的报告
-- holds: Half of the text or more stands word by word in another body's report of the same or an
--     earlier year.
-- holds_zh: 一半以上的文字与其他单位同年或往年的报告逐字相同。
-- source: Broder (1997), On the resemblance and containment of documents
-- broken by: the neighbour's report under another name

select
    report_id as row_id,
    report_id,
    'Of its text ' || printf('%.0f', 100 * share) || ' % stands word by word in the report of '
        || other || coalesce(' for ' || year, '') || '.' as message,
    '全文有' || printf('%.0f', 100 * share) || '%与' || other || coalesce(year || '年', '')
        || '的报告逐字相同。' as message_zh,
    evidence,
    char_start
from shared_texts
where not own
