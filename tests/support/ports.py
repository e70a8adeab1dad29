"""Free ports of this machine."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Returns a port on loopback that nothing listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
