"""Labelled texts -> the models of metric codes and statuses. `make model` rebuilds `transforms/model`.

The texts of the hands that `tests/gold/held_out.txt` names train nothing: `make accuracy` prints how
right the models are on them.

usage: python -m tests.tools.training [--check]
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from schemas.metrics import codes, measure_words, metrics
from tests.support.paths import GOLD, ROOT
from tests.tools import network, rewording
from transforms import figures, numerals, sections, status, version
from transforms.codes import model
from transforms.codes.contexts import Context, contexts
from transforms.codes.evidence import evidence
from transforms.codes.features import Weights, named
from transforms.codes.history import History
from transforms.layout import read_layout

MODELS = ROOT / "transforms" / "model"
_LABEL = re.compile(r"⟦(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)⟧")
_SHORT = re.compile(r"\{([^|}]+)\|(\w+)(?:\|(\w))?\}")
STATUS_OF = {"p": "planned", "b": "background"}
REAL_WEIGHT = 3.0  # a figure of a whole text with real constructions counts as much as three others
REWORDED_WEIGHT = 0.3  # against the figure as it was written
PENALTY, PENALTY_BIAS, STEPS, MIN_WEIGHT = 0.3, 0.05, 100, 0.02
AGREE = 0.995  # sums differ in the last digit between processors, and so a few codes
SENTENCE_YEAR = 2023
# a labelled sentence is read as the work part of a report, one that only plans as its plan
_TITLE = "2023年度法治政府建设工作报告\n"
SENTENCE_FRAME = f"{_TITLE}一、工作开展情况\n"
PLAN_FRAME = f"{_TITLE}三、下一步工作打算\n"
# sentences that stand in other parts of a report
PARTS = {
    "openings.txt": _TITLE,
    "wordings.txt": SENTENCE_FRAME,  # everyday words, short clauses, what stands beside a metric
    "outlooks.txt": SENTENCE_FRAME,  # plans in the middle of what was done
    "problems.txt": f"{_TITLE}二、存在的问题\n",
    "plans.txt": PLAN_FRAME,
    "suggestions.txt": f"{_TITLE}四、意见建议\n",
}
Labels = list[dict[str, Any]]


@dataclass(slots=True)
class Example:
    """One figure of the gold; code and status are None where the gold does not know it.

    `group` is the text it comes from: d a report, R and the like a real text, s and m a sentence.
    `reworded` is whether its clause was brought into another order for training.
    """

    group: str
    context: Context
    names: list[str]
    history: list[str]
    code: int | None
    status: int | None
    times: list[str]
    reworded: bool


# --- the gold ---------------------------------------------------------------------------------


def sentences() -> list[tuple[str, Labels]]:
    """Returns the fully labelled sentences: text, and its figures as dicts like those of reports."""
    out = []
    for line in (GOLD / "clauses.txt").read_text(encoding="utf-8").splitlines():
        text, labels, last = "", [], 0
        for m in _LABEL.finditer(line):
            text += line[last : m.start()]
            number, value, high, qualifier, unit, code, state = m.groups()
            labels.append(
                {
                    "start": len(text),
                    "number": number,
                    "value": float(value),
                    "value_high": float(high) if high else None,
                    "qualifier": qualifier,
                    "unit": unit,
                    "metric": code,
                    "status": state,
                }
            )
            text += number
            last = m.end()
        out.append((text + line[last:], labels))
    return out


def more_sentences(path: Path = GOLD / "sentences.txt") -> list[tuple[str, Labels]]:
    """Returns sentences labelled in short, {number|code}, with |p for planned, |b for background."""
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, labels, last = "", [], 0
        for m in _SHORT.finditer(line):
            text += line[last : m.start()]
            number, code, state = m.groups()
            labels.append(
                {
                    "start": len(text),
                    "metric": code,
                    "status": STATUS_OF.get(state, "actual"),
                }
            )
            text += number
            last = m.end()
        out.append((text + line[last:], labels))
    return out


def _answers(folder: Path, answers: Path) -> list[tuple[str, dict[str, Any]]]:
    lines = answers.read_text(encoding="utf-8").splitlines()
    return [
        ((folder / f"{answer['doc']}.txt").read_text(encoding="utf-8"), answer)
        for answer in map(json.loads, lines)
    ]


def reports() -> list[tuple[str, dict[str, Any]]]:
    """Returns the labelled reports: text, and the gold answer."""
    return _answers(GOLD / "reports", GOLD / "reports.jsonl")


def real_texts() -> list[tuple[str, dict[str, Any]]]:
    """Returns the texts with real constructions, of all hands: text, and the gold answer."""
    return _answers(GOLD / "real" / "reports", GOLD / "real" / "gold.jsonl")


@functools.cache
def held_out_hands() -> tuple[str, ...]:
    """Returns the hands whose texts train nothing."""
    return tuple((GOLD / "held_out.txt").read_text(encoding="utf-8").split())


def is_held_out(doc: str) -> bool:
    """Whether a text of that name was written by a hand that is kept out of training."""
    return doc.rsplit("_", 1)[0] in held_out_hands()


# --- examples ---------------------------------------------------------------------------------


def examples_of(text: str, labels: Labels, group: str, report_year: int | None) -> list[Example]:
    """Returns the figures of one text that the extraction finds, with what the gold says of them."""
    layout = read_layout(text, numerals.fold(text))
    flat = figures.flatten_text(text, layout.wraps, layout.breaks)
    tree = sections.build_tree(text, flat, layout, report_year)
    found = figures.find_figures(text, flat, figures.find_non_figures(flat))
    gold = {label["start"]: label for label in labels}
    times = status.all_evidence(flat, found, tree, report_year)
    around = contexts(flat, found, sections.headings_of(tree))
    out: list[Example] = []
    history, number = History(), {code: i for i, code in enumerate(codes())}
    for figure, context, names, when in zip(found, around, evidence(around), times):
        if context.first:
            history = History()
        from_history = history.evidence(context)
        label = gold.get(figure.start)
        code = number[label["metric"]] if label else None
        state = status.STATUSES.index(label["status"]) if label else None
        moved = label is not None and "reworded" in label
        out.append(Example(group, context, names, from_history, code, state, when, moved))
        if code is not None:
            history.add(context, code)
    return out


def _framed(frame: str, text: str, labels: Labels) -> tuple[str, Labels]:
    moved = [{**label, "start": label["start"] + len(frame)} for label in labels]
    return frame + text, moved


def labelled_texts() -> Iterator[tuple[str, Labels, str, int | None]]:
    """Yields every text of the gold: text, labels, group, report year; sentences within a report."""
    for prefix, labelled in (("s", sentences()), ("m", more_sentences())):
        for i, (text, labels) in enumerate(labelled):
            plan = prefix == "m" and all(x["status"] == "planned" for x in labels)
            frame = PLAN_FRAME if plan else SENTENCE_FRAME
            yield *_framed(frame, text, labels), f"{prefix}{i}", SENTENCE_YEAR
    for name, frame in PARTS.items():
        for i, (text, labels) in enumerate(more_sentences(GOLD / name)):
            whole = text + "\n一、工作开展情况\n"
            yield *_framed(frame, whole, labels), f"m{name}{i}", SENTENCE_YEAR
    for text, answer in (*reports(), *real_texts()):
        yield text, answer["figures"], answer["doc"], answer["report_year"]


def all_examples() -> list[Example]:
    """Returns every figure of the gold, those of the hands kept out too."""
    return [example for labelled in labelled_texts() for example in examples_of(*labelled)]


def reworded_examples() -> list[Example]:
    """Returns the figures of clauses in another order, of all texts that train."""
    out: list[Example] = []
    for text, labels, group, year in labelled_texts():
        if is_held_out(group):
            continue
        if copy := rewording.reworded(text, labels, group):
            out += [e for e in examples_of(*copy, group, year) if e.reworded]
    return out


def training_examples() -> list[Example]:
    """Returns the examples that train: those with a label, not of a hand kept out."""
    known = [e for e in all_examples() if e.code is not None and not is_held_out(e.group)]
    return known + reworded_examples()


# --- training ---------------------------------------------------------------------------------


def train_codes(examples: list[Example]) -> dict[str, NDArray[Any]]:
    """Returns the arrays of the network of metric codes."""
    weights = [
        (REAL_WEIGHT if e.group[0].isupper() else 1.0) * (REWORDED_WEIGHT if e.reworded else 1.0)
        for e in examples
    ]
    data = network.Data(
        [e.names for e in examples],
        [e.history for e in examples],
        np.array([e.code for e in examples]),
        np.array(weights, np.float32),
    )
    return network.train(data, len(codes()))


def answers(net: model.Network, examples: list[Example]) -> NDArray[Any]:
    """Returns (examples, codes): the probability of each code. Sentences stand together, in order."""
    own = [[model.feature_key(name) for name in e.names] for e in examples]
    return model.answer(net, [e.context for e in examples], own)


def train_status(examples: list[Example]) -> status.StatusModel:
    """Returns the model of actual, planned and background; clauses in another order say nothing of it."""
    examples = [e for e in examples if not e.reworded]
    found = named([e.times for e in examples])
    keys, column = np.unique(found.key, return_inverse=True)
    pairs = np.unique(found.figure * len(keys) + column)
    owner, column = np.divmod(pairs, len(keys))
    matrix = csr_matrix((np.ones(len(pairs)), (owner, column)), shape=(len(examples), len(keys)))
    target = np.eye(len(status.STATUSES))[[e.status for e in examples]]
    own, bias = logistic(matrix, target)
    return status.StatusModel(Weights(keys, own.astype(np.float32)), bias.astype(np.float32))


def logistic(matrix: csr_matrix, target: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Multinomial logistic regression by L-BFGS from zero: the same examples give the same weights."""
    shape, transposed = (matrix.shape[1], target.shape[1]), matrix.T.tocsr()

    def loss(flat: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        own, bias = flat[: -shape[1]].reshape(shape), flat[-shape[1] :]
        scores = matrix @ own + bias
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        error = shares - target
        penalty = PENALTY * (own**2).sum() + PENALTY_BIAS * (bias**2).sum()
        slope = np.concatenate(
            [(transposed @ error + PENALTY * own).ravel(), error.sum(axis=0) + PENALTY_BIAS * bias]
        )
        return -np.log(shares[target > 0] + 1e-12).sum() + penalty / 2, slope

    start = np.zeros(shape[0] * shape[1] + shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return found.x[: -shape[1]].reshape(shape), found.x[-shape[1] :]


def status_arrays(trained: status.StatusModel) -> dict[str, NDArray[Any]]:
    """Returns the arrays of a status model: weights in 127 steps each way, small ones left out."""
    rows = trained.own.rows
    kept = np.abs(rows).max(axis=1) >= MIN_WEIGHT
    scale = float(np.round(np.abs(rows[kept]).max() / 127, 4))
    return {
        "keys": trained.own.keys[kept],
        "own": np.round(rows[kept] / scale).clip(-127, 127).astype(np.int8),
        "scale": np.array(scale),
        "bias": np.round(trained.bias * 64) / 64,
    }


# --- what the models were trained on ------------------------------------------------------------


def trained_on() -> dict[str, str]:
    """Returns the digests of what the models depend on: gold, vocabulary and the code of training."""
    words = [(m.code, m.family, m.measure_words, m.nouns, m.verbs, m.against) for m in metrics()]
    status_words = (ROOT / "schemas" / "vocabulary" / "status.toml").read_bytes()
    vocabulary = repr((words, sorted(measure_words().items()))).encode() + status_words
    code = [*_python(ROOT / "transforms" / "codes"), ROOT / "transforms" / "status.py"]
    code += [
        ROOT / "tests" / "tools" / name for name in ("network.py", "rewording.py", "training.py")
    ]
    gold = sorted(p for p in GOLD.rglob("*") if p.suffix in (".txt", ".jsonl"))
    gold = [path for path in gold if "samples" not in path.parts]
    return {
        "gold": _digest(path.read_bytes() for path in gold),
        "vocabulary": _digest([vocabulary]),
        "code": _digest(version.relevant_content(str(path.name), path) for path in code),
    }


def _python(folder: Path) -> list[Traversable]:
    return sorted(folder.glob("*.py"))


def _digest(parts: Iterator[bytes] | list[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part + b"\0")
    return digest.hexdigest()[:16]


def trained_models() -> dict[str, bytes]:
    """Returns the files of the models, trained anew."""
    examples = training_examples()
    return {
        "metrics.npz": network.to_bytes(train_codes(examples)),
        "status.npz": network.to_bytes(status_arrays(train_status(examples))),
        "trained_on.json": (json.dumps(trained_on(), indent=1) + "\n").encode(),
    }


def agreement(arrays: dict[str, NDArray[Any]]) -> float:
    """Returns the share of all figures of the gold that another network gives the code of ours."""
    examples = all_examples()
    ours, others = (
        answers(net, examples).argmax(axis=1)
        for net in (model.load_model(), model.from_arrays(arrays))
    )
    return float((ours == others).mean())


def main() -> None:
    """Writes the models; with --check says whether those of the repository are what training gives."""
    if "--check" in sys.argv:
        share = agreement(train_codes(training_examples()))
        print(f"{share:.4f} of the codes are those of a network trained anew")
        sys.exit(0 if share >= AGREE else 1)
    for name, data in trained_models().items():
        (MODELS / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
