"""The second half of a night: what is new is parsed, and the next state made, judged and put in
force.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from expectations import judging
from expectations.suites import validated
from flows.night import assemble, judge, parse, plan, publish, sort
from flows.night.assemble import Assembled
from flows.night.changes import Changes
from flows.night.judge import Judged
from flows.night.parse import Parsed
from flows.night.run import Run
from flows.night.sort import Sorted
from flows.night.summary import Results
from flows.night.tools import Tools
from flows.night.unread import staged


def make_state(run: Run, tools: Tools, changes: Changes) -> Iterator[Results]:
    """Runs the steps from the parsing to the publication; yields what they made so far."""
    call, progress = tools.call, tools.report_progress
    pulls, landed, divided = changes.pulls, changes.landed, changes.divided
    parsed = Parsed(changes.unread.index, None)
    if divided is None:
        # Great Expectations takes seconds to load: it begins beside the parsing
        warm_up = _load_nothing if tools.suites else judging.load_beside
        parsed = call(parse.parse, run, landed, changes.unread, tools.crew, progress, warm_up)
        divided = call(sort.sort_out, run, landed, parsed.index)
        yield Results(divided, pulls=pulls)
        if sort.is_unchanged(run, divided):
            if parsed.begun:
                parsed.begun.discard()
            return
    assembled, judged = _assemble_and_judge(run, divided, parsed, tools)
    judgement = judged.judgement
    made = Results(judged.divided, assembled, judgement, pulls=pulls)
    yield made
    if judgement is None or judgement.reasons:
        assembled.candidate.discard()
        return
    progress("publish")
    made = replace(made, difference=publish.compare(run, assembled))
    if run.settings.prepare:
        assembled.candidate.discard()
        yield made
        return
    yield replace(made, state=call(publish.publish, run, assembled, judged, progress))


def _load_nothing(is_large: bool) -> None:
    """Suites that need no loading."""


def _assemble_and_judge(
    run: Run, divided: Sorted, parsed: Parsed, tools: Tools
) -> tuple[Assembled, Judged]:
    """Makes the next state and judges it, again without the reports that the policy holds back.

    Each time other reports may become far from their peers, so it is judged until none is held.
    """
    index, begun = parsed.index, parsed.begun
    while True:
        tools.report_progress("plan")
        planned = tools.call(plan.plan, run, divided, index, begun, tools.crew)
        tools.report_progress("assemble")
        assembled = tools.call(assemble.assemble, run, planned)
        tools.report_progress("judge")
        judged = tools.call(judge.judge, run, assembled, tools.suites or validated)
        if judged.judgement is not None:
            return assembled, judged
        divided, index, begun = judged.divided, staged(run), None
