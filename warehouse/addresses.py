"""Addresses of sources: `file://` addresses of paths and of members of archives, and names as they
can be shown.
"""

from __future__ import annotations

import os
from urllib.parse import quote, unquote_to_bytes


def uri_of(path: str) -> str:
    """Returns the `file://` address of an absolute path."""
    return "file://" + quoted(path)


def path_of(uri: str) -> str | None:
    """Returns the path of a `file://` address; None for a member of an archive and for other
    addresses.
    """
    if not uri.startswith("file://") or "!/" in uri:
        return None
    return os.fsdecode(unquote_to_bytes(uri.removeprefix("file://")))


def quoted(name: str) -> str:
    """Returns a path or name for an address.

    Chinese names stay readable; percent signs, control characters and bytes that are no UTF-8 are
    percent-encoded.
    """
    if name.isprintable() and "%" not in name:
        return name
    return "".join(_quoted_character(character) for character in name)


def _quoted_character(character: str) -> str:
    if character.isprintable() and character != "%":
        return character
    # a byte that is no UTF-8 stands in a path as one of these characters
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return quote(character.encode("utf-8", errors))


def printable(name: str) -> str:
    """Returns a name as text that can be stored and printed; what cannot be printed becomes
    U+FFFD.
    """
    if name.isprintable():
        return name
    return "".join(character if character.isprintable() else "\ufffd" for character in name)


def shown_name(path: str) -> str:
    """Returns the last part of a path as text that can be stored and printed."""
    name = os.path.basename(path)
    if name.isprintable():
        return name
    return printable(os.fsencode(name).decode("utf-8", "replace"))
