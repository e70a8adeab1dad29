"""Reports of a batch: understood together as each alone, and what one of them breaks costs the others nothing."""

import dataclasses
import logging
import re

import jieba
import pytest
import rjieba

import transforms
from flows.workers import batch
from flows.workers.defects import problem_of
from schemas.errors import Rejected
from tests.tools import training
from transforms import readers
from transforms.codes import model
from transforms.fingerprints import bands
from transforms.report import draft_report, understand_drafts

TEXTS = [text for text, _ in training.reports()] + [
    training.SENTENCE_FRAME + text for text, _ in training.sentences()[:150]
]


def drafts(texts):
    """(digest, document, draft) of each text, as a batch holds them before their figures are understood."""
    out = []
    for i, text in enumerate(texts):
        document = readers.read(text.encode())
        out.append((f"{i:064x}", document, draft_report(document)))
    return out


@pytest.fixture(scope="module")
def waiting():
    """The drafts of all texts."""
    return [draft for _, _, draft in drafts(TEXTS)]


@pytest.fixture(scope="module")
def alone(waiting):
    """What each of them says, understood by itself."""
    return [understand_drafts([draft])[0] for draft in waiting]


@pytest.mark.parametrize("together", [2, 20, len(TEXTS)])
def test_reports_understood_together_say_what_each_says_alone(waiting, alone, together):
    beside = [
        report
        for i in range(0, len(waiting), together)
        for report in understand_drafts(waiting[i : i + together])
    ]
    assert [(r.readings, r.links, r.numerals) for r in beside] == [
        (r.readings, r.links, r.numerals) for r in alone
    ]


def test_the_portions_in_which_figures_are_scored_do_not_show(monkeypatch):
    waiting = [draft for _, _, draft in drafts(TEXTS[:15])]
    whole = [r.readings for r in understand_drafts(waiting)]
    monkeypatch.setattr(model, "BATCH_FIGURES", 7)
    assert [r.readings for r in understand_drafts(waiting)] == whole


class Hog:
    """Evidence that needs more memory than there is."""

    def __iter__(self):
        raise MemoryError


def test_a_report_that_takes_too_much_memory_is_rejected_alone(tmp_path):
    waiting = drafts(TEXTS[:3])
    sha256, document, draft = waiting[1]
    waiting[1] = (sha256, document, dataclasses.replace(draft, times=Hog()))
    rejected = {}
    kept = batch._understood(tmp_path, waiting, rejected)
    assert [one[0] for one in kept] == [waiting[0][0], waiting[2][0]]
    assert kept[0][2].readings == transforms.parse(document=waiting[0][1]).readings
    assert {k: reason for k, (reason, _) in rejected.items()} == {sha256: "too_much_memory"}


def test_a_defect_met_among_many_reports_names_its_source_and_costs_no_other(tmp_path):
    waiting = drafts(TEXTS[:3])
    sha256, document, draft = waiting[2]
    waiting[2] = (sha256, document, dataclasses.replace(draft, contexts=[None]))
    rejected = {}
    kept = batch._understood(tmp_path, waiting, rejected)
    assert [one[0] for one in kept] == [waiting[0][0], waiting[1][0]]
    ((code, message),) = rejected.values()
    file = f"state/failures/{sha256[:16]}.txt"
    assert (list(rejected), code) == ([sha256], "our_defect")
    assert message.startswith("This program failed on the file (AttributeError: ")
    assert file in message
    traceback = (tmp_path / file).read_text(encoding="utf-8")
    assert traceback.startswith("Traceback (most recent call last):") and "understand" in traceback


def test_a_report_that_cannot_be_written_as_rows_is_named_and_costs_no_other(tmp_path):
    sound, broken = batch._understood(tmp_path, drafts(TEXTS[:2]), {})
    broken[2].links.append(None)
    rejected = {}
    documents = batch._staged(tmp_path, [sound, broken], rejected)[0]
    assert documents["source_sha256"].to_pylist() == [sound[0]]
    assert {key: problem[0] for key, problem in rejected.items()} == {broken[0]: "our_defect"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Rejected("empty_file"), "empty_file"),
        (MemoryError(), "too_much_memory"),
        (RecursionError(), "too_deep"),
        (KeyError("x"), "our_defect"),
    ],
)
def test_what_goes_wrong_with_a_source_has_a_reason_code(tmp_path, error, code):
    assert problem_of(tmp_path, "a" * 64, error)[0] == code
    assert (tmp_path / "state" / "failures").exists() == (code == "our_defect")


def test_the_message_of_a_defect_is_one_printable_line(tmp_path):
    _, message = problem_of(tmp_path, "a" * 64, ValueError("\x1b[2J \ud800\nsecond line"))
    assert message.startswith("This program failed on the file (ValueError: \\x1b[2J \\ud800): ")
    assert message.isprintable()


def test_words_are_those_of_jieba():
    jieba.setLogLevel(logging.CRITICAL)
    clauses = {c for text in TEXTS for c in re.findall("[\u4e00-\u9fff]{4,}", text)}
    assert len(clauses) > 1000
    assert [c for c in clauses if list(rjieba.cut(c)) != jieba.lcut(c)] == []


def test_texts_that_differ_in_numbers_and_blanks_alone_have_the_same_bands():
    text = TEXTS[0]
    assert len(bands(text)) == 16
    assert bands(re.sub(r"\d", "7", text).replace("。", "。 \u3000")) == bands(text)
    assert not set(bands(TEXTS[1])) & set(bands(text))
    assert bands("只有12个字") == [] and len(bands("六个字就够了")) == 16
