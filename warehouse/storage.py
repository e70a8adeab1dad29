"""Objects on S3-compatible storage, and the pointer that is swapped by a conditional write.

Credentials and endpoint come from the environment, as everywhere (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from schemas.errors import UsageError
from schemas.language import say

POINTER = "current.json"
AT_ONCE = 16  # requests
_PAUSES = (0.1, 0.4, 1.6)  # seconds before a write that was refused for the moment is tried again


class Conflict(UsageError):
    """Another machine has published there since this one last looked."""


class Remote:
    """The storage at `url` (s3://bucket/prefix). `store` takes the place of the one that the
    address names.
    """

    def __init__(self, url: str, store: Any = None) -> None:
        try:
            import obstore
            from obstore.store import from_url
        except ImportError:
            raise UsageError(
                say("remote storage needs the extra: pip install 'fazhi-warehouse[s3]'")
            ) from None
        self.url = url.rstrip("/")
        self._library: Any = obstore
        if store is not None:
            self._store = store
            return
        if not url.startswith("s3://"):
            raise UsageError(say("{url}: give an address like s3://bucket/prefix", url=url))
        options: dict[str, Any] = {}
        if os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"):
            options["client_options"] = {"allow_http": True}
        self._store = from_url(self.url, **options)

    def pointer(self) -> tuple[dict[str, Any] | None, str | None]:
        """Returns what the pointer says, and its tag; (None, None) before the first publication.

        Raises UsageError where the storage does not answer, or the pointer is no JSON object.
        """
        try:
            answer = self._library.get(self._store, POINTER)
            pointer = json.loads(bytes(answer.bytes()))
        except FileNotFoundError:
            return None, None
        except self._library.exceptions.BaseError as error:
            first_line = str(error).splitlines()[0]
            raise UsageError(
                say("{url} cannot be reached: {reason}", url=self.url, reason=first_line)
            ) from None
        except (ValueError, RecursionError) as error:
            raise UsageError(
                say(
                    "{url}/{file} is no JSON: {error}",
                    url=self.url,
                    file=POINTER,
                    error=error,
                )
            ) from None
        if not isinstance(pointer, dict):
            raise UsageError(say("{url}/{file} is no JSON object", url=self.url, file=POINTER))
        return pointer, str(answer.meta["e_tag"])

    def swap(self, pointer: dict[str, Any], tag: str | None) -> str:
        """Puts the pointer in place if there is still the one with `tag` (None: none). Returns its
        new tag. Raises Conflict.

        Storages answer a lost race in several ways, and an answer can be lost: then the pointer is
        read back. Where it is still the old one, the storage refused for the moment (409 of two
        writes at once), and it is asked again.
        """
        content = json.dumps(pointer, sort_keys=True).encode()
        mode: Any = {"e_tag": tag} if tag else "create"
        for pause in (*_PAUSES, None):
            try:
                return str(self._library.put(self._store, POINTER, content, mode=mode)["e_tag"])
            except (self._library.exceptions.BaseError, FileExistsError) as error:
                current, current_tag = self.pointer()
                if current == pointer and current_tag:
                    return current_tag
                if current_tag != tag:
                    break
                if pause is None:
                    raise UsageError(
                        say("{url} did not take the pointer: {error}", url=self.url, error=error)
                    ) from None
                time.sleep(pause)
        raise Conflict(
            say(
                "another machine has published to {url} in the meantime: run again, its state is "
                "fetched first",
                url=self.url,
            )
        )

    def names(self, prefix: str) -> set[str]:
        """Returns the names below a prefix."""
        return set(self.sizes(prefix))

    def sizes(self, prefix: str) -> dict[str, int]:
        """Returns the names below a prefix with the sizes of their bytes."""
        batches = self._library.list(self._store, prefix)
        return {entry["path"]: entry["size"] for batch in batches for entry in batch}

    def put(self, name: str, path: Path) -> None:
        """Stores a file under a name."""
        self._library.put(self._store, name, path)

    def put_bytes(self, name: str, content: bytes) -> None:
        """Stores bytes under a name."""
        self._library.put(self._store, name, content)

    def copy(self, source: str, target: str) -> None:
        """Gives what is stored a second name, without its bytes being sent."""
        self._library.copy(self._store, source, target)

    def get(self, name: str) -> bytes:
        """Returns the bytes under a name. Raises FileNotFoundError."""
        return bytes(self._library.get(self._store, name).bytes())

    def fetch(self, name: str, path: Path) -> None:
        """Writes the bytes under a name into a file, some at a time."""
        with open(path, "wb") as file:
            for part in self._library.get(self._store, name):
                file.write(part)

    def find(self, name: str) -> bytes | None:
        """Returns the bytes under a name, None where there is none."""
        try:
            return self.get(name)
        except FileNotFoundError:
            return None

    def delete(self, names: list[str]) -> None:
        """Removes names."""
        if names:
            self._library.delete(self._store, names)


def each(work: Callable[..., object], arguments: Iterable[tuple[object, ...]]) -> None:
    """Calls `work` with each of the arguments, several at once."""
    if AT_ONCE == 1:
        for values in arguments:
            work(*values)
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(work, *values) for values in arguments]:
            done.result()
