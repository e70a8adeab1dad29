"""The options that need not be typed each time: from `fazhi.toml` and from the environment.

The command line outweighs the environment, which outweighs the file. The file has `data` for all
commands and a table for each command, with its long options as keys:

    data = "/srv/fazhi/data"

    [run]
    source = ["/srv/reports"]
    keep = 14

In the environment, FAZHI_DATA is `data` and FAZHI_RUN_KEEP is `keep` of `run`.
"""

from __future__ import annotations

import argparse
import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.errors import UsageError
from schemas.language import say

FILE = "fazhi.toml"
VARIABLE = "FAZHI_CONFIG"  # the path of another file
_PREFIX = "FAZHI_"
# options that stand for one call and not for a habit
_ONCE = ("help", "version", "config", "accept_loss")
_SECRETS = ("webhook", "token")


@dataclass(frozen=True, slots=True)
class Setting:
    """An option of a command as it holds without the command line.

    `command` is its name, such as `run` or `sources add`; `origin` is where `value` comes from: a
    file, a variable of the environment, or `default`.
    """

    command: str
    option: str
    value: Any
    origin: str

    def shown(self) -> str:
        """Returns the value as text; of a secret only that it is set."""
        if self.value is None or self.value == []:
            return ""
        if self.option in _SECRETS:
            return "(set)"
        return " ".join(map(str, self.value)) if isinstance(self.value, list) else str(self.value)


def apply(parser: argparse.ArgumentParser, path: str | None = None) -> list[Setting]:
    """Sets the defaults of all commands of `parser`; returns every option with its origin.

    `path` is the file; None: the one that FAZHI_CONFIG names, else `fazhi.toml` in the working
    folder, if there is one. Raises UsageError for a file that cannot be read, and for a key or a
    value of file or environment that no option takes, with its place.
    """
    named = path or os.environ.get(VARIABLE)
    file = Path(named or FILE)
    values = _read(file) if named or file.is_file() else {}
    commands = dict(_commands(parser))
    _check_names(file, values, commands)
    settings = []
    for command, own in commands.items():
        table = _table_of(values, command)
        for action in own._actions:
            if action.dest in _ONCE or isinstance(action, argparse._SubParsersAction):
                continue
            setting = _setting(file, values, command, table, action)
            settings.append(setting)
            if setting.origin != "default":
                own.set_defaults(**{action.dest: setting.value})
                action.required = False
    return settings


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(say("{file} cannot be read: {reason}", file=file, reason=reason)) from None


def _commands(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yields the name of each command, such as `sources add`, with its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                full = f"{name} {word}".strip()
                yield full, below
                yield from _commands(below, full)


def _table_of(values: Mapping[str, Any], command: str) -> Mapping[str, Any]:
    table: Any = values
    for word in command.split():
        table = table.get(word, {})
    return table if isinstance(table, Mapping) else {}


def _check_names(
    file: Path, values: Mapping[str, Any], commands: Mapping[str, argparse.ArgumentParser]
) -> None:
    """Raises UsageError for the first key that is neither a command nor an option of it."""
    first_words = {command.split()[0] for command in commands}
    _check_keys(file, "", values, {"data", *first_words})
    for command, parser in commands.items():
        table = _table_of(values, command)
        below = {c.split()[-1] for c in commands if c.startswith(f"{command} ")}
        options = {a.dest for a in parser._actions if a.dest not in (*_ONCE, "action")}
        _check_keys(file, command, table, options | below)
    for word in first_words & values.keys():
        if not isinstance(values[word], Mapping):
            raise UsageError(say("{file}: {word} must be a table: [{word}]", file=file, word=word))


def _check_keys(file: Path, command: str, table: Mapping[str, Any], known: set[str]) -> None:
    for key in table:
        if key.replace("-", "_") not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = say(" (did you mean {name}?)", name=near[0]) if near else ""
            if command:
                where = command.replace(" ", ".")
                problem = say("[{command}] has no option {key}", command=where, key=key)
            else:
                problem = say("no key or command {key}", key=key)
            raise UsageError(f"{file}: {problem}{hint}")


def _setting(
    file: Path,
    values: Mapping[str, Any],
    command: str,
    table: Mapping[str, Any],
    action: argparse.Action,
) -> Setting:
    variable = f"{_PREFIX}{'_'.join([*command.split(), action.dest])}".upper().replace("-", "_")
    names = [variable, f"{_PREFIX}DATA"] if action.dest == "data" else [variable]
    for name in names:
        if os.environ.get(name):
            value = _checked(say("the variable {name}", name=name), os.environ[name], action)
            return Setting(command, action.dest, value, name)
    keys = (action.dest, action.dest.replace("_", "-"))
    for key in keys:
        if key in table:
            value = _checked(
                say("{file}: {key} of [{command}]", file=file, key=key, command=command),
                table[key],
                action,
            )
            return Setting(command, action.dest, value, str(file))
    if action.dest == "data" and "data" in values:
        return Setting(
            command, "data", _checked(f"{file}: data", values["data"], action), str(file)
        )
    return Setting(command, action.dest, action.default, "default")


def _checked(where: str, value: Any, action: argparse.Action) -> Any:
    """Returns a value as the option takes it. Raises UsageError, which names `where` it stands."""
    if isinstance(action, argparse._StoreTrueAction):
        if value in (True, False):
            return value
        if str(value).lower() in ("1", "true", "yes", "0", "false", "no"):
            return str(value).lower() in ("1", "true", "yes")
        raise UsageError(say("{where} is true or false, not {value!r}", where=where, value=value))
    if action.nargs in ("*", "+"):
        parts = value if isinstance(value, list) else str(value).split(os.pathsep)
        return [_converted(where, part, action) for part in parts]
    return _converted(where, value, action)


def _converted(where: str, value: Any, action: argparse.Action) -> Any:
    if isinstance(value, (list, dict)):
        raise UsageError(say("{where} is one value, not {value!r}", where=where, value=value))
    try:
        # as the command line gives it: as text
        converted = action.type(str(value)) if callable(action.type) else str(value)
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise UsageError(f"{where}: {error}") from None
    if action.choices is not None and converted not in action.choices:
        known = ", ".join(map(str, action.choices))
        raise UsageError(
            say("{where} is one of {known}, not {value!r}", where=where, known=known, value=value)
        )
    return converted
