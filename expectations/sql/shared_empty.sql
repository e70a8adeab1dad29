-- shared_texts: a report and the earlier one it shares half of its text with
create or replace temp table shared_texts (
    report_id varchar,
    own boolean,
    share double,
    other varchar,
    year integer,
    evidence varchar,
    char_start integer
);

-- shared_figures: a figure in a sentence that stands word by word in another body's like report
create or replace temp table shared_figures (
    metric_id varchar,
    report_id varchar,
    other varchar,
    year integer,
    quote varchar,
    char_start integer
)
