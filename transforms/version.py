"""The version of the extraction: it changes when, and only when, a report could be read
differently.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from schemas import tables
from transforms.readers import READERS_VERSION

VERSION = "1"
# of schemas, what a reading depends on besides the columns of the tables
SCHEMA_SOURCES = ("vocabulary", "metrics.py", "keys.py", "reasons.py")
DATA_SUFFIXES = (".toml", ".tsv", ".txt", ".npz")


@functools.cache
def parser_version() -> str:
    """Returns the version under which parsed reports are staged, such as `3.1-0a1b2c3d`.

    It names the readers, the parser, and a digest of the code, vocabulary, models and columns that
    a reading depends on. Comments and docstrings do not change it.
    """
    roots = resources.files("transforms"), resources.files("schemas")
    digest = _kept(digest_of(*roots, as_they_are=True), lambda: digest_of(*roots))
    return f"{READERS_VERSION}.{VERSION}-{digest[:8]}"


def _kept(key: str, compute: Callable[[], str]) -> str:
    """Returns the digest that was computed for `key` before, else computes and keeps it.

    It is kept beside Python's own compiled files: who can write there can change the code itself.
    """
    path = Path(importlib.util.cache_from_source(__file__)).parent / "version.digest"
    with contextlib.suppress(OSError, ValueError):
        kept_key, digest = path.read_text(encoding="ascii").split()
        if kept_key == key and len(digest) == len(key):
            return digest
    digest = compute()
    if not sys.dont_write_bytecode:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            half_made = path.with_name(f"{path.name}.{os.getpid()}")
            half_made.write_text(f"{key} {digest}\n", encoding="ascii")
            half_made.replace(path)
    return digest


def digest_of(transforms: Traversable, schemas: Traversable, as_they_are: bool = False) -> str:
    """Returns the SHA-256 of what a reading depends on, given the two package folders.

    `as_they_are` takes the bytes of Python files, comments and all.
    """
    content_of = _all_bytes if as_they_are else relevant_content
    digest = hashlib.sha256()
    roots = [("transforms", transforms)]
    roots += [
        (f"schemas/{entry.name}", entry)
        for entry in _sorted(schemas)
        if entry.name in SCHEMA_SOURCES
    ]
    for root_name, root in roots:
        for name, content in _contents(root_name, root, content_of):
            digest.update(name.encode() + b"\0" + content + b"\0")
    digest.update(_columns().encode())
    return digest.hexdigest()


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)


def _contents(
    name: str, entry: Traversable, content_of: Callable[[str, Traversable], bytes]
) -> Iterator[tuple[str, bytes]]:
    """Yields the name and the content of each file at or below `entry`, in `content_of`'s form."""
    if entry.is_dir():
        for child in _sorted(entry):
            yield from _contents(f"{name}/{child.name}", child, content_of)
    elif name.endswith((".py", *DATA_SUFFIXES)):
        yield name, content_of(name, entry)


def _all_bytes(name: str, entry: Traversable) -> bytes:
    return entry.read_bytes()


def relevant_content(name: str, entry: Traversable) -> bytes:
    """Returns what of a file matters: of Python its syntax without docstrings, else all bytes."""
    if not name.endswith(".py"):
        return entry.read_bytes()
    return _syntax(syntax_tree(entry.read_bytes())).encode("utf-8", "surrogatepass")


def syntax_tree(source: str | bytes, trials: int = 5) -> ast.Module:
    """Returns the syntax tree of Python source. Raises SyntaxError.

    CPython 3.11 counts the depth of all threads together: where another one parses at the same time
    it may raise SystemError, so that is tried again.
    """
    for _ in range(trials - 1):
        with contextlib.suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


def _syntax(node: object) -> str:
    """Returns a syntax tree as text, without docstrings and places.

    `ast.dump` is not used: its text differs between Python versions, and so would the version.
    """
    if isinstance(node, list):
        return f"[{','.join(map(_syntax, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if _has_docstring(node):
        fields["body"] = fields["body"][1:]
    parts = [
        f"{name}={_syntax(value)}" for name, value in fields.items() if value not in (None, [])
    ]
    return f"{type(node).__name__}({','.join(parts)})"


def _has_docstring(node: ast.AST) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None


def _columns() -> str:
    """Returns the names and types of the columns of all tables: parsed reports are staged in
    them.
    """
    return repr([(t.name, [(c.name, str(c.type)) for c in t.columns]) for t in tables.TABLES])
