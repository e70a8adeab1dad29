"""Texts in traditional characters are read as the others are; the transcription stays."""

from hypothesis import given
from hypothesis import strategies as st

from transforms import identity, parse
from transforms.folding import simplified
from transforms.numerals import fold
from transforms.readers import Document

REPORT = """首頁 > 政務公開 > 石橋鎮
石橋鎮人民政府關於2023年度法治政府建設情況的報告
發布機構：平川縣石橋鎮人民政府　成文日期：2024-01-12
縣委、縣政府：
2023年，石橋鎮認真貫徹落實縣委部署。現將有關情況報告如下：
一、主要工作
（一）抓學習。組織會前學法7次，培訓幹部八十餘人次，投入兩萬餘元。
二、存在的問題
普法形式單一。
三、下一步打算
舉辦講座9場。
"""
REGISTER = identity.read_register(
    "code,name,county,prefecture,province\n110101,石桥镇,平川县,云岭市,甘肃省\n120101,石桥镇,南泽区,海陵市,江苏省\n".encode()
)


def test_a_report_in_traditional_characters_is_read_and_stays_as_printed():
    report = parse(Document(REPORT, "text/plain", "utf-8", "text/1"))
    claims = report.claims
    assert (claims.title, claims.issuer, claims.issued_on, claims.report_year) == (
        "石橋鎮人民政府關於2023年度法治政府建設情況的報告",
        "平川縣石橋鎮人民政府",
        "2024-01-12",
        2023,
    )
    place = identity.resolve_body(claims, REPORT, REGISTER)
    assert (place.township, place.county, place.resolution) == ("石桥镇", "平川县", "exact")
    assert [
        (REPORT[r.figure.start : r.figure.end], r.figure.value, r.figure.qualifier)
        for r in report.readings
    ] == [
        ("7次", 7, "exact"),
        ("八十餘人次", 80, "over"),
        ("兩萬餘元", 20000, "over"),
        ("9場", 9, "exact"),
    ]
    assert [(s.heading, s.kind) for s in report.sections if s.level == 1 and s.heading] == [
        ("主要工作", "work"),
        ("存在的問題", "problems"),
        ("下一步打算", "plan"),
    ]


def test_a_traditional_name_in_a_simplified_text_is_left_alone():
    text = "2023年，石桥镇组织学法7次，培训干部八十余人次，讲师为陳某。" * 3
    assert simplified(text) == text


def test_phrases_decide_between_two_simplified_forms():
    assert simplified("乾隆年間的鄉鎮幹部，頭髮和發展") == "乾隆年间的乡镇干部，头发和发展"


@given(st.text(st.sampled_from("國鎮鄉縣幹部乾隆後面頭髮著力臺灣\n，。一二兩萬餘a1"), max_size=80))
def test_folding_keeps_the_length(text):
    assert len(simplified(text)) == len(text)
    assert len(fold(text)) == len(text)
