"""Old Word documents by LibreOffice or antiword: the one place of transforms that starts processes.

LibreOffice turns .doc, .wps and .rtf into .docx, which is then read like any other: deletions and
hidden text are known there. antiword prints deleted and hidden text as if it were there, so it is
used only where LibreOffice is missing and the file has neither, nor text boxes.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from schemas.errors import Rejected
from schemas.formats import formats, programs
from transforms.readers import binary_word
from transforms.readers.document import Document
from transforms.readers.rich_text import without_hidden_drawings

READER_ANTIWORD, READER_OFFICE = "antiword/2", "libreoffice/2"
_SECONDS = 50
SOME_PAGES = "pages"  # of a file that needs a program for some of its pages only


def available(name: str) -> bool:
    """Returns whether the program or extra of this name is installed."""
    program = programs()[name]
    if any(shutil.which(command) for command in program.commands):
        return True
    return bool(program.modules) and all(map(importlib.util.find_spec, program.modules))


def missing(kind: str) -> Rejected:
    """Returns the refusal of a file of a kind whose program or extra is not installed."""
    entry = formats()[kind]
    name = entry.needs or ""
    install = programs()[name].install
    if kind == "picture":
        return Rejected("reader_missing", case="ocr", install=install, needs=name)
    return Rejected("reader_missing", case="program", what=entry.name, install=install, needs=name)


def read_doc(data: bytes) -> Document:
    """Returns the text of a .doc or .wps. Raises Rejected: reader_missing, damaged_file,
    took_too_long.
    """
    if available("office"):
        return _by_office(data, "doc")
    if not shutil.which("antiword") or not binary_word.is_plain(data):
        raise missing("doc")
    text = _by_antiword(data)
    if text is None or not text.strip():
        raise _unreadable("antiword")
    return Document(text, formats()["doc"].media_type or "", "", READER_ANTIWORD)


def read_rtf(data: bytes) -> Document:
    """Returns the text of an .rtf. Raises Rejected: reader_missing, damaged_file, took_too_long."""
    if not available("office"):
        raise missing("rtf")
    return _by_office(without_hidden_drawings(data), "rtf")


def _by_office(data: bytes, kind: str) -> Document:
    from transforms.readers import word

    converted = _as_docx(data, f".{kind}")
    if converted is None:
        raise _unreadable("LibreOffice")
    document = word.read(converted)
    document.media_type = formats()[kind].media_type or ""
    document.reader = READER_OFFICE
    return document


def _unreadable(program: str) -> Rejected:
    return Rejected("damaged_file", case="word_old", programs=program)


def _as_docx(data: bytes, suffix: str) -> bytes | None:
    """Returns the document as .docx, None where LibreOffice makes nothing of it."""
    with tempfile.TemporaryDirectory(prefix="fazhi-doc-") as folder:
        path = Path(folder, f"document{suffix}")
        path.write_bytes(data)
        arguments = [
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            folder,
            str(path),
        ]
        _run("soffice", arguments, folder)
        converted = Path(folder, "document.docx")
        return converted.read_bytes() if converted.exists() else None


def _by_antiword(data: bytes) -> str | None:
    with tempfile.TemporaryDirectory(prefix="fazhi-doc-") as folder:
        path = Path(folder, "document.doc")
        path.write_bytes(data)
        status, output = _run("antiword", ["-m", "UTF-8.txt", "-w", "0", str(path)], folder)
    return None if status else _tables(output.decode("utf-8", "replace")).strip("\n")


def _run(program: str, arguments: list[str], folder: str) -> tuple[int, bytes]:
    """Returns exit status and output of a program whose home is `folder`.

    One that takes too long is ended with everything it started: Rejected (took_too_long).
    """
    with subprocess.Popen(
        [shutil.which(program) or program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=folder,
        env={**os.environ, "HOME": folder},
    ) as process:
        try:
            output, _ = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise Rejected(
                "took_too_long", case="program", program=program, seconds=_SECONDS
            ) from None
    return process.returncode, output


def _tables(text: str) -> str:
    """Returns antiword's output with its tables as rows.

    It prints them as |cell |cell |, cells padded with blanks.
    """
    lines = []
    for line in text.split("\n"):
        if line.startswith("|") and line.endswith("|"):
            cells = (" ".join(cell.split()) for cell in line.strip("|").split("|"))
            line = "| " + " | ".join(cells) + " |"
        lines.append(line.rstrip())
    return "\n".join(lines)
