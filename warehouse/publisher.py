"""Who publishes the states of a data folder: `publisher.toml`, a file of its owner."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

from schemas.descriptors import Publisher
from schemas.errors import UsageError
from schemas.language import say
from warehouse import files

_KEYS = tuple(field.name for field in dataclasses.fields(Publisher))


def load(path: Path) -> Publisher:
    """Returns the publisher that a TOML file names; one that is not named where there is no file.

    Raises UsageError for a file that is no TOML, for an unknown key and for a value that is no text
    in one line.
    """
    if not path.exists():
        return Publisher()
    try:
        values = tomllib.loads(files.read_file(path).decode("utf-8"))
    except OSError as error:
        raise UsageError(
            say("{path} cannot be read ({reason})", path=path, reason=error.strerror)
        ) from None
    except ValueError as error:
        raise UsageError(say("{path} is no TOML ({error})", path=path, error=error)) from None
    for key, value in values.items():
        if key not in _KEYS:
            raise UsageError(
                say("{path}: {key} is none of {keys}", path=path, key=key, keys=", ".join(_KEYS))
            )
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise UsageError(say("{path}: {key} is no text in one line", path=path, key=key))
    return Publisher(**values)
