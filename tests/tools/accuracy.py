"""How right the extraction is, on the project's own gold: `make accuracy` prints it and writes docs/accuracy.md.

Codes and statuses are held out: each fifth of the labelled sentences and reports is answered by models trained on the other four fifths.
Finding and reading figures, sections and claims needs no training; its rules were written with these reports in view, so those lines say
that nothing is broken, not how unseen reports fare. The samples were written after the rules and train nothing.
Our own sentences (`sentences.txt`, and those of single parts of a report) train and are not scored here. Some were written with the confusions on labelled sentences in view,
so the row "apart" leaves out of each training those that share six characters in a row (numbers aside) with what is held out.

usage: python -m tests.tools.accuracy [--check | --reviewed FILE]

--reviewed says how right the extraction is on the figures that people reviewed (fazhi review --export FILE).
What was reached once is the floor of `tests/gold/floor.json`: --check fails below it, and a better figure raises it.
"""

from __future__ import annotations

import functools
import json
import math
import re
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from schemas.errors import Rejected
from schemas.metrics import codes
from tests.support.paths import ROOT
from tests.support.scoring import compare, f1, labelled_pages, parse, wrong_fields
from tests.tools import make_samples, training
from transforms import identity, numerals
from transforms.codes import model

FOLDS, SHARED = 5, 6
Answer = tuple[
    str, str, str, float, bool
]  # kind of document, said code, right code, confidence, status right


def fold(k: int, apart: bool = False) -> list[Answer]:
    """The answers for every fifth group, by models that saw none of them; `apart`: nor a short sentence that shares `SHARED` characters in a
    row with one of them."""
    examples = _examples()
    groups: dict[str, int] = {}
    for (
        kind
    ) in "dsm":  # each by itself, so that a new sentence moves no other group to another fifth
        groups |= {
            g: i for i, g in enumerate(sorted({e.group for e in examples if e.group[0] == kind}))
        }
    train = [e for e in examples if groups[e.group] % FOLDS != k]
    if apart:
        shingles = _shingles()
        held_out = set().union(
            *(shingles[g] for g, i in groups.items() if i % FOLDS == k and g[0] != "m")
        )
        train = [e for e in train if e.group[0] != "m" or not shingles[e.group] & held_out]
    metric, when = training.train(train), training.train_status(train)
    out: list[Answer] = []
    held = [e for e in examples if groups[e.group] % FOLDS == k]
    states = when.scores([e.times for e in held]).argmax(axis=1)
    for e, scores, state in zip(held, training.answers(metric, held), states):
        exp = np.exp((scores - scores.max()) / model.CALIBRATION)
        kind = {"d": "reports", "s": "sentences", "m": "short sentences"}[e.group[0]]
        said = codes()[int(scores.argmax())]
        out.append(
            (
                kind,
                said,
                codes()[e.code],
                float(exp.max() / exp.sum()),
                bool(state == e.status),
            )
        )
    return out


@functools.cache
def _examples() -> list[training.Example]:
    return training.all_examples()  # 16 s, once a process


def _shingles() -> dict[str, set[str]]:
    """For each labelled text, by the name of its group, all its stretches of `SHARED` characters, with a sign for each number."""
    texts = {f"s{i}": text for i, (text, _) in enumerate(training.sentences())}
    texts |= {f"m{i}": text for i, (text, _) in enumerate(training.more_sentences())}
    for name in training.PARTS:
        parts = training.more_sentences(training.GOLD / name)
        texts |= {f"m{name}{i}": text for i, (text, _) in enumerate(parts)}
    texts |= {answer["doc"]: text for text, answer in training.reports()}
    bare = {
        g: re.sub(rf"[\d.,，{numerals.CHINESE}]*[\d{numerals.CHINESE}]", "#", "".join(t.split()))
        for g, t in texts.items()
    }
    return {g: {t[i : i + SHARED] for i in range(len(t) - SHARED + 1)} for g, t in bare.items()}


def counts(pairs) -> Counter:
    """Sums of `compare` over (text, answer)."""
    total: Counter = Counter()
    for text, answer in pairs:
        total.update(compare(parse(text), answer))
    return total


def sentence_pairs():
    """The labelled sentences as little reports."""
    frame = training.SENTENCE_FRAME
    for text, labels in training.sentences():
        yield (
            frame + text,
            {
                "figures": [{**x, "start": x["start"] + len(frame)} for x in labels],
                "sections": [],
                "items": [],
            },
        )


def share(part: int, whole: int) -> str:
    """A share with four places."""
    return f"{part / whole:.4f}" if whole else "—"


def real_reports():
    """The labelled reports beside the checkout that trained nothing, where there are any."""
    answers = ROOT.parent / "shared" / "gold" / "dev.jsonl"
    if not answers.exists():
        return
    own = {a["doc"] for _, a in training.reports()}
    for answer in map(json.loads, answers.read_text(encoding="utf-8").splitlines()):
        if answer["doc"] not in own:
            yield (
                (ROOT.parent / "shared" / "reports" / f"{answer['doc']}.txt").read_text(
                    encoding="utf-8"
                ),
                answer,
            )


def measured(apart: bool) -> tuple[str, dict[str, float]]:
    """The whole page as Markdown, and the figures that have a floor; with `apart` the row of that name too, which takes as long again."""
    with ProcessPoolExecutor(2) as pool:
        answers = [a for part in pool.map(fold, range(FOLDS)) for a in part]
        stricter = [
            a for part in pool.map(fold, range(FOLDS if apart else 0), [True] * FOLDS) for a in part
        ]
    samples = [
        (m.text, {"figures": m.figures, "sections": m.sections, "items": m.items})
        for m in make_samples.all_marked()
        if "quarantine" not in m.head and "format" not in m.head
    ]
    found = {
        "reports": counts(training.reports()),
        "sentences": counts(sentence_pairs()),
        "samples": counts(samples),
    }
    lines = [
        "# Accuracy",
        "",
        *__doc__.split("\n\n")[1].splitlines(),
        "",
        "Written by `make accuracy`.",
        "",
        "| | reports | sentences | samples |",
        "| --- | --- | --- | --- |",
    ]
    lines.append("| figures | " + " | ".join(f"{n['true']:,}" for n in found.values()) + " |")
    lines.append(
        "| figure F1 | "
        + " | ".join(f"{f1(n['hit'], n['said'], n['true']):.4f}" for n in found.values())
        + " |"
    )
    for key in ("value", "unit", "qualifier"):
        lines.append(
            f"| {key} | " + " | ".join(share(n[key], n["hit"]) for n in found.values()) + " |"
        )
    lines.append(
        "| headings F1 | "
        + " | ".join(
            f"{f1(n['heads_hit'], n['heads_said'], n['heads_true']):.4f}"
            if k != "sentences"
            else "—"
            for k, n in found.items()
        )
        + " |"
    )
    lines.append(
        "| enumerators F1 | "
        + " | ".join(
            f"{f1(n['items_hit'], n['items_said'], n['items_true']):.4f}"
            if k != "sentences"
            else "—"
            for k, n in found.items()
        )
        + " |"
    )
    kinds = ("reports", "sentences")
    held = {kind: [a for a in answers if a[0] == kind] for kind in kinds}
    right = {kind: sum(a[1] == a[2] for a in held[kind]) for kind in kinds}
    fact = {
        k: right[k] / len(held[k]) * f1(found[k]["hit"], found[k]["said"], found[k]["true"])
        for k in kinds
    }
    samples = found["samples"]
    lines.append(
        "| status, held out | "
        + " | ".join(share(sum(a[4] for a in held[k]), len(held[k])) for k in kinds)
        + f" | {share(samples['status'], samples['hit'])} |"
    )
    lines.append(
        "| metric code, held out | "
        + " | ".join(share(right[k], len(held[k])) for k in kinds)
        + f" | {share(samples['code'], samples['hit'])} |"
    )
    if stricter:
        codes = {k: [a[1] == a[2] for a in stricter if a[0] == k] for k in kinds}
        lines.append(
            "| metric code, held out and apart | "
            + " | ".join(share(sum(c), len(c)) for c in codes.values())
            + " | — |"
        )
    lines.append(
        "| fact F1, held out | "
        + " | ".join(f"{fact[k]:.4f}" for k in kinds)
        + f" | {f1(samples['exact'], samples['said'], samples['true']):.4f} |"
    )
    sure = [a for a in answers if a[3] >= 0.9]
    lines += [
        "",
        f"Of the {len(answers):,} held-out figures {share(len(sure), len(answers))} have a confidence of 0.9 or more; {share(sum(a[1] == a[2] for a in sure), len(sure))} of these have the right code.",
        "",
    ]
    lines += [
        "## By metric code, held out",
        "",
        "| code | figures | right | taken for |",
        "| --- | --- | --- | --- |",
    ]
    by_code: dict[str, list[Answer]] = defaultdict(list)
    for a in answers:
        by_code[a[2]].append(a)
    for code in codes():
        those = by_code[code]
        wrong = Counter(a[1] for a in those if a[1] != code).most_common(3)
        lines.append(
            f"| `{code}` | {len(those)} | {share(sum(a[1] == code for a in those), len(those))} | {', '.join(f'{c} ({n})' for c, n in wrong)} |"
        )
    sure_right = sum(a[1] == a[2] for a in sure) / len(sure)
    floors = {"sure figures right": sure_right}
    for kind in kinds:
        n = found[kind]
        floors |= {
            f"{kind}: figure F1": f1(n["hit"], n["said"], n["true"]),
            f"{kind}: status": sum(a[4] for a in held[kind]) / len(held[kind]),
            f"{kind}: metric code": right[kind] / len(held[kind]),
            f"{kind}: fact F1": fact[kind],
        }
    return "\n".join(lines) + "\n", floors


FLOOR = ROOT / "tests" / "gold" / "floor.json"
SLACK = 0.005  # processors differ in the last digits of sums, and so in a code or two


def below(floors: dict[str, float]) -> list[str]:
    """What is below its floor."""
    known = json.loads(FLOOR.read_text(encoding="utf-8"))
    return [
        f"{k}: {floors[k]:.4f} is below its floor {v}" for k, v in known.items() if floors[k] < v
    ]


def reviewed(path: Path) -> str:
    """How right the extraction in force is on sentences labelled in review."""
    frame, total = training.SENTENCE_FRAME, Counter()
    for text, labels in training.more_sentences(path):
        said = {r.figure.start: r for r in parse(frame + text).readings}
        for label in labels:
            found = said.get(label["start"] + len(frame))
            total["figures"] += 1
            total["found"] += found is not None
            total["code"] += found is not None and found.decision.code == label["metric"]
            total["status"] += found is not None and found.status == label["status"]
    n = total["figures"]
    return f"{n} reviewed figures: found {share(total['found'], n)}, code {share(total['code'], n)}, status {share(total['status'], n)}"


IDENTITY = (
    *("title", "issuer", "issued_on", "report_year"),
    *("township", "county", "prefecture", "province"),
)


def identity_table() -> str:
    """How right each field of identity is on the labelled pages, as a table in Markdown.

    The place is measured where the national register lies beside the checkout.
    """
    path = ROOT.parent / "shared" / "register" / "townships.csv.gz"
    register = identity.read_register(path.read_bytes()) if path.exists() else identity.EMPTY
    pages = labelled_pages()
    wrong: Counter = Counter()
    refused = 0
    for text, answer in pages:
        try:
            faults = wrong_fields(parse(text), answer, register)
        except Rejected:
            refused += 1
            faults = [f"{field}:" for field in IDENTITY]
        wrong.update(fault.split(":")[0] for fault in faults)
    measured_fields = IDENTITY if register.by_name else IDENTITY[:4]
    lines = [f"{len(pages)} pages, {refused} refused", "", "| field | right |", "| --- | --- |"]
    lines += [
        f"| {field} | {share(len(pages) - wrong[field], len(pages))} |" for field in measured_fields
    ]
    return "\n".join(lines)


def main() -> None:
    """Prints the table and writes the page; with --check only compares with the floor."""
    if "--reviewed" in sys.argv:
        print(reviewed(Path(sys.argv[sys.argv.index("--reviewed") + 1])))
        return
    text, floors = measured(apart="--check" not in sys.argv)
    print(text.split("## By metric code")[0].strip())
    print("\n" + identity_table())
    if "--check" in sys.argv:
        fallen = below(floors)
        print("\n".join(fallen))
        sys.exit(1 if fallen else 0)
    told = {k: round(v, 4) for k, v in floors.items() if not k.endswith("figure F1")}
    (ROOT / "transforms" / "model" / "accuracy.json").write_text(
        json.dumps(told, indent=1) + "\n", encoding="utf-8"
    )
    (ROOT / "docs" / "accuracy.md").write_text(text, encoding="utf-8")
    known = json.loads(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else {}
    reached = {
        k: max(known.get(k, 0), math.floor((v - SLACK) * 1000) / 1000) for k, v in floors.items()
    }
    FLOOR.write_text(json.dumps(reached, indent=1) + "\n", encoding="utf-8")
    real = counts(real_reports())
    if real["true"]:
        print(
            f"\nreal reports beside the checkout, which trained nothing: {real['true']} figures, F1 {f1(real['hit'], real['said'], real['true']):.4f}, "
            f"code {share(real['code'], real['hit'])}, status {share(real['status'], real['hit'])}, fact F1 {f1(real['exact'], real['said'], real['true']):.4f}"
        )


if __name__ == "__main__":
    main()
