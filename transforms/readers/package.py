"""Opens Office packages: the parts of a .docx, of a flat XML package, and how they refer to one
another.
"""

from __future__ import annotations

import base64
import binascii
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from schemas.errors import Rejected
from transforms.readers.ooxml import SAME_NAMESPACE, W

MAX_UNPACKED = 200_000_000
_PACKAGE = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_MAIN_PART = "/officeDocument"  # how the type of the relation to the main part ends


@dataclass(frozen=True, slots=True)
class Relation:
    """Where one part refers to: `target` is the name of a part, or an address if `external`."""

    kind: str
    target: str
    external: bool


@dataclass(slots=True)
class Package:
    """An opened package. `names` maps a part's name in small letters to its stored name."""

    names: dict[str, str]
    read_stored: Callable[[str], bytes]
    roots: dict[str, etree._Element] = field(default_factory=dict)

    def has(self, part: str) -> bool:
        """Returns whether the package holds a part of this name, whatever its capital letters."""
        return part.lower() in self.names

    def content(self, part: str) -> bytes:
        """Returns the bytes of a part. Raises Rejected (damaged_file) where it cannot be
        unpacked.
        """
        try:
            return self.read_stored(self.names[part.lower()])
        except KeyError:
            raise damaged(f"its part {part} is missing") from None
        except _ZIP_ERRORS as error:
            raise damaged(f"its part {part} cannot be unpacked ({error})") from None

    def xml(self, part: str) -> etree._Element:
        """Returns the root element of a part. Raises Rejected (damaged_file) where it is no XML."""
        known = self.roots.get(part.lower())
        return parse_xml(self.content(part), part) if known is None else known

    def relations(self, part: str) -> dict[str, Relation]:
        """Returns identifier -> relation of a part ("" for the package); empty where it has
        none.
        """
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(rels):
            return {}
        relations = {}
        for entry in self.xml(rels).iter("{*}Relationship"):
            external = entry.get("TargetMode") == "External"
            target = entry.get("Target") or ""
            if not external:
                target = _part_name(unquote(target.replace("\\", "/")), folder)
            relations[entry.get("Id") or ""] = Relation(entry.get("Type") or "", target, external)
        return relations

    def related(self, part: str, kind: str) -> str | None:
        """Returns the name of the part that `part` refers to as `kind` (styles, numbering, ...)."""
        for relation in self.relations(part).values():
            if relation.kind.endswith(f"/{kind}") and self.has(relation.target):
                return relation.target
        return None

    def main_part(self) -> str:
        """Returns the name of the main part. Raises Rejected (damaged_file) where there is none."""
        main = self.related("", "officeDocument")
        if main is None and self.has("word/document.xml"):
            main = "word/document.xml"
        if main is None:
            raise damaged("its main part is missing")
        return main


def damaged(reason: str) -> Rejected:
    """Returns the refusal of a Word document that cannot be read, for a reason."""
    return Rejected("damaged_file", case="word", error=reason)


def parse_xml(content: bytes, part: str) -> etree._Element:
    """Returns the root element. Entities are not followed.

    Raises Rejected: damaged_file, and too_deep for elements that lie more than some 2,000 deep in
    one another.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        decoded = content.decode("utf-16", "replace")
        content = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded).encode()
    for namespace, known in SAME_NAMESPACE.items():
        content = content.replace(namespace, known)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # huge_tree sets them no limits
        raise _own_entities(part)
    # huge_tree: without it elements may lie 256 deep, which 80 tables in one another need
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        if "Excessive depth" in str(error):
            raise Rejected("too_deep") from None
        raise damaged(f"its part {part} is no XML ({error})") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _own_entities(part)
    return root


def _own_entities(part: str) -> Rejected:
    return damaged(f"its part {part} defines entities of its own, as no Office program does")


def open_package(data: bytes) -> Package:
    """Opens a zip package or a flat XML package.

    Raises Rejected: damaged_file, encrypted, or too_large where it unpacks to over MAX_UNPACKED
    bytes.
    """
    if not data.startswith(b"PK"):
        return _flat_package(parse_xml(data, "package"))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _ZIP_ERRORS as error:
        raise damaged(str(error)) from None
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise Rejected("encrypted", case="document")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Rejected("too_large", case="document", limit=MAX_UNPACKED)
    names = {_part_name(e.filename.replace("\\", "/"), "").lower(): e.filename for e in entries}
    return Package(names, archive.read)


def _flat_package(root: etree._Element) -> Package:
    contents: dict[str, bytes] = {}
    roots: dict[str, etree._Element] = {}
    if root.tag == f"{W}document":  # the main part alone
        name = "word/document.xml"
        return Package({name: name}, contents.__getitem__, {name: root})
    for part in root.iter(f"{_PACKAGE}part"):
        name = _part_name(part.get(f"{_PACKAGE}name") or "", "")
        xml, binary = part.find(f"{_PACKAGE}xmlData"), part.find(f"{_PACKAGE}binaryData")
        if xml is not None and len(xml):
            roots[name.lower()] = xml[0]
            contents[name] = b""
        elif binary is not None:
            try:
                contents[name] = base64.b64decode("".join((binary.text or "").split()))
            except binascii.Error:
                raise damaged(f"its part {name} cannot be unpacked") from None
    names = {name.lower(): name for name in contents}
    return Package(names, contents.__getitem__, roots)


def _part_name(target: str, folder: str) -> str:
    """Returns the name of a part, without the leading slash, from a target as written in
    `folder`.
    """
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
