"""fazhi explore: a local web app on the published state."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
from importlib.util import find_spec

from flows import exit_codes
from flows.commands.options import Commands, add_command, data_folder, published_state
from schemas.errors import UsageError
from schemas.language import marked, say

_PORT = 8600
_INSTALL = marked(
    "fazhi explore needs the extra [explore]: "
    ".venv/bin/uv pip install --python .venv/bin/python 'nicegui>=3.18'"
)


def declare(commands: Commands) -> None:
    """Adds the command explore."""
    explore = add_command(
        commands, "explore", _explore, help=say("look at what is published in the browser")
    )
    explore.add_argument(
        "--host",
        default="127.0.0.1",
        help=say("address to listen on (default: %(default)s); any but loopback asks for a token"),
    )
    explore.add_argument(
        "--port",
        type=port_number,
        default=_PORT,
        help=say("port to listen on, 0 for a free one (default: %(default)s)"),
    )
    explore.add_argument(
        "--review",
        action="store_true",
        help=say(
            "let visitors decide on figures, as fazhi review does; without it nothing is written"
        ),
    )


def port_number(text: str) -> int:
    """Returns the number of a port from 0 on. Raises ArgumentTypeError for another text."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5) or int(text) > 65535:
        raise argparse.ArgumentTypeError(say("{text} is no port", text=repr(text)))
    return int(text)


def _explore(options: argparse.Namespace) -> int:
    if find_spec("nicegui") is None:
        raise UsageError(say(_INSTALL))
    published_state(options)
    from flows.explore.guard import is_loopback

    # a token in the environment stays the same from start to start
    token = None
    if not is_loopback(options.host):
        token = os.environ.get("FAZHI_EXPLORE_TOKEN") or secrets.token_urlsafe(16)
    port = free_port(options.host, options.port)
    host = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
    print(say("{address}\n(Ctrl-C ends it)", address=address), flush=True)
    from flows.explore import app

    app.serve(data_folder(options), options.host, port, token, options.review)
    return exit_codes.OK


def free_port(host: str, port: int) -> int:
    """Returns the port, or a free one for 0. Raises UsageError where nothing can listen on it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                say(
                    "nothing can listen on {host}:{port} ({reason}): give another --port or --host",
                    host=host,
                    port=port,
                    reason=error.strerror,
                )
            ) from None
        return int(probe.getsockname()[1])
