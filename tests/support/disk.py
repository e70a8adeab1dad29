"""A disk that knows what would survive a power cut: the bytes of files and the names in folders that were synced."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class Disk:
    """Watches a folder while `patch` (a MonkeyPatch) lasts. `on_rename` is called with source and target before each rename."""

    def __init__(self, folder, patch, on_rename=lambda source, target: None):
        self.folder = Path(folder)
        self.contents: dict[int, tuple[int, int]] = {}  # inode -> size, time of change, as synced
        self.names: dict[int, dict[str, int]] = {}  # inode of a folder -> name -> inode, as synced

        def fsync(handle):  # only noted: to wait for the machine's disk would show nothing more
            self._take(os.readlink(f"/proc/self/fd/{handle}"))

        def sync():
            self._take(self.folder)
            for path in self.folder.rglob("*"):
                if not path.is_symlink():
                    self._take(path)

        patch.setattr(os, "fsync", fsync)
        patch.setattr(os, "sync", sync)
        for name in ("rename", "replace"):
            patch.setattr(os, name, self._watched(getattr(os, name), on_rename))

    @staticmethod
    def _watched(rename, on_rename):
        def watched(source, target):
            on_rename(Path(source), Path(target))
            rename(source, target)

        return watched

    def _take(self, path):
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(path) as entries:
                self.names[status.st_ino] = {entry.name: entry.inode() for entry in entries}
        else:
            self.contents[status.st_ino] = (status.st_size, status.st_mtime_ns)

    def has_bytes(self, path) -> bool:
        """Whether the bytes of a file, whatever its name, would be there after a power cut."""
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            return True
        return self.contents.get(status.st_ino) == (status.st_size, status.st_mtime_ns)

    def survives(self, path) -> bool:
        """Whether a file would be there after a power cut: its bytes, its name, and the names of its folders."""
        path = Path(path)
        for below in (path, *path.parents):
            if below == self.folder:
                return self.has_bytes(path)
            named = self.names.get(os.stat(below.parent).st_ino, {})
            if named.get(below.name) != os.lstat(below).st_ino:
                return False
        raise ValueError(f"{path} is not below {self.folder}")

    def lost(self, folder=None) -> list[str]:
        """Returns the files below the folder, or one in it, that a power cut would take."""
        files = (path for path in Path(folder or self.folder).rglob("*"))
        return sorted(
            str(path.relative_to(self.folder))
            for path in files
            if (path.is_symlink() or path.is_file()) and not self.survives(path)
        )
