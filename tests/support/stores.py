"""An SFTP server and a WebDAV server on loopback, each over a folder."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

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


class _WsgiServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _WsgiHandler(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def webdav(folder: Path, requests: list[tuple[str, str]], away: str) -> Iterator[str]:
    """Serves `folder` to the user `reader`, password `secret`. Gives the address.

    `requests` gets method and path of what is asked for. A file below /away/ is a redirect to
    the address `away`.
    """
    from wsgidav.wsgidav_app import WsgiDAVApp

    users = {"*": {"reader": {"password": "secret"}}}
    application = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": users},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )

    def noted(environ, start_response):
        path = environ["PATH_INFO"].encode("latin-1").decode()
        requests.append((environ["REQUEST_METHOD"], path))
        if environ["REQUEST_METHOD"] == "GET" and "/away/" in path:
            start_response("302 Found", [("Location", away)])
            return [b""]
        return application(environ, start_response)

    server = make_server("127.0.0.1", 0, noted, _WsgiServer, _WsgiHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
