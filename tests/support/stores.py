"""An SFTP server on loopback, over a folder."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncssh


class _Server(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("reader", "secret")


@contextlib.contextmanager
def sftp(folder: Path, known_hosts: Path) -> Iterator[int]:
    """Serves `folder`; writes the server's key to `known_hosts`. Gives the port."""
    loop = asyncio.new_event_loop()
    key = asyncssh.generate_private_key("ssh-ed25519")

    async def start():
        def in_folder(channel):
            return asyncssh.SFTPServer(channel, chroot=str(folder))

        return await asyncssh.create_server(
            _Server, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=in_folder
        )

    server = loop.run_until_complete(start())
    port = server.sockets[0].getsockname()[1]
    public = key.export_public_key().decode().strip()
    known_hosts.write_text(f"[127.0.0.1]:{port} {public}\n")
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
