"""How `fazhi` leaves."""

from schemas.language import marked

OK = 0
USAGE = 1
HELD = 2
QUARANTINED = 3
FAILED = 4
INTERRUPTED = 130
TERMINATED = 143

TEXT = marked(
    """exit codes:
  0  published, or nothing to do
  1  bad usage: a missing source, an unwritable folder, another run under way
  2  the quality gate held the publication back; the state before stays in force
  3  with --strict: published, but something was quarantined
  4  the run failed; nothing was published
  130  stopped by Ctrl-C; nothing was published, the next run goes on from there
  143  stopped by SIGTERM; the same"""
)
