"""How many decisions find wrong codes that were planted among right ones, by the order of review. `make review-order`.

The figures are those of the labelled texts, each read by a model that trained on the other four fifths of them: its code, its
confidence, and whether the code is right are as a model gives them on texts that it does not know.
Two ways to plant 1,000 wrong codes among 20,000 figures: figures that this model reads wrong, as it reads them; and right
figures that get the code of such a wrong one, with its confidence.

usage: python -m tests.tools.benchmarks.review_order
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flows.reviewing.batches import Batch, batches
from flows.reviewing.constructions import Construction, of_context
from schemas.metrics import codes
from tests.support.paths import ROOT
from tests.tools import training
from tests.tools.accuracy import FOLDS
from transforms.codes import model

FIGURES, PLANTED, SEED = 20_000, 1_000, 1
SHARES = (0.5, 0.9, 0.99)


class Read(NamedTuple):
    """One figure: how it is said, the code that was read, the right one, and the confidence."""

    construction: Construction
    code: str
    right: str
    confidence: float

    @property
    def is_wrong(self) -> bool:
        return self.code != self.right


Shown = list[int]  # the figures that one decision is made on, after a look at each


def held_out() -> list[Read]:
    """Returns the figures of all labelled texts, each read by a model that saw nothing of its text."""
    everything = training.all_examples()
    train = [e for e in everything if e.code is not None and not training.is_held_out(e.group)]
    fold_of = {g: i % FOLDS for i, g in enumerate(sorted({e.group for e in train}))}
    out = []
    for fold in range(FOLDS):
        net = model.from_arrays(training.train_codes([e for e in train if fold_of[e.group] != fold]))
        held = [e for e in everything if fold_of.get(e.group) == fold]
        found = training.answers(net, held)
        sure = model.confidences(found).tolist()
        for e, best, confidence in zip(held, found.argmax(axis=1).tolist(), sure):
            if e.code is not None:
                out.append(Read(of_context(e.context), codes()[best], codes()[e.code], confidence))
    return out


# --- planting ---------------------------------------------------------------------------------


def misread(read: Sequence[Read], chance: random.Random) -> list[Read]:
    """Returns FIGURES figures, PLANTED of them such as the model reads wrong."""
    wrong = chance.sample([one for one in read if one.is_wrong], PLANTED)
    right = chance.sample([one for one in read if not one.is_wrong], FIGURES - PLANTED)
    return _shuffled([*wrong, *right], chance)


def swapped(read: Sequence[Read], chance: random.Random) -> list[Read]:
    """Returns FIGURES figures that the model reads right, of which PLANTED get a wrong code: that of
    a figure which is rightly the same and was read wrong, with the confidence of that reading.
    """
    errors: dict[str, list[Read]] = defaultdict(list)
    for one in read:
        if one.is_wrong:
            errors[one.right].append(one)
    right = chance.sample([one for one in read if not one.is_wrong], FIGURES)
    may = [number for number, one in enumerate(right) if one.right in errors]
    weights = [len(errors[right[number].right]) for number in may]
    share = Counter(right[number].right for number in may)
    chosen: set[int] = set()
    weights = [weight / share[right[number].right] for number, weight in zip(may, weights)]
    while len(chosen) < PLANTED:
        chosen.update(chance.choices(may, weights, k=PLANTED - len(chosen)))
    for number in sorted(chosen):
        error = chance.choice(errors[right[number].right])
        right[number] = right[number]._replace(code=error.code, confidence=error.confidence)
    return right


def _shuffled(read: list[Read], chance: random.Random) -> list[Read]:
    chance.shuffle(read)
    return read


# --- orders -----------------------------------------------------------------------------------


def grouped(read: Sequence[Read]) -> list[Batch]:
    """Returns the batches of the explorer, in its order. No rule has looked at these figures."""
    readings = [(one.code, "actual") for one in read]
    return batches([one.construction for one in read], readings, [1 - one.confidence for one in read])


def decided(read: Sequence[Read], shown: Iterable[Sequence[int]]) -> list[Shown]:
    """Returns the decisions of a person who errs never: of each batch one for the figures that
    rightly have one code, those of the most frequent first.
    """
    out: list[Shown] = []
    for batch in shown:
        by_code: dict[str, Shown] = defaultdict(list)
        for number in batch:
            by_code[read[number].right].append(number)
        out += sorted(by_code.values(), key=lambda some: (-len(some), some))
    return out


def orders(read: Sequence[Read], chance: random.Random) -> dict[str, list[Shown]]:
    """Returns name of an order -> the decisions in that order."""
    numbers = list(range(len(read)))
    by_chance = chance.sample(numbers, len(numbers))
    least_certain = sorted(numbers, key=lambda number: (read[number].confidence, number))
    alike = [batch.figures for batch in grouped(read)]
    return {
        "one by one, by chance": decided(read, [[number] for number in by_chance]),
        "one by one, least certain first": decided(read, [[number] for number in least_certain]),
        "batches of like construction, by chance": decided(read, chance.sample(alike, len(alike))),
        "batches of like construction, most doubt first": decided(read, alike),
    }


def needed(read: Sequence[Read], made: Sequence[Shown], share: float) -> tuple[int, int]:
    """Returns how many decisions find this share of the wrong codes, and on how many figures."""
    left = -(-sum(one.is_wrong for one in read) * share // 1)
    looked = 0
    for count, figures in enumerate(made, 1):
        looked += len(figures)
        left -= sum(read[number].is_wrong for number in figures)
        if left <= 0:
            return count, looked
    raise ValueError("not all wrong codes were looked at")


# --- the page ---------------------------------------------------------------------------------

_PLANTED_AS = {
    "as the model misreads": misread,
    "codes swapped in right figures": swapped,
}


def page(read: Sequence[Read]) -> str:
    """Returns docs/review.md."""
    wrong = sum(one.is_wrong for one in read)
    lines = [
        "# Decisions that find wrong codes",
        "",
        f"{PLANTED:,} wrong codes among {FIGURES:,} figures: how many decisions of a person find half, 90 % and 99 % of them, and how many figures",
        "the person looked at for that (in brackets). Written by `make review-order`.",
        "",
        f"- The figures are those of the labelled texts of `tests/gold` ({len(read):,}), invented but in real constructions, each once. Five models read",
        "  them, each the fifth of the texts that it did not train on: code, confidence and errors are as the program has them on texts that",
        f"  it does not know. These models read {100 * wrong / len(read):.1f} % wrong; planted are {100 * PLANTED / FIGURES:.0f} %.",
        f"- *As the model misreads*: {PLANTED:,} of the figures that the models read wrong, drawn by chance, with the codes and confidences that they gave.",
        "- *Codes swapped in right figures*: right figures, drawn by chance as often as figures of their code are misread, get the code and the confidence of a",
        "  misread figure of the same right code. The error has then nothing to do with the words around: it is mostly alone in its construction.",
        "- The person never errs, and a decision on a batch is preceded by a look at each of its figures (at most 20). Where figures of a batch rightly have",
        "  different codes, each code is a decision of its own.",
        "- No rule looks at these figures: in a warehouse, findings of rules come on top. The texts come from few hands and hardly repeat a sentence; where",
        "  townships copy sentences from each other and from year to year, more figures are alike.",
        "",
    ]
    for name, plant in _PLANTED_AS.items():
        lines += [f"## {name[0].upper()}{name[1:]}", "", *_table(plant(read, random.Random(SEED))), ""]
    return "\n".join(lines)


def _table(read: Sequence[Read]) -> list[str]:
    rows = ["| order | " + " | ".join(f"{100 * share:.0f} % found" for share in SHARES) + " | all |", "| --- |" + " --- |" * 4]
    for name, made in orders(read, random.Random(SEED)).items():
        cells = ["{:,} ({:,})".format(*needed(read, made, share)) for share in SHARES]
        rows.append(f"| {name} | {' | '.join(cells)} | {len(made):,} |")
    return rows


def main() -> None:
    """Writes docs/review.md."""
    text = page(held_out())
    (ROOT / "docs" / "review.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
