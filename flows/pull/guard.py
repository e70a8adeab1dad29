"""Where a pull may go: the hosts of its source, by http or https, and never to addresses of the
local network unless the source names them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit


def is_local(address: str) -> bool:
    """Tells whether an IP address is private, loopback, link-local or otherwise not public."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return not (mapped or parsed).is_global or (mapped or parsed).is_multicast


class Guard:
    """Decides which addresses a pull may ask for.

    `address` is the one that the source names, `hosts` further hosts that it names. Hosts below
    the same name without `www.` are allowed too. A host that stands in the source as an address of
    the local network is allowed with its port alone. `refused_names` are hosts whose names led into
    the local network, each with what is wrong in words.
    """

    def __init__(self, address: str, hosts: tuple[str, ...] = ()) -> None:
        self.refused_names: dict[str, str] = {}
        self.named = {_host_and_port(address)} | {_host_and_port(f"//{h}") for h in hosts}

    def name(self, addresses: Iterable[str]) -> None:
        """Names the hosts of further addresses: those of a list that its user wrote."""
        self.named |= {_host_and_port(address) for address in addresses}

    def refusal(self, address: str) -> str | None:
        """Why an address may not be asked for; None where it may."""
        try:
            parts = urlsplit(address)
            host, port = _host_and_port(address)
        except ValueError:
            return "the address is malformed"
        if parts.scheme not in ("http", "https"):
            return f"the scheme {parts.scheme!r} is not http or https"
        if not host:
            return "the address names no host"
        if (host, port) in self.named:
            return None
        if is_local(host) or host == "localhost" or host.endswith(".localhost"):
            return f"{host} is an address of the local network that the source does not name"
        if any(_same_site(host, name) for name, _ in self.named):
            return None
        return f"{host} is not a host of the source; name it under hosts to allow it"

    def may_resolve_to(self, host: str, ip_address: str) -> bool:
        """Tells whether a host may be reached at an IP address that its name resolves to."""
        return not is_local(ip_address) or any(host == name for name, _ in self.named)


def _host_and_port(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    default = 443 if parts.scheme == "https" else 80
    return (parts.hostname or "").lower().rstrip("."), parts.port or default


def _same_site(host: str, name: str) -> bool:
    """Whether two hosts are one site: the same but for `www.`, or one below the other."""
    if is_local(name):
        return False
    site = name.removeprefix("www.")
    return host.removeprefix("www.") == site or host.endswith(f".{site}")
