"""Labelled reports and sentences -> the weights of the models of codes and statuses. `make model` rebuilds `transforms/model` from the repository alone.

usage: python -m tests.tools.training [--check]
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from schemas.metrics import codes
from tests.support.paths import GOLD, ROOT
from transforms import figures, numerals, sections, status
from transforms.codes import features
from transforms.codes.contexts import Context, contexts
from transforms.codes.evidence import (
    STEPS_OF_WEIGHT,
    CodesBefore,
    Sides,
    own_features,
    sequel,
    sequel_features,
    shared_evidence,
)
from transforms.codes.features import Features, Weights
from transforms.codes.model import Model, load_model
from transforms.layout import read_layout

_LABEL = re.compile(r"⟦(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)⟧")
PENALTY_OWN, PENALTY_STATUS, PENALTY_SHARED, PENALTY_BIAS, STEPS = 1.2, 0.3, 0.1, 0.05, 100
PENALTY_PAIRS, MIN_PAIRS, MEMORY = 2.0, 200, 10
MIN_WEIGHT = 0.02
_SHORT = re.compile(r"\{([^|}]+)\|(\w+)(?:\|(\w))?\}")
SENTENCE_YEAR = 2023
# a labelled sentence is read as the work part of a report, one of our own that only plans as its plan
_TITLE = "2023年度法治政府建设工作报告\n"
SENTENCE_FRAME = f"{_TITLE}一、工作开展情况\n"
PLAN_FRAME = f"{_TITLE}三、下一步工作打算\n"
# ours that stand in other parts of a report
PARTS = {
    "openings.txt": _TITLE,
    "outlooks.txt": SENTENCE_FRAME,  # plans in the middle of what was done
    "problems.txt": f"{_TITLE}二、存在的问题\n",
    "plans.txt": PLAN_FRAME,
    "suggestions.txt": f"{_TITLE}四、意见建议\n",
}


class Example:
    """One figure of the gold: what stands around it, its shared evidence, the numbers of its code and of those before it (as of
    `CodesBefore.of`), its status and the evidence for that."""

    __slots__ = ("before", "code", "context", "group", "row", "status", "times")

    def __init__(
        self,
        context: Context,
        row: np.ndarray,
        code: int,
        before: tuple[int, int, int],
        group: str,
        status: int,
        times: list[str],
    ) -> None:
        self.context, self.row, self.code, self.before = context, row, code, before
        self.group, self.status, self.times = group, status, times


def sentences() -> list[tuple[str, list[dict]]]:
    """The labelled sentences: text, and its figures as dicts like those of the reports."""
    out = []
    for line in (GOLD / "clauses.txt").read_text(encoding="utf-8").splitlines():
        text, labels, last = "", [], 0
        for m in _LABEL.finditer(line):
            text += line[last : m.start()]
            number, value, high, qualifier, unit, code, status = m.groups()
            labels.append(
                {
                    "start": len(text),
                    "number": number,
                    "value": float(value),
                    "value_high": float(high) if high else None,
                    "qualifier": qualifier,
                    "unit": unit,
                    "metric": code,
                    "status": status,
                }
            )
            text += number
            last = m.end()
        text += line[last:]
        out.append((text, labels))
    return out


def more_sentences(path: Path = GOLD / "sentences.txt") -> list[tuple[str, list[dict]]]:
    """Sentences labelled in short, {number|code} or {number|code|p} (planned) or |b (background): only codes and status are told."""
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, labels, last = "", [], 0
        for m in _SHORT.finditer(line):
            text += line[last : m.start()]
            number, code, status = m.groups()
            labels.append(
                {
                    "start": len(text),
                    "metric": code,
                    "status": {"p": "planned", "b": "background"}.get(status, "actual"),
                }
            )
            text += number
            last = m.end()
        out.append((text + line[last:], labels))
    return out


def reports() -> list[tuple[str, dict]]:
    """The labelled reports: text, and the gold answer."""
    answers = [
        json.loads(line)
        for line in (GOLD / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [
        ((GOLD / "reports" / f"{a['doc']}.txt").read_text(encoding="utf-8"), a) for a in answers
    ]


def examples_of(
    text: str, labels: list[dict], group: str, report_year: int | None
) -> list[Example]:
    """The figures of one text that the extraction finds and the gold knows."""
    layout = read_layout(text, numerals.fold(text))
    flat = figures.flatten_text(text, layout.wraps, layout.breaks)
    tree = sections.build_tree(text, flat, layout, report_year)
    marks = figures.find_non_figures(flat)
    found = figures.find_figures(text, flat, marks)
    gold = {x["start"]: x for x in labels}
    out: list[Example] = []
    before = CodesBefore()
    index = {c: i for i, c in enumerate(codes())}
    times = status.all_evidence(flat, found, tree, report_year)
    around = contexts(flat, found, sections.headings_of(tree))
    if not around:
        return []
    for figure, context, row, when in zip(found, around, shared_evidence(around), times):
        if context.first:
            before = CodesBefore()
        told = before.of(context)
        label = gold.get(figure.start)
        if label is None:
            continue
        code = index[label["metric"]]
        out.append(
            Example(context, row, code, told, group, status.STATUSES.index(label["status"]), when)
        )
        before.decided(context, code)
    return out


def _framed(
    frame: str, text: str, labels: list[dict], group: str, behind: str = ""
) -> list[Example]:
    moved = [{**x, "start": x["start"] + len(frame)} for x in labels]
    return examples_of(frame + text + behind, moved, group, SENTENCE_YEAR)


def all_examples() -> list[Example]:
    """Every labelled figure of the repository."""
    out = []
    for prefix, labelled in (("s", sentences()), ("m", more_sentences())):
        for i, (text, labels) in enumerate(labelled):
            plan = prefix == "m" and all(x["status"] == "planned" for x in labels)
            out += _framed(PLAN_FRAME if plan else SENTENCE_FRAME, text, labels, f"{prefix}{i}")
    for name, frame in PARTS.items():
        for i, (text, labels) in enumerate(more_sentences(GOLD / name)):
            out += _framed(frame, text, labels, f"m{name}{i}", "\n一、工作开展情况\n")
    for text, answer in reports():
        out += examples_of(text, answer["figures"], answer["doc"], answer["report_year"])
    return out


def _feature_matrix(found: Features, examples: int) -> tuple[np.ndarray, csr_matrix]:
    """The features that occur, ascending, and one row an example."""
    keys, column = np.unique(found.key, return_inverse=True)
    pairs = np.unique(found.figure * len(keys) + column)
    owner, column = np.divmod(pairs, len(keys))
    return keys, csr_matrix(
        (np.ones(len(pairs), np.float32), (owner, column)), shape=(examples, len(keys))
    )


def _merged(x: csr_matrix) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """`x` with one column for all features that stand in the same examples, how many each stands for, and the column of each feature.

    r such features have one weight, so one column of the root of r in their place, with the same penalty, gives the same scores from a third
    of the weights.
    """
    columns, first, of = x.tocsc(), [], np.empty(x.shape[1], np.int64)
    numbers: dict[bytes, int] = {}
    for j in range(x.shape[1]):
        at = columns.indices[columns.indptr[j] : columns.indptr[j + 1]]
        of[j] = numbers.setdefault(at.tobytes(), len(numbers))
        if of[j] == len(first):
            first.append(j)
    many = np.bincount(of)
    return columns[:, first].multiply(np.sqrt(many)).tocsr(), many, of


def _products(rows: csr_matrix) -> csr_matrix:
    """The products of every two columns that are not zero in a row; the product of i < j stands in column i * columns + j."""
    columns, many = rows.shape[1], np.diff(rows.indptr)
    owner, place, value = [], [], []
    for k in range(2, many.max(initial=0) + 1):
        those = np.flatnonzero(many == k)
        at = rows.indptr[those][:, None] + np.arange(k)
        index, data = rows.indices[at].astype(np.int64), rows.data[at]
        i, j = np.triu_indices(k, 1)
        owner.append(np.repeat(those, len(i)))
        place.append((index[:, i] * columns + index[:, j]).ravel())
        value.append((data[:, i] * data[:, j]).ravel())
    parts = (np.concatenate(value), (np.concatenate(owner), np.concatenate(place)))
    return csr_matrix(parts, shape=(rows.shape[0], columns**2))


def _fit(
    x: csr_matrix, target: np.ndarray, shared: csr_matrix, penalties: tuple[float, np.ndarray]
) -> list[np.ndarray]:
    """Multinomial logistic regression by L-BFGS from zero: convex, so the same examples give the same weights.

    `target` is one-hot; `shared` (examples x classes, columns) is the evidence whose weights all classes share, `penalties` that of the
    weights of `x` and of each column of `shared`. Returns the weights of `x` (features, classes), of `shared`, and the bias.
    """
    x, many, of = _merged(x.astype(np.float64))
    shared = shared.astype(np.float64)
    xt, shared_t = x.T.tocsr(), shared.T.tocsr()
    shape, classes = (x.shape[1], target.shape[1]), target.shape[1]
    cuts = np.cumsum([shape[0] * shape[1], shared.shape[1]])
    one, each = penalties

    def parts(v: np.ndarray) -> list[np.ndarray]:
        own, common, bias = np.split(v, cuts)
        return [own.reshape(shape), common, bias]

    def loss(v: np.ndarray) -> tuple[float, np.ndarray]:
        own, common, bias = parts(v)
        z = x @ own + (shared @ common).reshape(-1, classes) + bias
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        error = p - target
        value = (
            -np.log(p[target > 0] + 1e-12).sum()
            + (one * (own**2).sum() + (each * common**2).sum() + PENALTY_BIAS * (bias**2).sum()) / 2
        )
        slope = (
            (xt @ error + one * own).ravel(),
            shared_t @ error.ravel() + each * common,
            error.sum(axis=0) + PENALTY_BIAS * bias,
        )
        return value, np.concatenate(slope)

    start = np.zeros(cuts[-1] + classes)
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": MEMORY}
    )
    own, common, bias = parts(found.x)
    return [part.astype(np.float32) for part in ((own / np.sqrt(many)[:, None])[of], common, bias)]


def train(examples: list[Example]) -> Model:
    """The model of metric codes."""
    around, rows = [e.context for e in examples], np.stack([e.row for e in examples])
    before = np.array([e.before for e in examples]).T
    after = sequel(around, rows, *before)
    each = Sides(around)
    found = [own_features(around, each), sequel_features(each, np.arange(len(around)), before[0])]
    keys, x = _feature_matrix(features.join(found), len(examples))
    evidence = np.concatenate([rows, after.transpose(1, 2, 0)], axis=2)
    columns = evidence.shape[2]
    single = csr_matrix(evidence.reshape(-1, columns))
    double = _products(single)
    usual = np.flatnonzero(np.bincount(double.indices, minlength=columns**2) >= MIN_PAIRS)
    target = np.eye(len(codes()), dtype=np.float32)[[e.code for e in examples]]
    each = np.repeat([PENALTY_SHARED, PENALTY_PAIRS], [columns, len(usual)])
    own, common, bias = _fit(
        x, target, hstack([single, double[:, usual]], "csr"), (PENALTY_OWN, each)
    )
    pairs = np.zeros(columns**2, np.float32)
    pairs[usual] = common[columns:]
    return Model(Weights(keys, own), common[:columns], pairs.reshape(columns, columns), bias)


def answers(model: Model, examples: list[Example]) -> np.ndarray:
    """Log-odds of each metric for each example, in order; examples of a sentence stand together."""
    return model.scores([e.context for e in examples], np.stack([e.row for e in examples]))


def train_status(examples: list[Example]) -> status.StatusModel:
    """The model of actual, planned and background."""
    keys, x = _feature_matrix(features.named([e.times for e in examples]), len(examples))
    target = np.eye(3, dtype=np.float32)[[e.status for e in examples]]
    own, _, bias = _fit(x, target, csr_matrix((target.size, 0)), (PENALTY_STATUS, np.zeros(0)))
    return status.StatusModel(Weights(keys, own), bias)


def to_bytes(model: Weights, **others: np.ndarray) -> bytes:
    """A model as an .npz without timestamps; weights in 127 steps each way, features without one left out."""
    kept = np.abs(model.rows).max(axis=1) >= MIN_WEIGHT
    own = model.rows[kept]
    scale = float(np.round(np.abs(own).max() / 127, 4))
    arrays = {
        "keys": model.keys[kept],
        "own": np.round(own / scale).clip(-127, 127).astype(np.int8),
        "scale": np.array(scale),
        **{k: np.round(v * STEPS_OF_WEIGHT) / STEPS_OF_WEIGHT for k, v in others.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.asarray(array, order="C"), allow_pickle=False)
            z.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)),
                part.getvalue(),
                zipfile.ZIP_DEFLATED,
            )
    return buffer.getvalue()


def _agree(a: Model, b: Model, examples: list[Example]) -> float:
    """Share of the examples that two models give the same code. Bytes differ between processors in the last digit of sums."""
    return float(
        (answers(a, examples).argmax(axis=1) == answers(b, examples).argmax(axis=1)).mean()
    )


def main() -> None:
    """Writes both models; with --check says whether the files in the repository are what training gives."""
    folder = ROOT / "transforms" / "model"
    examples = all_examples()
    metric, when = train(examples), train_status(examples)
    trained = {
        "metrics.npz": to_bytes(
            metric.own, shared=metric.shared, pairs=metric.pairs, bias=metric.bias
        ),
        "status.npz": to_bytes(when.own, bias=when.bias),
    }
    if "--check" in sys.argv:
        same = all((folder / name).read_bytes() == data for name, data in trained.items())
        agreement = 1.0 if same else _agree(metric, load_model(), examples)
        print(
            f"the models are {'what training gives' if same else f'other bytes than training gives; {agreement:.4f} of the codes agree'}"
        )
        sys.exit(0 if agreement >= 0.99 else 1)
    for name, data in trained.items():
        (folder / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
