-- severity: warning
-- scope: other_text
-- table: metrics
-- name_zh: 数据不是照搬来的
-- holds: A figure in a sentence that another body's like report has word by word is not known to be
--     this body's own.
-- holds_zh: 数据所在的句子与其他单位的报告逐字相同，不能确定是本单位的数据。
-- source: Broder (1997), On the resemblance and containment of documents
-- broken by: a sentence with its numbers taken over from the neighbour

select
    metric_id as row_id,
    report_id,
    'The sentence stands word by word in the report of ' || other || coalesce(' for ' || year, '')
        || '.' as message,
    '这句话与' || other || coalesce(year || '年', '') || '的报告逐字相同。' as message_zh,
    quote as evidence,
    char_start
from shared_figures
