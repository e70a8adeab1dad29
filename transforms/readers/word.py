"""Word and WPS documents -> Document. .docx by python-docx; .doc, .wps and .rtf by antiword or LibreOffice, where they are installed."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from pathlib import Path

from schemas.errors import Rejected
from transforms.readers import Document

READER_DOCX, READER_ANTIWORD, READER_OFFICE = "docx/1", "antiword/1", "libreoffice/1"
MAX_UNPACKED = 200_000_000
MISSING = "apt-get install antiword"
_SECONDS = 50
_DIGITS = "〇一二三四五六七八九"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(data: bytes) -> Document:
    """All text of the body in its order, numbers that Word counts itself included. Raises Rejected: damaged_file, too_large."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            if any(i.flag_bits & 1 for i in z.infolist()):
                raise Rejected(
                    "encrypted",
                    "The document is protected with a password. Save it without one and put that in its place.",
                )
            if sum(i.file_size for i in z.infolist()) > MAX_UNPACKED:
                raise Rejected(
                    "too_large",
                    f"The document unpacks to more than {MAX_UNPACKED:,} bytes. If it is a report all the same, save it as text.",
                )
        document = docx.Document(io.BytesIO(data))
        lines = list(_lines(document))
    except Rejected:
        raise
    except (
        zipfile.BadZipFile,
        PackageNotFoundError,
        LxmlError,
        KeyError,
        ValueError,
        NotImplementedError,
        AttributeError,
        OSError,
        EOFError,
    ) as error:
        raise Rejected(
            "damaged_file",
            f"The Word document cannot be opened ({type(error).__name__}). Fetch it again.",
        ) from None
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma", "bz2"):
            raise Rejected(
                "damaged_file", "The Word document cannot be unpacked. Fetch it again."
            ) from None
        raise
    title = (document.core_properties.title or "").strip() or None
    text = "\n".join(lines).strip("\n")
    return Document(
        text,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "",
        READER_DOCX,
        {},
        title if title and "法治" in title else None,
    )


def _lines(document):
    numbering = _Numbering(document)
    for block in document.element.body.iterchildren():
        if block.tag == f"{_W}tbl":
            for row in block.iter(f"{_W}tr"):
                cells = [
                    "".join(_paragraph(p, numbering) for p in cell.iter(f"{_W}p"))
                    for cell in row.iter(f"{_W}tc")
                ]
                yield (
                    "| " + " | ".join(" ".join(c.split()) for c in cells) + " |"
                    if len(cells) > 1
                    else "".join(cells)
                )
        else:
            for p in [block] if block.tag == f"{_W}p" else block.iter(f"{_W}p"):
                if p.getparent().tag != f"{_W}txbxContent":
                    yield from _paragraph(p, numbering).split("\n")


def _paragraph(p, numbering) -> str:
    """The text of a paragraph: runs, tabs and breaks, and what stands in text boxes on a line of its own; deleted text is gone."""
    out, boxes = [numbering.label(p)], []
    stack = [iter(p)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag == f"{_W}t":
            out.append(node.text or "")
        elif tag == f"{_W}tab":
            out.append("\t")
        elif tag in (f"{_W}br", f"{_W}cr"):
            out.append("\n")
        elif tag == f"{_W}txbxContent":
            boxes += ["".join(t.text or "" for t in q.iter(f"{_W}t")) for q in node.iter(f"{_W}p")]
        elif tag not in (f"{_W}del", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText") and not tag.endswith(
            "}Fallback"
        ):
            if len(stack) < 200:
                stack.append(iter(node))
    return "\n".join(["".join(out), *(b for b in boxes if b.strip())])


class _Numbering:
    """The numbers that Word puts before paragraphs of a list: 一、 （一） 1. and the like."""

    def __init__(self, document) -> None:
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.abstract: dict[str, str] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.of_style = {}
        for style in document.styles.element.iter(f"{_W}style"):
            found = style.find(f"{_W}pPr/{_W}numPr")
            if found is not None:
                self.of_style[style.get(f"{_W}styleId")] = found
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for abstract in root.iter(f"{_W}abstractNum"):
            for level in abstract.iter(f"{_W}lvl"):
                value = {k: level.find(f"{_W}{k}") for k in ("numFmt", "lvlText", "start")}
                said = {k: v.get(f"{_W}val") for k, v in value.items() if v is not None}
                start = said.get("start") or "1"
                self.levels[abstract.get(f"{_W}abstractNumId"), int(level.get(f"{_W}ilvl"))] = (
                    said.get("numFmt") or "decimal",
                    said.get("lvlText") or "",
                    int(start) if start.isdigit() else 1,
                )
        for num in root.iter(f"{_W}num"):
            target = num.find(f"{_W}abstractNumId")
            if target is not None:
                self.abstract[num.get(f"{_W}numId")] = target.get(f"{_W}val")

    def label(self, p) -> str:
        """What Word prints before the paragraph; empty where it is in no list, or in one of bullets."""
        if not self.levels:
            return ""
        found = p.find(f"{_W}pPr/{_W}numPr")
        if found is None:
            style = p.find(f"{_W}pPr/{_W}pStyle")
            found = self.of_style.get(style.get(f"{_W}val")) if style is not None else None
        if found is None:
            return ""
        number, level = found.find(f"{_W}numId"), found.find(f"{_W}ilvl")
        abstract = self.abstract.get(number.get(f"{_W}val")) if number is not None else None
        at = int(level.get(f"{_W}val")) if level is not None else 0
        if abstract is None or (abstract, at) not in self.levels:
            return ""
        form, pattern, start = self.levels[abstract, at]
        counts = self.counts.setdefault(abstract, {})
        counts[at] = counts.get(at, start - 1) + 1
        for deeper in [k for k in counts if k > at]:
            del counts[deeper]
        if form in ("bullet", "none"):
            return ""
        for k in range(at + 1):
            shape = self.levels.get((abstract, k), ("decimal", "", 1))
            pattern = pattern.replace(f"%{k + 1}", _counted(counts.get(k, shape[2]), shape[0]))
        return pattern


def _counted(n: int, form: str) -> str:
    if (
        form
        in (
            "chineseCounting",
            "chineseCountingThousand",
            "japaneseCounting",
            "taiwaneseCountingThousand",
            "ideographDigital",
            "chineseLegalSimplified",
        )
        and 0 < n < 100
    ):
        tens, ones = divmod(n, 10)
        return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (
            _DIGITS[ones] if ones else ""
        )
    if form == "decimalEnclosedCircle" and 0 < n <= 20:
        return chr(0x245F + n)
    if form in ("lowerLetter", "upperLetter") and 0 < n <= 26:
        return chr((97 if form == "lowerLetter" else 65) + n - 1)
    return str(n)


def tools() -> list[str]:
    """The programs on this machine that read .doc."""
    return [t for t in ("antiword", "soffice") if shutil.which(t)]


def read_doc(data: bytes, rtf: bool = False) -> Document:
    """The text of a .doc, .wps or .rtf. Raises Rejected: reader_missing, damaged_file or took_too_long."""
    there = [t for t in tools() if not (rtf and t == "antiword")]
    if not there:
        what, how = (
            ("an RTF document", "apt-get install libreoffice-writer")
            if rtf
            else ("an old Word or WPS document", MISSING)
        )
        raise Rejected(
            "reader_missing",
            f"The file is {what}; reading it needs a program that is not installed: {how}. It waits here until that is there.",
        )
    for tool in there:
        text = (_antiword if tool == "antiword" else _libreoffice)(data, ".rtf" if rtf else ".doc")
        if text is not None and text.strip():
            reader = READER_ANTIWORD if tool == "antiword" else READER_OFFICE
            return Document(text, "application/rtf" if rtf else "application/msword", "", reader)
    raise Rejected(
        "damaged_file",
        f"The Word document cannot be opened (tried {', '.join(there)}). Fetch it again, or save it as .docx.",
    )


def _run(program: str, arguments: list[str], **more) -> tuple[int, bytes]:
    """Exit status and output of a program; one that takes too long is ended with everything it started."""
    with subprocess.Popen(
        [shutil.which(program) or program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **more,
    ) as process:
        try:
            out, _ = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise Rejected(
                "took_too_long",
                f"{program} did not finish within {_SECONDS} seconds. Save the document as .docx and put that in its place.",
            ) from None
    return process.returncode, out


def _antiword(data: bytes, suffix: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="fazhi-doc-") as folder:
        path = Path(folder, f"document{suffix}")
        path.write_bytes(data)
        status, out = _run(
            "antiword",
            ["-m", "UTF-8.txt", "-w", "0", str(path)],
            env={**os.environ, "HOME": folder},
        )
    return None if status else _tables(out.decode("utf-8", "replace")).strip("\n")


def _tables(text: str) -> str:
    """antiword prints tables as |cell |cell |, cells padded with blanks, and puts blank lines between paragraphs."""
    out = []
    for line in text.split("\n"):
        if line.startswith("|") and line.endswith("|"):
            line = "| " + " | ".join(" ".join(c.split()) for c in line.strip("|").split("|")) + " |"
        out.append(line.rstrip())
    return "\n".join(out)


def _libreoffice(data: bytes, suffix: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="fazhi-doc-") as folder:
        path = Path(folder, f"document{suffix}")
        path.write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        _run(
            "soffice",
            [
                profile,
                "--headless",
                "--norestore",
                "--convert-to",
                "txt:Text (encoded):UTF8",
                "--outdir",
                folder,
                str(path),
            ],
            cwd=folder,
        )
        made = Path(folder, "document.txt")
        return (
            made.read_text(encoding="utf-8-sig", errors="replace").strip("\n")
            if made.exists()
            else None
        )
