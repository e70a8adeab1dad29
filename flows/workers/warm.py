"""Imported by the one process that workers are forked from: what each of them would import, load and compile first is there already."""

import signal

# both are the run's business; a worker takes SIGTERM back
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)

from flows.workers import batch  # noqa: E402

batch.warm_up()
