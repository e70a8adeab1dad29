"""Copies of labelled texts with clauses in another order."""

from tests.tools import rewording

TEXT = "发放宣传册800份，调解纠纷32起。"
BOOKLETS = {"start": 5, "metric": "publicity_materials", "status": "actual"}
DISPUTES = {"start": 14, "metric": "disputes_received", "status": "actual"}


def copies(text, labels):
    return [rewording.reworded(text, labels, str(key)) for key in range(200)]


def test_a_clause_gets_other_orders_and_its_label_moves_along():
    found = {copy[0] for copy in copies(TEXT, [BOOKLETS]) if copy}
    assert {
        "800份宣传册发放，调解纠纷32起。",
        "发放宣传册，800份，调解纠纷32起。",
        "发放宣传册，全年800份，调解纠纷32起。",
        "宣传册方面，发放800份，调解纠纷32起。",
    } <= found
    for copy in filter(None, copies(TEXT, [BOOKLETS, DISPUTES])):
        text, labels = copy
        numbers = [
            text[x["start"] :][: len("800" if x["metric"][0] == "p" else "32")] for x in labels
        ]
        assert numbers == ["800", "32"]
        assert any(label.get("reworded") for label in labels)


def test_a_clause_without_a_verb_becomes_a_topic():
    found = {
        copy[0] for copy in copies("法治讲座12场。", [{"start": 4, "metric": "lectures"}]) if copy
    }
    assert "12场法治讲座。" in found and "法治讲座方面，全镇12场。" in found


def test_the_same_key_gives_the_same_text():
    assert copies(TEXT, [BOOKLETS, DISPUTES]) == copies(TEXT, [BOOKLETS, DISPUTES])


def test_changes_shares_and_names_keep_their_order():
    for text, start in (
        ("受理信访较上年减少8件。", 9),
        ("学习《宪法》《民法典》12次。", 12),
        ("化解率达98%。", 4),
        ("排查、化解纠纷分别为5、4件。", 10),
        ("其中邻里纠纷8件。", 6),
    ):
        assert set(copies(text, [{"start": start, "metric": "other"}])) == {None}, text
