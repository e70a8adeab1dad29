"""Serves Prefect's API on a socket that whoever started this process has bound: `python -m flows.serving.prefect_api FD`."""

import socket
import sys

import uvicorn


def main() -> None:
    config = uvicorn.Config(
        "prefect.server.api.server:create_app", factory=True, log_level="error", lifespan="on"
    )
    with socket.socket(fileno=int(sys.argv[1])) as bound:
        uvicorn.Server(config).run(sockets=[bound])


if __name__ == "__main__":
    main()
