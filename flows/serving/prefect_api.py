"""Serves Prefect's API on a socket that whoever started this process has bound.

`python -m flows.serving.prefect_api SOCKET PARENT`: the number of the open socket, and the process
that this one ends with.
"""

from __future__ import annotations

import os
import signal
import socket
import sys

import uvicorn

from flows.workers.processes import end_with_parent


def main() -> None:
    """Serves until it is stopped."""
    descriptor, parent = map(int, sys.argv[1:3])
    end_with_parent(signal.SIGTERM)
    if os.getppid() != parent:  # it ended before this could be said
        sys.exit(1)
    config = uvicorn.Config(
        "prefect.server.api.server:create_app",
        factory=True,
        log_level="error",
        lifespan="on",
        timeout_graceful_shutdown=1,
    )
    with socket.socket(fileno=descriptor) as bound:
        uvicorn.Server(config).run(sockets=[bound])


if __name__ == "__main__":
    main()
