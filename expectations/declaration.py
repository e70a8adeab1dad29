"""What a rule is, and how it is read from its SQL file.

A rule is one file, `expectations/rules/<kind>/<rule_id>.sql`: comment lines that say what the rule
is, an empty line, and a query that gives the rows that break it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas import tables

KINDS = ("structure", "form", "arithmetic", "plausibility", "origin")

# what a rule has to look at again when reports change: the scope, and the relation of the reports
# that are judged anew
JUDGED_ANEW = {
    "report": "report_changed",  # its own rows decide
    "body": "body_changed",  # the reports of one body are compared
    "year": "year_changed",  # the reports of one year are compared
    "own_text": "judged_own",  # its text is compared with the body's own earlier report
    "other_text": "judged_other",  # its text is compared with another body's report
}
SCOPES = (*JUDGED_ANEW, "all")  # all: the rule looks at every row, every time

_HEAD_LINE = re.compile(r"-- ([a-z_ ]+): (.+)")
_MORE = "--     "  # a line of the head that goes on with the one before it
_FIELDS = {
    "severity": "severity",
    "scope": "scope",
    "table": "table",
    "name_zh": "name_zh",
    "holds": "holds",
    "holds_zh": "holds_zh",
    "source": "source",
    "broken by": "broken_by",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what must hold, where that comes from, and the query of the rows that break it.

    `sql` gives row_id, report_id, message, message_zh, evidence and char_start of each row of
    `table` that breaks the rule. `holds` says what must hold, `broken_by` gives an example that
    breaks it. `scope` is one of SCOPES. What follows from a finding is the policy's to say.
    """

    id: str
    kind: str
    severity: str
    scope: str
    table: str
    name_zh: str
    holds: str
    holds_zh: str
    source: str
    broken_by: str
    sql: str


def parse_rule(kind: str, rule_id: str, text: str) -> Rule:
    """Reads a rule from the text of its SQL file.

    Raises ValueError, which names the rule and the line, where the head lacks an entry, has one
    that is not known, or one whose value is not allowed.
    """
    head, _, sql = text.partition("\n\n")
    fields: dict[str, str] = {}
    name = ""
    for line in head.splitlines():
        if line.startswith(_MORE) and name:
            fields[name] += " " + line.removeprefix(_MORE).strip()
        elif (entry := _HEAD_LINE.fullmatch(line)) and entry[1] in _FIELDS:
            name = _FIELDS[entry[1]]
            fields[name] = entry[2].strip()
        else:
            raise ValueError(f"rule {rule_id}: {line!r} is no line of the head of a rule")
    if missing := [label for label, field in _FIELDS.items() if field not in fields]:
        raise ValueError(f"rule {rule_id}: its head lacks -- {missing[0]}: …")
    allowed = (
        ("severity", tables.SEVERITIES),
        ("scope", SCOPES),
        ("table", tuple(tables.BY_NAME)),
    )
    for field, values in allowed:
        if fields[field] not in values:
            raise ValueError(
                f"rule {rule_id}: {field} is {fields[field]!r}, but must be one of "
                f"{', '.join(values)}"
            )
    if not sql.strip():
        raise ValueError(f"rule {rule_id}: there is no query below its head")
    return Rule(id=rule_id, kind=kind, sql=sql.strip() + "\n", **fields)
