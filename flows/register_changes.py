"""What differs between two registers of divisions: new, gone, renamed, and moved divisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.language import marked, say
from transforms.identity import Place, Register

_SHOWN = 3  # examples of each kind of change
_KINDS = {
    "new": marked("{count:,} new"),
    "gone": marked("{count:,} gone"),
    "renamed": marked("{count:,} with another name"),
    "moved": marked("{count:,} in another county"),
}
_NAMES = {
    "new": marked("new"),
    "gone": marked("gone"),
    "renamed": marked("another name"),
    "moved": marked("another county"),
}


@dataclass(frozen=True, slots=True)
class Changes:
    """The divisions that differ, each as (before, after); one of the two is None where the division
    is new or gone. `same` counts the divisions that both registers have alike.
    """

    new: list[tuple[None, Place]]
    gone: list[tuple[Place, None]]
    renamed: list[tuple[Place, Place]]
    moved: list[tuple[Place, Place]]
    same: int


def changes(before: Register, after: Register) -> Changes:
    """Returns what differs between two registers.

    A division is the same where its name, county, prefecture and province are. Of the others, two
    with one code are one division with another name or in another county; codes of different
    lengths are of different systems and never equal.
    """
    places_before, places_after = _places(before), _places(after)
    kept = Counter(map(_place, places_before)) & Counter(map(_place, places_after))
    left, came = _without(places_before, kept), _without(places_after, kept)
    by_code = {place.division_code: place for place in left if place.division_code}
    renamed, moved, new = [], [], list[tuple[None, Place]]()
    for place in came:
        former = by_code.pop(place.division_code, None) if place.division_code else None
        if former is None:
            new.append((None, place))
        elif former.township != place.township:
            renamed.append((former, place))
        else:
            moved.append((former, place))
    matched = {id(former) for former, _ in [*renamed, *moved]}
    gone: list[tuple[Place, None]] = [(place, None) for place in left if id(place) not in matched]
    return Changes(new, gone, renamed, moved, kept.total())


def as_lines(compared: Changes, former: str) -> list[str]:
    """Returns the changes as lines for a person, with examples of each kind.

    `former` names the register before.
    """
    kinds = {name: getattr(compared, name) for name in _KINDS}
    if not any(kinds.values()):
        return [say("the same divisions as in {former}", former=former)]
    counts = ", ".join(
        say(_KINDS[name], count=len(found)) for name, found in kinds.items() if found
    )
    text = marked("against {former}: {counts}; {same:,} as before")
    lines = [say(text, former=former, counts=counts, same=compared.same)]
    for name, found in kinds.items():
        for pair in found[:_SHOWN]:
            shown = " → ".join(_shown(place) for place in pair if place is not None)
            lines.append(f"  {say(_NAMES[name])}: {shown}")
    return lines


def _places(register: Register) -> list[Place]:
    """Returns the divisions of a register in the order of their codes."""
    places = [place for same_name in register.by_name.values() for place in same_name]
    return sorted(places, key=lambda place: (place.division_code or "", str(_place(place))))


def _place(place: Place) -> tuple[str | None, ...]:
    return (place.township, place.county, place.prefecture, place.province)


def _without(places: Iterable[Place], kept: Counter[tuple[str | None, ...]]) -> list[Place]:
    """Returns the divisions that are not among `kept`."""
    remaining = Counter(kept)
    others = []
    for place in places:
        if remaining[_place(place)] > 0:
            remaining[_place(place)] -= 1
        else:
            others.append(place)
    return others


def _shown(place: Place) -> str:
    parts = (place.province, place.prefecture, place.county, place.township)
    return f"{''.join(part for part in parts if part)} ({place.division_code or '—'})"
