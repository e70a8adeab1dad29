"""Mutated files of every format through readers and parser: `make fuzz` (CASES=20000 SEED=1), which writes docs/files.md.

Every case must end in a document or in Rejected, within the time and memory a worker has. Where the right figures are known
(tests/tools/mutations.py), a wrong one must be told by a finding, and a file that still shows its text must give all of them; the
family `forms` reads one report in many forms and compares its facts. Prints what happened; leaves with 1 on a crash, a hang, another
exception, too much memory or a silent error, naming the case so that it can be made again.
"""

from __future__ import annotations

import io
import os
import random
import re
import resource
import signal
import sys
import time
import zipfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

import transforms
from flows.workers.pool import MEMORY
from schemas.errors import Rejected
from tests.support import formats, reports
from tests.support.paths import DOCUMENTS
from tests.tools import forms, mutations
from transforms import readers
from transforms.readers import archives, programs

SECONDS, CHUNK = 20, 100
FORMS = "forms"  # the name of the family that compares forms


def originals() -> dict[str, bytes]:
    """A small whole file of each format."""
    text = reports.text(3)
    files = {"a.txt": text.encode(), "b/c.docx": formats.word(text)}
    made = {name: make(files) for name, make in formats.ARCHIVES.items()}
    made |= {
        "html": formats.page(text),
        "mht": formats.saved_page(text),
        "docx": formats.word(text),
        "pdf": formats.printed(text),
    }
    made |= {e: text.encode(e) for e in ("utf-8", "gb18030", "utf-16")}
    made["docx, inside"] = made["docx"]
    if programs.available("office"):
        made["doc"] = (DOCUMENTS / "report.doc").read_bytes()
    return made


def mutated_inside(data: bytes, chance: random.Random) -> bytes:
    """A Word document whose parts are mutated and packed again, so that what reads them is reached."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    name = chance.choice(["word/document.xml"] * 4 + sorted(parts))
    return formats.zipped({n: mutated(d, chance) if n == name else d for n, d in parts.items()})


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few bytes flipped, cut, doubled, moved or replaced by what is known to hurt."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not out:
            break
        at, kind = chance.randrange(len(out)), chance.randrange(7)
        span = min(len(out) - at, chance.choice((1, 2, 8, 64, 512)))
        if kind == 0:
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            out[at : at + span] = chance.randbytes(span)
        elif kind == 2:
            del out[at : at + span]
        elif kind == 3:
            out[at:at] = out[at : at + span] * chance.choice((1, 2, 50))
        elif kind == 4:
            del out[at:]
        elif kind == 5:
            hurt = (
                b"\xff" * 4,
                b"\0" * 8,
                b"\x7f\xff\xff\xff",
                b"9" * 40,
                b"<" * 30,
                b"&#x0;",
                b"</p>",
                "１".encode(),
                b"PK\x03\x04",
                b"]]>",
                b"%s%n",
            )
            out[at:at] = chance.choice(hurt)
        else:
            out[at : at + 4] = chance.randrange(1 << 32).to_bytes(4, "little")
    return bytes(out)


def one(data: bytes) -> str:
    """What became of a case: `read`, or the reason code of its rejection."""
    try:
        if archives.is_archive(data):
            inner = [
                c
                for _, c in archives.members(data, archives.Budget(5_000_000))
                if isinstance(c, bytes)
            ]
            for content in inner:
                one(content)
            return "archive"
        transforms.parse(readers.read(data))
        return "read"
    except Rejected as error:
        return error.reason_code
    except (MemoryError, RecursionError) as error:
        return type(error).__name__


def judged(case: mutations.Case) -> tuple[str, str | None]:
    """What became of a case whose figures are known, and what is wrong with that, if anything."""
    try:
        document = readers.read(case.data)
        report = transforms.parse(document)
    except Rejected as error:
        return error.reason_code, f"refused: {error.message}" if case.whole else None
    got = Counter((r.figure.value, r.figure.unit) for r in report.readings)
    right = Counter(case.right)
    if got == right:
        return "all figures right", None
    is_told = bool(document.defects or document.pages_unread or "\ufffd" in document.text)
    stated = {float(number) for number in re.findall(r"\d+", case.text)} | {1, 2, 3}
    wrong = [value for value, _ in got if value not in stated]
    what = "with wrong figures" if wrong else "with some figures"
    if is_told:
        return f"{what}, told", None
    if case.whole:
        return what, f"silently {what}: {got - right} for {right - got}"
    return what, f"silently {what}: {wrong}" if wrong else None


def in_all_forms(chance: random.Random) -> tuple[str, str | None]:
    """Reads one report in every form and compares its facts with those of the plain text."""
    text, _ = mutations.report(chance)
    want = forms.facts(text.encode())
    others = [name for name, form in forms.FORMS.items() if forms.facts(form(text)) != want]
    return ("forms differ", f"not as the text: {', '.join(others)}") if others else ("alike", None)


def run_case(name: str, original: bytes, chance: random.Random) -> tuple[str, str | None]:
    """Makes and reads one case of a family. Returns what became of it and what is wrong, if anything."""
    if name == FORMS:
        return in_all_forms(chance)
    if name in mutations.FAMILIES:
        return judged(mutations.FAMILIES[name](chance))
    change = mutated_inside if name == "docx, inside" else mutated
    return one(change(original, chance)), None


def chunk(format_name: str, seed: int, first: int) -> tuple[Counter, list[str], int]:
    """The outcomes of CHUNK cases, what went wrong, and the most memory that was held (kB)."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    original, outcomes, wrong = originals().get(format_name, b""), Counter(), []
    for number in range(first, first + CHUNK):
        signal.alarm(SECONDS * 3)
        begin = time.monotonic()
        try:
            chance = random.Random(f"{seed}/{format_name}/{number}")
            outcome, fault = run_case(format_name, original, chance)
            outcomes[outcome] += 1
            if fault:
                wrong.append(f"{format_name} case {number}: {fault}")
        except Exception as error:
            wrong.append(f"{format_name} case {number}: {type(error).__name__}: {error}")
        signal.alarm(0)
        if time.monotonic() - begin > SECONDS:
            wrong.append(
                f"{format_name} case {number}: took {time.monotonic() - begin:.0f} seconds"
            )
    return outcomes, wrong, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def write_page(outcomes: dict[str, Counter], seed: int) -> None:
    """Writes what became of the cases into docs/files.md, below the table of forms."""
    before = forms.PAGE.read_text(encoding="utf-8").partition(forms.CHANGED_FILES)[0]
    total = sum(sum(found.values()) for found in outcomes.values())
    head = (
        f"{forms.CHANGED_FILES}\n`make fuzz` changed {total:,} files (seed {seed}): no crash, no exception but a refusal with its "
        "reason, and in the families with\nknown figures no silent error: all figures of a file that still shows its text; of a damaged one "
        "none whose number its report does not state.\n\n| family | what became of the files |\n| --- | --- |\n"
    )
    rows = "".join(
        f"| {name} | {', '.join(f'{count:,} {what}' for what, count in found.most_common())} |\n"
        for name, found in outcomes.items()
    )
    forms.PAGE.write_text(before + head + rows, encoding="utf-8")


def main() -> int:
    """Runs all cases on all cores."""
    cases, seed = int(os.environ.get("CASES", "20000")), int(os.environ.get("SEED", "1"))
    names = [*originals(), *mutations.FAMILIES, FORMS]
    chunks = [
        (name, seed, first) for first in range(0, -(-cases // len(names)), CHUNK) for name in names
    ]
    outcomes: dict[str, Counter] = {name: Counter() for name in names}
    wrong, most, begin = [], 0, time.monotonic()
    try:
        with ProcessPoolExecutor() as pool:
            running = {pool.submit(chunk, *c): c for c in chunks}
            for future in as_completed(running):
                found, bad, memory = future.result()
                outcomes[running[future][0]] += found
                wrong += bad
                most = max(most, memory)
    except BrokenProcessPool:
        wrong.append("a process died: a crash in a reader, or a hang of more than a minute")
    if not wrong:
        write_page(outcomes, seed)
    for name, found in outcomes.items():
        print(f"{name:16}  {', '.join(f'{n} {what}' for what, n in found.most_common())}")
    total = sum(sum(c.values()) for c in outcomes.values())
    print(
        f"{total:,} cases with seed {seed} in {time.monotonic() - begin:.0f} seconds, at most {most / 1024:,.0f} MB in a process"
    )
    print("\n".join(wrong[:20]) or "no crash, no hang, no exception but Rejected, no silent error")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
