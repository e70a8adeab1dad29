"""The codes decided so far in a sentence, as evidence for its next figure."""

from __future__ import annotations

from schemas.metrics import codes
from transforms.codes.contexts import Context


class History:
    """The codes decided so far in one sentence, as numbers; -1 where there is none."""

    __slots__ = ("by_group", "decided", "total", "total_group")

    def __init__(self) -> None:
        self.decided: list[int] = []
        self.by_group: dict[str, int] = {}
        self.total, self.total_group = -1, ""

    def evidence(self, context: Context) -> list[str]:
        """The names of the features that the codes before give to the next figure."""
        group = context.group or context.unit
        if "其中" in context.between and not context.first:
            self.total, self.total_group = self.by_group.get(group, -1), group
        elif "；" in context.between or ";" in context.between or group != self.total_group:
            self.total = -1
        names = []
        unit = context.unit
        if self.decided:
            code, tail = codes()[self.decided[-1]], context.clause[-2:]
            names += [f"pc={code}", f"pc|u={code}|{unit}", f"pc|t={code}|{tail}"]
            names.append(f"pc|g={code}|{group}")
            if not tail:
                names.append(f"pcbare={code}")
            if (same := self.by_group.get(group, -1)) >= 0:
                names += [f"bc={codes()[same]}", f"bc|u={codes()[same]}|{unit}"]
            if len(self.decided) > 1:
                names.append(f"pc2={codes()[self.decided[-2]]}")
        if self.total >= 0:
            total = codes()[self.total]
            names += [f"tc={total}", f"tc|u={total}|{unit}", "intotal"]
        return names

    def add(self, context: Context, code: int) -> None:
        """Takes up the code of a figure, before the next one is asked for."""
        self.decided.append(code)
        self.by_group[context.group or context.unit] = code
