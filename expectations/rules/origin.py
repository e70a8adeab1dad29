"""Whether a text is the body's own and this year's: other places, other kinds of body, other years, and text shared with another report."""

from __future__ import annotations

from expectations.declaration import Rule, in_text

# a body of one kind does not speak of itself as another
_OTHER_KIND = " union all ".join(
    in_text(
        f"township_name like '%{own}'",
        f"(?:全|我|本){other}(?:上下|各|干部|群众|共|范围|经济|辖|党|的)|{other}域",
        "The text speaks of a body of another kind: a passage may have been copied.",
    )
    for own, other in (("乡", "镇"), ("镇", "乡"), ("街道", "[镇乡]"))
)


def _copied(own: str, said: str) -> str:
    return f"select report_id row_id, report_id, {said} message, evidence, char_start from shared_texts where {own}"


_FIGURES = """
select metric_id row_id, report_id, 'The sentence stands word by word in the report of ' || other || coalesce(' for ' || year, '') || '.' message, quote evidence, char_start
from shared_figures
"""

# the year that the text speaks of most is an earlier one than it reports on, which stands in title and opening at most
_YEAR = """
with named as (select report_id, report_year, unnest(regexp_extract_all(text, '(20[0-9]{2})年', 1)) named from reports where report_year is not null),
counted as (select report_id, report_year, named, count(*) n from named group by report_id, report_year, named),
most as (
  select report_id, report_year, max(n) n, min(named) filter (n = most) named, coalesce(max(n) filter (named = cast(report_year as varchar)), 0) own
  from (select *, max(n) over (partition by report_id) most from counted) group by report_id, report_year)
select report_id row_id, report_id, 'The text speaks of ' || m.named || ' ' || m.n || ' times, of ' || m.report_year || ' ' || m.own || ' times.' message, m.named || '年' evidence, strpos(text, m.named || '年') - 1 char_start
from (from most where named < cast(report_year as varchar) and n >= 3 and own <= 2) m join reports using (report_id)
"""

RULES = [
    Rule(
        "names_other_place",
        "origin",
        "warning",
        "reports",
        "A report that speaks of another place's campaign as its own was probably copied there; it keeps its own identity.",
        "the register of divisions",
        "法治隆务 in the report of a body of another county",
        "select report_id row_id, report_id, 'The text names a campaign of another place.' message, other_place evidence, other_place_start char_start from reports where other_place is not null",
        scope="report",
    ),
    Rule(
        "names_other_kind",
        "origin",
        "info",
        "reports",
        "A 乡 that speaks of 全镇 or 镇域 was probably copied from a 镇.",
        "the name of the body",
        "全镇干部 in the report of a 乡",
        _OTHER_KIND,
        scope="report",
    ),
    Rule(
        "speaks_of_another_year",
        "origin",
        "warning",
        "reports",
        "A report that names an earlier year throughout and its own hardly was probably taken over from that year.",
        "the text of the report",
        "title 2023, and 2021年 in every section",
        _YEAR,
        scope="report",
    ),
    Rule(
        "shares_text_with_own_last",
        "origin",
        "info",
        "reports",
        "Half of the text or more stands word by word in the same body's report of an earlier year.",
        "Broder (1997), On the resemblance and containment of documents",
        "last year's report under a new date",
        _copied(
            "own",
            "'Of its text ' || printf('%.0f', 100 * share) || ' % stands word by word in its own report for ' || year || '.'",
        ),
    ),
    Rule(
        "shares_text_with_other_body",
        "origin",
        "warning",
        "reports",
        "Half of the text or more stands word by word in another body's report of the same or an earlier year.",
        "Broder (1997), On the resemblance and containment of documents",
        "the neighbour's report under another name",
        _copied(
            "not own",
            "'Of its text ' || printf('%.0f', 100 * share) || ' % stands word by word in the report of ' || other || coalesce(' for ' || year, '') || '.'",
        ),
    ),
    Rule(
        "figure_of_other_body",
        "origin",
        "warning",
        "metrics",
        "A figure in a sentence that another body's like report has word by word is not known to be this body's own.",
        "Broder (1997), On the resemblance and containment of documents",
        "a sentence with its numbers taken over from the neighbour",
        _FIGURES,
    ),
]
