"""The version of the extraction: it changes when, and only when, a report could be read
differently.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

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
    digest = digest_of(resources.files("transforms"), resources.files("schemas"))
    return f"{READERS_VERSION}.{VERSION}-{digest[:8]}"


def digest_of(transforms: Traversable, schemas: Traversable) -> str:
    """Returns the SHA-256 of what a reading depends on, given the two package folders."""
    digest = hashlib.sha256()
    roots = [("transforms", transforms)]
    roots += [
        (f"schemas/{entry.name}", entry)
        for entry in _sorted(schemas)
        if entry.name in SCHEMA_SOURCES
    ]
    for root_name, root in roots:
        for name, content in _contents(root_name, root):
            digest.update(name.encode() + b"\0" + content + b"\0")
    digest.update(_columns().encode())
    return digest.hexdigest()


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)


def _contents(name: str, entry: Traversable) -> Iterator[tuple[str, bytes]]:
    """Yields the name and the relevant content of each file at or below `entry`."""
    if entry.is_dir():
        for child in _sorted(entry):
            yield from _contents(f"{name}/{child.name}", child)
    elif name.endswith((".py", *DATA_SUFFIXES)):
        yield name, relevant_content(name, entry)


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
