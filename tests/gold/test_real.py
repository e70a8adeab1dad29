"""Labelled texts in the manner of published pages: who reports on which year, headings and items."""

from collections import Counter

import pytest

from tests.support.paths import SHARED
from tests.support.scoring import compare, f1, labelled_pages, parse, wrong_fields
from transforms.identity import EMPTY, read_register

REGISTER = SHARED / "register" / "townships.csv.gz"


@pytest.mark.slow
def test_the_identity_of_each_page_and_its_headings_and_enumerators():
    register = read_register(REGISTER.read_bytes()) if REGISTER.exists() else EMPTY
    wrong, found = {}, Counter()
    for text, answer in labelled_pages():
        report = parse(text)
        if answer["doc"].startswith(("R1_", "R2_", "HB_")):  # whose enumerators are all marked
            found.update(compare(report, answer))
        if faults := wrong_fields(report, answer, register):
            wrong[answer["doc"]] = [fault.split(":")[0] for fault in faults]
    # an abbreviation in an index number, the name of an app and of a site (上海青浦) say which it is
    places = {
        "R1_13": ["county", "prefecture", "province"],
        "HG_03": ["county"],
        "HG_14": ["county", "prefecture", "province"],
        "HI_24": ["county", "province"],
    }
    signed_by_two = {"HI_02": ["issuer"]}
    assert wrong == signed_by_two | (places if register.by_name else {})
    assert f1(found["items_hit"], found["items_said"], found["items_true"]) == 1.0
    assert f1(found["hit"], found["said"], found["true"]) >= 0.995
    missed = found["heads_true"] - found["heads_hit"], found["heads_said"] - found["heads_hit"]
    assert missed <= (20, 3)
