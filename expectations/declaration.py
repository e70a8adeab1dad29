"""What a rule is, and the small pieces of SQL that several rules are made of."""

from __future__ import annotations

from dataclasses import dataclass

SCOPES = ("report", "body", "year")
KINDS = ("structure", "form", "arithmetic", "plausibility", "origin")


@dataclass(frozen=True, slots=True)
class Rule:
    """`sql` gives row_id, report_id, message, evidence, char_start of each failing row of `table`.

    `reason` says what must hold, `source` where that comes from, `example` what breaks it. What follows from a finding is the policy's to say.
    A rule whose `scope` is a report judges it by its own rows, so what it said of it holds until that report changes; one whose scope is a body,
    until a report of that body does; one whose scope is a year compares the reports of each year with one another, and looks at those of the
    years in which a report changed. The others look at everything every time.
    """

    id: str
    kind: str
    severity: str
    table: str
    reason: str
    source: str
    example: str
    sql: str
    scope: str | None = None


# exact counts that were done; a link of another kind says nothing that arithmetic could judge
SURE = "{0}.qualifier = 'exact' and {0}.status = 'actual' and {0}.value_high is null"
COUNT = "cast(cast({0}.value as bigint) as varchar)"


def in_text(where: str, pattern: str, message: str) -> str:
    """Reports for which `where` holds and in whose text `pattern` is found; the first place is the evidence."""
    return f"""
select report_id row_id, report_id, '{message}' message, found evidence, strpos(text, found) - 1 char_start
from (select report_id, text, regexp_extract(text, '{pattern}') found from reports where {where}) where found <> ''
"""
