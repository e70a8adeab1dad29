-- severity: warning
-- scope: all
-- table: sources
-- name_zh: 来源仍可访问
-- holds: The address of a report that was pulled still answers with a report.
-- holds_zh: 抓取所得报告的原地址仍返回该报告。
-- source: the log of the pulls
-- broken by: a page that answers 404, asks for a login, or was replaced by an error page

select
    source_uri as row_id,
    report_id,
    'The address does not answer as it did (' || pull_problem || '). The content that was received '
        || 'before stays; open the address in a browser.' as message,
    '原地址不再返回该报告（' || pull_problem || '）。此前收到的内容仍保留，请用浏览器打开查看。' as message_zh,
    address as evidence,
    null as char_start
from sources
where is_current and pull_problem is not null
