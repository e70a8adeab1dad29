"""The list of sources that `fazhi` pulls from: `sources.toml`, one `[[source]]` table each.

The file belongs to its user: it is read as a whole and checked, and edited in place so that
comments and order stay.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from schemas.errors import UsageError
from schemas.language import say
from warehouse.files import write_atomic

if TYPE_CHECKING:
    import tomlkit

KINDS = ("web", "s3", "http", "sftp", "webdav", "folder")
_SCHEMES = {
    "web": ("http", "https", "file"),
    "http": ("http", "https"),
    "s3": ("s3",),
    "sftp": ("sftp",),
    "webdav": ("http", "https"),
}
_NAME = re.compile(r"[\w.-]{1,60}")
_WEB_ONLY = ("list_links", "next_link", "detail_links", "pages", "json", "contact")
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class PullSource:
    """One place that reports are pulled from.

    `place` is province/prefecture/county, parts may be empty; None where the source does not say
    it. The `address` of kind web may be file:///path of a list of addresses: the hosts in it are
    named by the source. `list_links`, `next_link` and `detail_links` are CSS selectors, `pages` an
    address with `{n}` for the number of a page, `json` the path of the entries in a JSON list
    (`data.rows[].url`); None means that links and titles decide. `pattern` is a glob that the names
    of files in a store must match. `delay_seconds` lies between two requests to one host, and an
    answer may take `timeout_seconds`. The limits hold for one pull; `max_pages` (requests) and
    `max_depth` are for kinds web and http.
    """

    name: str
    kind: str
    address: str
    place: str | None = None
    list_links: str | None = None
    next_link: str | None = None
    detail_links: str | None = None
    pages: str | None = None
    json: str | None = None
    contact: str | None = None
    pattern: str = "*"
    hosts: tuple[str, ...] = ()
    max_pages: int = 500
    max_depth: int = 60
    max_total_bytes: int = 4 * _GIB
    max_seconds: int = 3 * 3600
    delay_seconds: float = 1.0
    timeout_seconds: float = 60.0


_FIELDS = {field.name: field for field in dataclasses.fields(PullSource)}


def load(path: Path) -> list[PullSource]:
    """Reads `sources.toml`. Returns its sources in their order.

    Raises UsageError, naming the file, the source and the key, for what is not as it must be.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        document = tomllib.loads(text)
    except FileNotFoundError:
        raise UsageError(
            say("no such file: {path}; make one with: fazhi sources add NAME ADDRESS", path=path)
        ) from None
    except OSError as error:
        raise UsageError(
            say("{path} cannot be read ({reason})", path=path, reason=error.strerror)
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(
            say(
                "{path} is not UTF-8 (byte {start}): save it as UTF-8", path=path, start=error.start
            )
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(say("{path} is no TOML: {error}", path=path, error=error)) from None
    entries = document.pop("source", [])
    if document:
        raise UsageError(
            say(
                "{path}: unknown: {document}; a source begins with [[source]]",
                path=path,
                document=", ".join(document),
            )
        )
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(
            say("{path}: write [[source]] with two brackets before each source", path=path)
        )
    sources = [from_table(entry, f"{path}: source {n}") for n, entry in enumerate(entries, 1)]
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                say("{path}: two sources have the name {name}", path=path, name=repr(name))
            )
    return sources


def from_table(table: Mapping[str, object], where: str) -> PullSource:
    """Makes a source of one table of the file. `where` begins the message of a UsageError."""
    name = table.get("name")
    label = f"{where} ({name})" if isinstance(name, str) and name else where
    for key in table:
        if key not in _FIELDS:
            like = difflib.get_close_matches(key, _FIELDS, 1)
            hint = f" (did you mean {like[0]}?)" if like else f"; it may have {', '.join(_FIELDS)}"
            raise UsageError(
                say("{label}: unknown key {key}{hint}", label=label, key=repr(key), hint=hint)
            )
    for key in ("name", "kind", "address"):
        if key not in table:
            raise UsageError(say("{label}: has no {key}", label=label, key=key))
    values = {key: _value(key, value, label) for key, value in table.items()}
    source = PullSource(**values)  # type: ignore[arg-type]
    _check(source, label)
    return source


def _value(key: str, value: object, label: str) -> object:
    """The value of a key in the type that its field has."""
    kind = str(_FIELDS[key].type)
    if kind == "tuple[str, ...]":
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise UsageError(say("{label}: {key} must be a list of texts", label=label, key=key))
    if kind in ("int", "float"):
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise UsageError(
                say(
                    "{label}: {key} must be a number of 0 or more, not {value}",
                    label=label,
                    key=key,
                    value=repr(value),
                )
            )
        if not math.isfinite(value) or value < 0:
            raise UsageError(
                say(
                    "{label}: {key} must be a number of 0 or more, not {value}",
                    label=label,
                    key=key,
                    value=repr(value),
                )
            )
        if kind == "int" and value != int(value):
            raise UsageError(
                say(
                    "{label}: {key} must be a whole number, not {value}",
                    label=label,
                    key=key,
                    value=repr(value),
                )
            )
        return int(value) if kind == "int" else float(value)
    if not isinstance(value, str):
        raise UsageError(
            say(
                "{label}: {key} must be a text in quotes, not {value}",
                label=label,
                key=key,
                value=repr(value),
            )
        )
    return value


def _check(source: PullSource, label: str) -> None:
    """Raises UsageError for values that do not fit each other."""
    if not _NAME.fullmatch(source.name) or source.name.startswith("."):
        message = "name may have letters, digits, '_', '.' and '-', at most 60 of them"
        raise UsageError(f"{label}: {message}")
    if source.kind not in KINDS:
        raise UsageError(
            say(
                "{label}: kind must be one of {kinds}, not {kind}",
                label=label,
                kinds=", ".join(KINDS),
                kind=repr(source.kind),
            )
        )
    if source.kind == "folder":
        return
    parts = urlsplit(source.address)
    schemes = _SCHEMES[source.kind]
    is_whole = not parts.netloc if parts.scheme == "file" else bool(parts.netloc)
    if parts.scheme not in schemes or not is_whole:
        begin = " or ".join(f"{scheme}://" for scheme in schemes)
        raise UsageError(
            say(
                "{label}: address must begin with {begin}, not {address}",
                label=label,
                begin=begin,
                address=repr(source.address),
            )
        )
    if parts.password or (parts.username and source.kind != "sftp"):
        message = "an address holds no user name or password"
        raise UsageError(
            say(
                "{label}: {message}; give them in the environment (see the README)",
                label=label,
                message=message,
            )
        )
    if source.kind != "web":
        for key in _WEB_ONLY:
            if getattr(source, key) is not None:
                raise UsageError(say("{label}: {key} is for kind web alone", label=label, key=key))
    if source.pages is not None and "{n}" not in source.pages:
        raise UsageError(say("{label}: pages must hold {{n}}, the number of the page", label=label))
    if source.place is not None and len(source.place.split("/")) > 3:
        raise UsageError(
            say(
                "{label}: place is province/prefecture/county, not {place}",
                label=label,
                place=repr(source.place),
            )
        )


def add(path: Path, source: PullSource) -> None:
    """Adds a source at the end of the file; makes the file where there is none.

    Raises UsageError where a source of that name is there.
    """
    import tomlkit

    if path.exists():
        if any(known.name == source.name for known in load(path)):
            raise UsageError(
                say("{path} has a source {name} already", path=path, name=repr(source.name))
            )
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    else:
        document = tomlkit.document()
    entries = document.setdefault("source", tomlkit.aot())
    table = tomlkit.table()
    for field in dataclasses.fields(PullSource):
        value = getattr(source, field.name)
        if value != field.default:
            table.add(field.name, list(value) if isinstance(value, tuple) else value)
    table.add(tomlkit.nl())
    entries.append(table)
    _write(path, document)


def remove(path: Path, name: str) -> None:
    """Takes a source out of the file; what it brought stays. Raises UsageError for a wrong name."""
    import tomlkit

    names = [source.name for source in load(path)]
    if name not in names:
        like = difflib.get_close_matches(name, names, 1)
        hint = f" (did you mean {like[0]}?)" if like else ""
        raise UsageError(
            say("{path} has no source {name}{hint}", path=path, name=repr(name), hint=hint)
        )
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    del document["source"][names.index(name)]
    _write(path, document)


def _write(path: Path, document: tomlkit.TOMLDocument) -> None:
    import tomlkit  # only who edits the file needs it

    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(Path(os.path.abspath(path)), tomlkit.dumps(document).encode())
