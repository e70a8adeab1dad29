"""How right the extraction is: `make accuracy` prints it and writes docs/accuracy.md.

The first column are texts with real constructions by a hand that trained nothing (`tests/gold/held_out.txt`),
read by the program as it is. No rule and no list of words was written with its errors in view.
In the other columns codes and statuses are held out by folds: each fifth of the texts is answered by models trained
on the other four fifths. Finding and reading figures needs no training; its rules were written with
those texts in view, so there these lines say that nothing is broken, not how unseen reports fare.

usage: python -m tests.tools.accuracy [--check | --kept-out | --reviewed FILE]

--check measures the first column alone and fails below the floor of `tests/gold/floor.json`.
--kept-out measures and writes the first column alone: it needs no training.
--reviewed says how right the extraction is on the figures that people reviewed (fazhi review --export).
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import Rejected
from schemas.metrics import codes, metrics
from tests.support.paths import GOLD, ROOT
from tests.support.scoring import compare, f1, labelled_pages, parse, wrong_fields
from tests.tools import training
from tests.tools.curve import reliability_curve
from transforms import identity
from transforms.codes import model

FOLDS, SURE = 5, 0.9
FLOOR = GOLD / "floor.json"
SLACK = 0.005  # processors differ in the last digits of sums, and so in a code or two
OTHER = codes()[-1]  # the code of what no other fits
HELD_OUT, REAL, REPORTS, SENTENCES = "hand kept out", "real texts", "reports", "sentences"


class Answer(NamedTuple):
    """One figure: the kind of its text, the code given and the right one, confidence, status right."""

    kind: str
    code: str
    right: str
    confidence: float
    status_right: bool


def kept_out() -> tuple[Counter[str], list[Answer]]:
    """Returns the counts and answers on the texts of the hands that trained nothing."""
    total: Counter[str] = Counter()
    answers = []
    for text, gold in training.real_texts():
        if not training.is_held_out(gold["doc"]):
            continue
        try:
            report = parse(text)
        except Rejected:
            total.update(true=len(gold["figures"]), refused=1)
            continue
        total.update(compare(report, gold))
        labels = {label["start"]: label for label in gold["figures"]}
        for r in report.readings:
            if label := labels.get(r.figure.start):
                same = r.status == label["status"]
                decision = r.decision
                answers.append(
                    Answer(HELD_OUT, decision.code, label["metric"], decision.confidence, same)
                )
    return total, answers


def by_folds() -> list[Answer]:
    """Returns the answers for each fifth of the texts that train, by models that saw none of it."""
    labelled = training.training_examples()
    everything = training.all_examples()
    groups = {g: i for i, g in enumerate(sorted({e.group for e in labelled}))}
    out = []
    for fold in range(FOLDS):
        train = [e for e in labelled if groups[e.group] % FOLDS != fold]
        held = [e for e in everything if groups.get(e.group, -1) % FOLDS == fold]
        held = [e for e in held if e.group in groups and not e.group.startswith("m")]
        net = model.from_arrays(training.train_codes(train))
        states = training.train_status(train).scores([e.times for e in held]).argmax(axis=1)
        found = training.answers(net, held)
        sure = model.confidences(found).tolist()
        for e, best, confidence, state in zip(held, found.argmax(axis=1), sure, states):
            if e.code is None:
                continue
            kind = {"d": REPORTS, "s": SENTENCES}.get(e.group[0], REAL)
            code, right = codes()[int(best)], codes()[e.code]
            out.append(Answer(kind, code, right, confidence, bool(state == e.status)))
    return out


def counts(pairs: Iterable[tuple[str, dict[str, Any]]]) -> Counter[str]:
    """Returns the sums of `compare` over (text, answer); a text that is refused has no figure found."""
    total: Counter[str] = Counter()
    for text, answer in pairs:
        try:
            total.update(compare(parse(text), answer))
        except Rejected:
            total.update(true=len(answer["figures"]), refused=1)
    return total


def sentence_pairs() -> Iterable[tuple[str, dict[str, Any]]]:
    """Yields the labelled sentences as little reports."""
    frame = training.SENTENCE_FRAME
    for text, labels in training.sentences():
        moved = [{**x, "start": x["start"] + len(frame)} for x in labels]
        yield frame + text, {"figures": moved, "sections": [], "items": []}


IDENTITY = (
    *("title", "issuer", "issued_on", "report_year"),
    *("township", "county", "prefecture", "province"),
)


def identity_table() -> str:
    """Returns how right each field of identity is on the labelled pages, as a table in Markdown.

    The place is measured where the national register lies beside the checkout.
    """
    path = ROOT.parent / "shared" / "register" / "townships.csv.gz"
    register = identity.read_register(path.read_bytes()) if path.exists() else identity.EMPTY
    pages = labelled_pages()
    wrong: Counter[str] = Counter()
    refused = 0
    for text, answer in pages:
        try:
            faults = wrong_fields(parse(text), answer, register)
        except Rejected:
            refused += 1
            faults = [f"{field}:" for field in IDENTITY]
        wrong.update(fault.split(":")[0] for fault in faults)
    fields = IDENTITY if register.by_name else IDENTITY[:4]
    lines = [f"{len(pages)} pages, {refused} refused", "", "| field | right |", "| --- | --- |"]
    lines += [f"| {field} | {share(len(pages) - wrong[field], len(pages))} |" for field in fields]
    return "\n".join(lines)


def share(part: int, whole: int) -> str:
    """Returns a share with four places."""
    return f"{part / whole:.4f}" if whole else "—"


def _right(answers: list[Answer]) -> int:
    return sum(a.code == a.right for a in answers)


def measures(found: Counter[str], answers: list[Answer]) -> dict[str, str]:
    """Returns the lines of one column."""
    sure = [a for a in answers if a.confidence >= SURE]
    n = len(answers)
    code = _right(answers) / n if n else 0.0
    return {
        "figures": f"{found['true']:,}",
        "texts refused": str(found["refused"]),
        "figure F1": f"{f1(found['hit'], found['said'], found['true']):.4f}",
        "value": share(found["value"], found["hit"]),
        "unit": share(found["unit"], found["hit"]),
        "qualifier": share(found["qualifier"], found["hit"]),
        "status": share(sum(a.status_right for a in answers), n),
        "metric code": share(_right(answers), n),
        "fact F1": f"{code * f1(found['hit'], found['said'], found['true']):.4f}",
        "code `other`": share(sum(a.code == OTHER for a in answers), n),
        "confidence 0.9 or more": share(len(sure), n),
        "of these right": share(_right(sure), len(sure)),
    }


def page(columns: dict[str, dict[str, str]], answers: list[Answer]) -> str:
    """Returns docs/accuracy.md."""
    names = list(columns)
    lines = ["# Accuracy", "", *(__doc__ or "").split("\n\n")[1].splitlines(), ""]
    lines += ["Written by `make accuracy`. [How to take part](benchmark.md).", ""]
    lines += ["| | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    for measure in columns[names[0]]:
        lines.append(f"| {measure} | " + " | ".join(c[measure] for c in columns.values()) + " |")
    kept = [a for a in answers if a.kind == HELD_OUT]
    lines += ["", "## Confidence and how often it is right, on the hand kept out", ""]
    lines += ["![reliability curve](reliability.svg)", "", *_by_domain(kept), ""]
    lines += ["## By metric code, on all texts held out", ""]
    lines += ["| code | figures | right | taken for |", "| --- | --- | --- | --- |"]
    by_code: dict[str, list[Answer]] = defaultdict(list)
    for a in answers:
        by_code[a.right].append(a)
    for code in codes():
        own = by_code[code]
        wrong = Counter(a.code for a in own if a.code != code).most_common(3)
        taken = ", ".join(f"{c} ({n})" for c, n in wrong)
        lines.append(f"| `{code}` | {len(own)} | {share(_right(own), len(own))} | {taken} |")
    return "\n".join(lines) + "\n"


def _by_domain(answers: list[Answer]) -> list[str]:
    """The table of sure figures by the domain of the code that was given."""
    domains = {m.code: m.domain for m in metrics()}
    lines = [f"| domain | figures | {SURE} or more | of these right |", "| --- | --- | --- | --- |"]
    for domain in dict.fromkeys(domains.values()):
        own = [a for a in answers if domains[a.code] == domain]
        sure = [a for a in own if a.confidence >= SURE]
        shares = f"{share(len(sure), len(own))} | {share(_right(sure), len(sure))}"
        lines.append(f"| {domain} | {len(own)} | {shares} |")
    return lines


def floors_of(column: dict[str, str]) -> dict[str, float]:
    """Returns what of the first column has a floor."""
    kept = ("figure F1", "status", "metric code", "fact F1", "of these right")
    return {f"{HELD_OUT}: {k}": float(column[k]) for k in kept}


def below(floors: dict[str, float]) -> list[str]:
    """Returns what is below its floor."""
    known = json.loads(FLOOR.read_text(encoding="utf-8"))
    return [
        f"{k}: {floors.get(k, 0):.4f} is below its floor {v}"
        for k, v in known.items()
        if floors.get(k, 0) < v
    ]


def reviewed(path: Path) -> str:
    """Returns how right the extraction in force is on sentences labelled in review."""
    frame, total = training.SENTENCE_FRAME, Counter[str]()
    for text, labels in training.more_sentences(path):
        readings = {r.figure.start: r for r in parse(frame + text).readings}
        for label in labels:
            found = readings.get(label["start"] + len(frame))
            total["figures"] += 1
            total["found"] += found is not None
            total["code"] += found is not None and found.decision.code == label["metric"]
            total["status"] += found is not None and found.status == label["status"]
    n = total["figures"]
    parts = ", ".join(f"{k} {share(total[k], n)}" for k in ("found", "code", "status"))
    return f"{n} reviewed figures: {parts}"


def main() -> None:
    """Prints the table and writes the page; with --check only compares with the floor."""
    if "--reviewed" in sys.argv:
        print(reviewed(Path(sys.argv[sys.argv.index("--reviewed") + 1])))
        return
    found, answers = kept_out()
    columns = {HELD_OUT: measures(found, answers)}
    floors = floors_of(columns[HELD_OUT])
    if "--check" in sys.argv:
        fallen = below(floors)
        print("\n".join(fallen))
        sys.exit(1 if fallen else 0)
    alone = "--kept-out" in sys.argv
    folded = [] if alone else by_folds()
    real = [(t, a) for t, a in training.real_texts() if not training.is_held_out(a["doc"])]
    others = ((REAL, real), (REPORTS, training.reports()), (SENTENCES, list(sentence_pairs())))
    for kind, pairs in () if alone else others:
        columns[kind] = measures(counts(pairs), [a for a in folded if a.kind == kind])
    text = page(columns, [*answers, *folded])
    print(text.split("## By metric code")[0].strip())
    print("\n" + identity_table())
    (ROOT / "docs" / "accuracy.md").write_text(text, encoding="utf-8")
    curve = reliability_curve([(a.confidence, a.code == a.right) for a in answers])
    (ROOT / "docs" / "reliability.svg").write_text(curve, encoding="utf-8")
    rounded = json.dumps({k: round(v, 4) for k, v in floors.items()}, indent=1) + "\n"
    (training.MODELS / "accuracy.json").write_text(rounded, encoding="utf-8")
    known = json.loads(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else {}
    reached = {
        k: max(known.get(k, 0), math.floor((v - SLACK) * 1000) / 1000) for k, v in floors.items()
    }
    FLOOR.write_text(json.dumps(reached, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
