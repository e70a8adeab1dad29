"""fazhi mcp: a server for assistants on the published state."""

from __future__ import annotations

import argparse
from importlib.util import find_spec

from flows import exit_codes
from flows.commands.explore import free_port, port_number
from flows.commands.options import Commands, add_command, data_folder, published_state
from schemas.errors import UsageError
from schemas.language import marked, say

_PORT = 8610
_HOST = "127.0.0.1"
_INSTALL = marked(
    "fazhi mcp needs the extra [mcp]: .venv/bin/uv pip install --python .venv/bin/python 'mcp>=2'"
)


def declare(commands: Commands) -> None:
    """Adds the command mcp."""
    mcp = add_command(
        commands,
        "mcp",
        _mcp,
        help=say("let assistants ask what is published (Model Context Protocol)"),
        description=say(
            "Answers on standard input and output, as assistants start it; with --http on a port "
            "of this machine. Read-only, from the state in force at each call."
        ),
    )
    mcp.add_argument(
        "--http",
        action="store_true",
        help=say("listen on loopback (streamable HTTP) instead of standard input and output"),
    )
    mcp.add_argument(
        "--port",
        type=port_number,
        default=_PORT,
        help=say("port for --http, 0 for a free one (default: %(default)s)"),
    )


def _mcp(options: argparse.Namespace) -> int:
    if find_spec("mcp") is None:
        raise UsageError(say(_INSTALL))
    published_state(options)
    folder = data_folder(options)
    if options.http:
        port = free_port(_HOST, options.port)
        print(say("http://{host}:{port}/mcp\n(Ctrl-C ends it)", host=_HOST, port=port), flush=True)
    from flows.assistant import server

    if options.http:
        server.serve_http(folder, port)
    else:
        try:
            server.serve_stdio(folder)
        except KeyboardInterrupt:
            pass  # how a person ends it; an assistant closes the input
    return exit_codes.OK
