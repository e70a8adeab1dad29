"""Workers of this machine: one that is killed, stuck or slow to start costs its own source at most."""

import multiprocessing
import os
import signal
import time

import pytest

from flows.workers import pool
from tests.support import reports
from tests.tools import faults
from transforms.version import parser_version
from warehouse import landing, sources, staging


def landed(folder, *contents):
    """The digests of contents, landed in `folder`."""
    digests = [sources.sha256_of(c) for c in contents]
    for digest, content in zip(digests, contents):
        landing.store(folder, digest, content)
    return digests


def test_a_source_that_takes_too_long_costs_itself_alone(tmp_path):
    long = (reports.text(1) + "全年办理案件3件、巡查4次。" * 100_000).encode()
    members = landed(tmp_path, reports.text(0).encode(), long)
    (key,) = pool.work([pool.Job("parse", str(tmp_path), members)], 1, seconds=2)
    staged = staging.Index(tmp_path, parser_version())
    assert staged.problem(members[0]) is None and staged.batch[members[0]] == key
    assert staged.problem(members[1]).reason_code == "took_too_long"


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False])
def test_what_takes_too_long_with_others_costs_none_of_them(tmp_path, first):
    # read in no time and understood with those before and after it, in the order of their digests
    long = "全年办理案件3件、" * 60_000
    texts = [f"{reports.text(1)}{long}{n}" for n in range(40)]
    order = sorted(texts, key=lambda text: sources.sha256_of(text.encode()), reverse=not first)
    others = [reports.text(i).encode() for i in range(6)]
    members = landed(tmp_path, order[0].encode(), *others)
    list(pool.work([pool.Job("parse", str(tmp_path), members)], 1, seconds=4))
    staged = staging.Index(tmp_path, parser_version())
    refused = {m: p.reason_code for m in members if (p := staged.problem(m)) is not None}
    assert refused == {members[0]: "took_too_long"}


class TakesThreeSecondsToReceive:
    def __reduce__(self):
        return time.sleep, (3,)


def test_a_limit_shorter_than_the_start_of_a_worker_ends_no_run(tmp_path):
    members = landed(tmp_path, reports.text(0).encode())
    job = pool.Job("parse", str(tmp_path), members, options={"slow": TakesThreeSecondsToReceive()})
    (key,) = pool.work([job], 1, seconds=1)
    assert staging.Index(tmp_path, parser_version()).batch[members[0]] == key


def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(tmp_path):
    members = landed(tmp_path, *(reports.text(i).encode() for i in range(40)))
    jobs = [pool.Job("parse", str(tmp_path), members[i : i + 10]) for i in range(0, 40, 10)]
    killed = []

    def told(_):
        if len(killed) < 2:
            victim = multiprocessing.active_children()[0]
            killed.append(victim.pid)
            os.kill(victim.pid, signal.SIGKILL)

    assert len(list(pool.work(jobs, 2, on_begun=told))) == 4 and len(killed) == 2
    staged = staging.Index(tmp_path, parser_version())
    assert all(m in staged and staged.problem(m) is None for m in members)


@pytest.mark.slow
def test_workers_go_on_when_the_process_they_are_forked_from_is_killed(tmp_path):
    members = landed(tmp_path, *(reports.text(i).encode() for i in range(40)))
    jobs = [pool.Job("parse", str(tmp_path), members[i : i + 10]) for i in range(0, 40, 10)]
    killed = []

    def told(_):
        if not killed:
            killed.extend(c for c in faults.children(os.getpid()) if faults.forks_workers(c))
            for ancestor in killed:
                os.kill(ancestor, signal.SIGKILL)

    assert len(list(pool.work(jobs, 2, on_begun=told))) == 4 and killed
    staged = staging.Index(tmp_path, parser_version())
    assert all(m in staged and staged.problem(m) is None for m in members)
