"""What a reader makes of the bytes of one source."""

from __future__ import annotations

from dataclasses import dataclass, field

EVIDENCE = 60  # characters of text that a defect quotes


@dataclass(frozen=True, slots=True)
class Defect:
    """One difference between a file and the text that was read from it.

    `kind` is one of
      text_lost      text that a second reading shows is missing; `amount` in characters
      text_invented  text that no reader of the file sees was read; `amount` in characters
    `place` says where: up to 60 characters of the text concerned.
    """

    kind: str
    amount: int
    place: str


@dataclass(slots=True)
class Document:
    """The text of a source (all offsets point into it), and what stood beside it in the file.

    `metadata` has the keys title, published_on and issuer where the file names them. `pages` are
    the offsets at which the pages begin, for formats that have pages; `pages_unread` are the
    numbers of those that are pictures and were not read. `defects` are the places where the text
    may not be what the file shows; empty is the usual case.
    """

    text: str
    media_type: str
    encoding: str
    reader: str
    metadata: dict[str, str] = field(default_factory=dict)
    title: str | None = None
    pages: list[int] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    pages_unread: list[int] = field(default_factory=list)

    def amount(self, kind: str) -> int | None:
        """Returns how many characters the defects of a kind concern together, None for no
        defect.
        """
        return sum(defect.amount for defect in self.defects if defect.kind == kind) or None
