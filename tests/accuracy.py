"""How right the extraction is, on the project's own gold: `make accuracy` prints it and writes docs/accuracy.md.

Codes and statuses are held out: each fifth of the labelled sentences and reports is answered by models trained on the other four fifths.
Finding and reading figures, sections and claims needs no training; its rules were written with these reports in view, so those lines say
that nothing is broken, not how unseen reports fare. The samples were written after the rules and train nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import make_samples
import numpy as np
from scoring import compare, f1, parse

from transforms import classify, training

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 5
Answer = tuple[str, str, str, float, bool]  # kind of document, said code, right code, confidence, status right


def fold(k: int) -> list[Answer]:
    """The answers for every fifth group, by models that saw none of them."""
    examples = training.all_examples()
    groups = {g: i for i, g in enumerate(sorted({e.group for e in examples}))}
    train = [e for e in examples if groups[e.group] % FOLDS != k]
    metric, when = training.train(train), training.train_status(train)
    out: list[Answer] = []
    previous = group = None
    for e in (e for e in examples if groups[e.group] % FOLDS == k):
        if e.context.first or e.group != group:
            previous = None
        scores = metric.scores(e.context, previous)
        exp = np.exp((scores - scores.max()) / classify.CALIBRATION)
        previous, group = int(scores.argmax()), e.group
        kind = "reports" if e.group[0] == "d" else "sentences" if e.group[0] == "s" else "more"
        right = int(when.scores(e.times).argmax()) == e.status
        out.append((kind, classify.codes()[previous], classify.codes()[e.code], float(exp.max() / exp.sum()), right))
    return out


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
            {"figures": [{**x, "start": x["start"] + len(frame)} for x in labels], "sections": [], "items": []},
        )


def share(part: int, whole: int) -> str:
    """A share with four places."""
    return f"{part / whole:.4f}" if whole else "—"


def page() -> str:
    """The whole page as Markdown."""
    with ProcessPoolExecutor(2) as pool:
        answers = [a for part in pool.map(fold, range(FOLDS)) for a in part]
    samples = [
        (m.text, {"figures": m.figures, "sections": m.sections, "items": m.items})
        for m in make_samples.all_marked()
        if "quarantine" not in m.head and "format" not in m.head
    ]
    found = {"reports": counts(training.reports()), "sentences": counts(sentence_pairs()), "samples": counts(samples)}
    lines = [
        "# Accuracy",
        "",
        *(line for line in __doc__.split("\n\n", 1)[1].splitlines()),
        "",
        "Written by `make accuracy`.",
        "",
        "| | reports | sentences | samples |",
        "| --- | --- | --- | --- |",
    ]
    lines.append("| figures | " + " | ".join(f"{n['true']:,}" for n in found.values()) + " |")
    lines.append(
        "| figure F1 | " + " | ".join(f"{f1(n['hit'], n['said'], n['true']):.4f}" for n in found.values()) + " |"
    )
    for key in ("value", "unit", "qualifier"):
        lines.append(f"| {key} | " + " | ".join(share(n[key], n["hit"]) for n in found.values()) + " |")
    lines.append(
        "| headings F1 | "
        + " | ".join(
            f"{f1(n['heads_hit'], n['heads_said'], n['heads_true']):.4f}" if k != "sentences" else "—"
            for k, n in found.items()
        )
        + " |"
    )
    lines.append(
        "| enumerators F1 | "
        + " | ".join(
            f"{f1(n['items_hit'], n['items_said'], n['items_true']):.4f}" if k != "sentences" else "—"
            for k, n in found.items()
        )
        + " |"
    )
    held = {kind: [a for a in answers if a[0] == kind] for kind in ("reports", "sentences")}
    lines.append(
        "| status, held out | "
        + " | ".join(share(sum(a[4] for a in held[k]), len(held[k])) for k in held)
        + f" | {share(found['samples']['status'], found['samples']['hit'])} |"
    )
    lines.append(
        "| metric code, held out | "
        + " | ".join(share(sum(a[1] == a[2] for a in held[k]), len(held[k])) for k in held)
        + f" | {share(found['samples']['code'], found['samples']['hit'])} |"
    )
    sure = [a for a in answers if a[3] >= 0.9]
    lines += [
        "",
        f"Of the {len(answers):,} held-out figures {share(len(sure), len(answers))} have a confidence of 0.9 or more; {share(sum(a[1] == a[2] for a in sure), len(sure))} of these have the right code.",
        "",
    ]
    lines += ["## By metric code, held out", "", "| code | figures | right | taken for |", "| --- | --- | --- | --- |"]
    by_code: dict[str, list[Answer]] = defaultdict(list)
    for a in answers:
        by_code[a[2]].append(a)
    for code in classify.codes():
        those = by_code[code]
        wrong = Counter(a[1] for a in those if a[1] != code).most_common(3)
        lines.append(
            f"| `{code}` | {len(those)} | {share(sum(a[1] == code for a in those), len(those))} | {', '.join(f'{c} ({n})' for c, n in wrong)} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Prints the table and writes the page."""
    text = page()
    (ROOT / "docs" / "accuracy.md").write_text(text, encoding="utf-8")
    print(text.split("## By metric code")[0].strip())


if __name__ == "__main__":
    main()
