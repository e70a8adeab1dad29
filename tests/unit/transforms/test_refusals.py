"""What is a report of a year, and what is refused; and what is missing from a text as a whole."""

import pytest

from schemas.errors import Rejected
from transforms import parse
from transforms.readers import Document

BODY = "2023年，石桥镇组织学法7次，培训干部86人次，化解纠纷54件，发放资料2000份，检查商户120家，整改隐患37处。"


def read(text):
    return parse(Document(text, "text/plain", "utf-8", "text/1"))


ADDRESSED = "{0}：\n今年以来，我乡主要干了以下几件事。\n第一，学法9次。全年培训60人次。\n"


@pytest.mark.parametrize("whom", ["县委全面依法治县委员会办公室", "区法治政府建设领导小组"])
def test_a_report_to_those_who_lead_the_rule_of_law_needs_no_title(whom):
    assert [r.figure.number for r in read(ADDRESSED.format(whom)).readings] == ["9", "60"]


@pytest.mark.parametrize("whom", ["各乡镇依法治镇委员会", "县农业农村局"])
def test_a_text_to_others_without_a_title_is_refused(whom):
    with pytest.raises(Rejected):
        read(ADDRESSED.format(whom))


@pytest.mark.parametrize(
    "text, reason",
    [
        (
            "\n".join(
                f"第{n}条 县级人民政府应当加强法治政府建设，推进依法行政。" for n in "一二三四五六"
            ),
            "law or regulation",
        ),
        (
            "石桥镇开展宪法宣传周活动\n12月4日上午，石桥镇在集市开展宪法宣传活动，发放资料300份，解答咨询20人次。"
            "下一步，石桥镇将继续开展法治宣传。\n",
            "no such title",
        ),
        (
            "关于召开法治建设会议的通知\n各村：\n定于12月5日召开法治建设会议，请准时参加。\n",
            "no such title",
        ),
        ("石桥镇召开春耕会议，60人参加。\n", "never speaks of the rule of law"),
        (
            "一、抓好春耕\n石桥镇播种200亩。\n二、抓好法治\n讲课2次。\n",
            "numbered sections, but neither a title",
        ),
    ],
)
def test_laws_news_and_notices_are_refused_and_it_is_said_why(text, reason):
    with pytest.raises(Rejected, match=reason):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        f"石桥镇扎实推进法治建设\n{BODY}全镇坚持依法治理，法治氛围更浓。不足之处是法治专干只有1名。明年，石桥镇打算新设调解室2个。\n",
        f"本报告由石桥镇人民政府编制，数据截至2023年12月31日。\n一、总体情况\n全镇法治政府建设平稳。{BODY}\n二、行政执法情况\n办案9件。\n三、存在问题\n人手不足。\n",
        f"（二）强化执法。行政执法人员12名，依法行政能力提高。{BODY}\n（三）强化普法。法治讲座9场，法治文艺演出3场。\n（四）强化调解。调解54件。\n",
    ],
)
def test_reviews_of_a_year_without_a_usual_title_are_read(text):
    assert [r.figure.value for r in read(text).readings][:2] != []


@pytest.mark.parametrize(
    "text, doubts",
    [
        (f"石桥镇2023年法治政府建设报告\n{BODY}一、工作\n{BODY}\n", []),
        (
            f"石桥镇2023年法治政府建设报告\n{BODY}\n一、工作\n{BODY}全年开展法治宣传活动并组织干部参加\n",
            ["cut_off"],
        ),
        (f"石桥镇2023年法治政府建设报告\n{BODY}\n一、工作\n{BODY}\n二、不足\n", ["cut_off"]),
        (f"石桥镇2023年法治政府建设报告\n{BODY}\n一、工作\n{BODY}\n二、不足\n无。\n", []),
        ("石桥镇2023年法治政府建设报告\n发布日期：2024-01-12\n", ["emptied"]),
        (
            f"三、强化执法。行政执法人员12名，2023年依法行政能力提高。{BODY}\n四、强化普法。法治讲座9场，法治文艺3场。\n",
            ["cut_off"],
        ),
    ],
)
def test_texts_of_which_only_a_part_is_there_are_read_and_say_so(text, doubts):
    assert [d for d in read(text).claims.doubts if d in ("cut_off", "emptied")] == doubts
