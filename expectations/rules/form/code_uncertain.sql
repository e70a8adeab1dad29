-- severity: info
-- scope: report
-- table: metrics
-- name_zh: 指标代码有把握
-- holds: A code of which more than one in ten is wrong at its confidence asks for review.
-- holds_zh: 在该置信度下每十个有一个以上出错的指标代码需要人工核对。
-- source: the accuracy of codes by confidence, docs/accuracy.md
-- broken by: confidence 0.41

select
    metric_id as row_id,
    report_id,
    'The metric code is uncertain (confidence ' || printf('%.2f', confidence)
        || '): please review.' as message,
    '指标代码把握不大（置信度' || printf('%.2f', confidence) || '），请核对。' as message_zh,
    metric_code || ': ' || quote as evidence,
    char_start
from metrics
where confidence < 0.7
