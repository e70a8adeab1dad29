"""The reason codes of the quarantine: each stands once, and each is raised with what its message needs."""

import ast
import pickle
import string

import pytest

from schemas import reasons, tables
from schemas.errors import Rejected
from tests.support.paths import ROOT
from transforms.version import syntax_tree

PACKAGES = ("schemas", "transforms", "warehouse", "expectations", "flows")


def raised():
    """(place, code, case, names of the fields) of every reason that the product gives."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(syntax_tree(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _is_reason(node.func) and node.args:
                    first, *others = node.args
                    keywords = {k.arg: k.value for k in node.keywords}
                    case = keywords.pop("case", others[0] if others else ast.Constant(""))
                    keywords.pop("needs", None)
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield place, _value(first), _value(case), set(keywords)


def _is_reason(function):
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("Rejected", "problem")


def _value(node):
    return node.value if isinstance(node, ast.Constant) else None


def fields(code, case=""):
    return {
        name for _, name, _, _ in string.Formatter().parse(reasons.template(code, case)) if name
    }


def test_every_reason_is_written_in_both_languages():
    assert list(reasons.reasons()) == sorted(reasons.reasons())
    for reason in reasons.reasons().values():
        for sentence in (reason.en, reason.do_en):
            assert sentence.endswith(".") and "{" not in sentence, reason.code
        for sentence in (reason.zh, reason.do_zh):
            assert sentence.endswith("。") and "{" not in sentence, reason.code
        for case in ("", *reason.cases):
            template = reasons.template(reason.code, case)
            assert "  " not in template and "\n" not in template, (reason.code, case)


def test_the_product_raises_only_reasons_that_stand_in_the_list_with_their_fields():
    for place, code, case, given in raised():
        if code is not None and case is not None and not case.endswith("."):
            assert code in reasons.reasons(), f"{place}: {code}"
            assert given == fields(code, case), f"{place}: {code} {case}"


def test_every_reason_is_given_somewhere():
    files = [p for package in PACKAGES for p in (ROOT / package).rglob("*.py")]
    source = "\n".join(p.read_text(encoding="utf-8") for p in files)
    assert [code for code in reasons.reasons() if f'"{code}"' not in source] == []


def test_a_message_says_what_happened_and_what_to_do():
    error = Rejected("too_large", case="file", size=12_345, limit=5_000)
    assert error.message == (
        "The file has 12,345 bytes; the limit is 5,000. "
        "If it is a report all the same, run with a larger --max-bytes."
    )
    assert reasons.problem("empty_file") == (
        "empty_file",
        "The file is empty (0 bytes). Fetch it again from where it was published.",
    )


def test_a_message_that_lacks_a_field_or_has_an_unknown_code_is_an_error():
    with pytest.raises(KeyError, match="limit"):
        Rejected("too_large", case="file", size=1)
    with pytest.raises(KeyError, match="too_blue"):
        Rejected("too_blue")
    with pytest.raises(KeyError, match="pie"):
        Rejected("too_large", case="pie")


def test_an_error_survives_being_stored_and_sent_between_processes():
    error = Rejected("reader_missing", case="ocr", install="pip install ocr", needs="ocr")
    assert "needs the OCR extra: pip install ocr" in error.message
    for copy in (Rejected(*error.stored()), pickle.loads(pickle.dumps(error))):
        assert (copy.reason_code, copy.message, copy.needs) == (
            "reader_missing",
            error.message,
            "ocr",
        )
    assert Rejected("empty_file").needs is None


def test_the_quarantine_allows_these_codes_and_no_others():
    column = next(c for c in tables.QUARANTINE.columns if c.name == "reason_code")
    assert column.values == tuple(reasons.reasons())
