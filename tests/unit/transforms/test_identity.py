import gzip

import pytest

from transforms import identity, numerals
from transforms.layout import read_layout

REGISTER = identity.read_register(
    """code,name,county_code,county,prefecture,province
330122101000,分水镇,330122,桐庐县,杭州市,浙江省
630123200000,东山乡,630123,贵德县,海南藏族自治州,青海省
500229102000,东山乡,500229,巫溪县,重庆市,重庆市
450000000001,东山乡,450001,大化瑶族自治县,河池市,广西壮族自治区
469029200000,毛山乡,469029,陵水黎族自治县,,海南省
371082001000,海湾街道,371082,乳山市,威海市,山东省
""".encode()
)


def claims_of(text):
    flat = numerals.fold(text)
    return identity.read_claims(text, flat, read_layout(text, flat))


def place(text, path="", register=REGISTER):
    p = identity.resolve_body(claims_of(text), text, register, path)
    return p.township, p.county, p.prefecture, p.province, p.resolution


def report(head, body="", signature=""):
    return f"{head}2023年法治政府建设工作报告\n\n2023年，全面推进工作，{body}现报告如下。\n一、工作情况\n正文。\n\n{signature}"


@pytest.mark.parametrize(
    "text, path, expected",
    [
        (report("分水镇"), "", ("分水镇", "桐庐县", "杭州市", "浙江省", "exact")),
        (report("巫溪县东山乡人民政府"), "", ("东山乡", "巫溪县", None, "重庆市", "exact")),
        (
            report("东山乡", "推进平安贵德建设，"),
            "",
            ("东山乡", "贵德县", "海南藏族自治州", "青海省", "inferred"),
        ),
        (
            report("东山乡"),
            "/data/广西壮族自治区/河池市/大化瑶族自治县",
            ("东山乡", "大化瑶族自治县", "河池市", "广西壮族自治区", "exact"),
        ),
        (report("东山乡"), "", ("东山乡", None, None, None, "ambiguous")),
        (report("平川县分水镇人民政府"), "", ("分水镇", "平川县", None, None, "inferred")),
        (report("高新区分水镇人民政府"), "", ("分水镇", "桐庐县", "杭州市", "浙江省", "exact")),
        (report("平安乡"), "", ("平安乡", None, None, None, "unresolved")),
        (report("乳山市分水镇人民政府"), "", ("分水镇", "乳山市", "威海市", "山东省", "inferred")),
        (
            report("陵水黎族自治县毛山乡人民政府"),
            "",
            ("毛山乡", "陵水黎族自治县", None, "海南省", "exact"),
        ),
        (
            report("", "", "乳山市人民政府海湾街道办事处\n2024年1月3日"),
            "",
            ("海湾街道", "乳山市", "威海市", "山东省", "exact"),
        ),
    ],
)
def test_the_body_is_resolved_with_a_register(text, path, expected):
    assert place(text, path) == expected


@pytest.mark.parametrize(
    "title, issuer",
    [
        ("2023年分水镇法治政府建设工作情况报告", None),
        ("2023年度桐庐县分水镇人民政府法治政府建设报告", "桐庐县分水镇人民政府"),
        ("二〇二三年分水镇推进法治政府建设情况报告", None),
        ("关于桐庐县分水镇2023年法治政府建设情况的报告", None),
        ("【分水镇】2023年法治政府建设情况报告", None),
        ("分水镇党委、政府主要负责人2023年度履行法治建设第一责任人职责情况报告", None),
        (
            "中共分水镇委员会分水镇人民政府关于2023年法治建设情况的报告",
            "中共分水镇委员会分水镇人民政府",
        ),
    ],
)
def test_titles_name_their_body_in_many_ways(title, issuer):
    text = f"{title}\n\n2023年，全面推进工作，现报告如下。\n一、工作情况\n正文。\n"
    assert place(text)[:2] == ("分水镇", "桐庐县")
    claims = claims_of(text)
    assert (claims.title, claims.issuer, claims.report_year) == (title, issuer, 2023)


def test_without_a_register_the_text_and_the_folders_speak():
    assert place(report("桐庐县分水镇人民政府"), "", identity.EMPTY) == (
        "分水镇",
        "桐庐县",
        None,
        None,
        "inferred",
    )
    assert place(report("分水镇"), "/samples/浙江省/杭州市/桐庐县", identity.EMPTY) == (
        "分水镇",
        "桐庐县",
        "杭州市",
        "浙江省",
        "inferred",
    )
    assert place(report("城东街道"), "/samples/重庆市/黔江区", identity.EMPTY) == (
        "城东街道",
        "黔江区",
        None,
        "重庆市",
        "inferred",
    )
    assert place(report(""), "", identity.EMPTY) == (None, None, None, None, "unresolved")
    assert place(report("中共分水镇委 分水镇人民政府"), "", identity.EMPTY)[0] == "分水镇"


@pytest.mark.parametrize(
    "text, year",
    [
        ("某镇2023年法治政府建设报告\n2023年", 2023),
        ("某镇二〇二二年法治政府建设报告\n今年", 2022),
        ("某镇２０１９年度法治政府建设报告\n今年", 2019),
        ("某乡2025年法治政府建设工作情况及2026年工作计划\n2025年", 2025),
        (
            "某街道\n法治政府建设情况\n自查报告\n（2023年度）\n对照指标，情况如下。\n一、工作\n",
            2023,
        ),
        ("2022年，在县委领导下，开展法治政府建设，现将工作报告如下：\n一、工作\n", 2022),
        (
            "县司法局：\n对照《纲要（2021—2025年）》，全年推进法治政府建设，现将今年工作汇报如下。\n一、工作\n\n某镇人民政府\n2024年1月8日",
            2023,
        ),
    ],
)
def test_the_year_reported_on(text, year):
    assert claims_of(text).report_year == year


@pytest.mark.parametrize(
    "printed, iso",
    [
        ("2023年12月7日", "2023-12-07"),
        ("２０１９年１２月３０日", "2019-12-30"),
        ("二〇二二年十二月二十六日", "2022-12-26"),
        ("2025-01-10", "2025-01-10"),
        ("2025.1.9", "2025-01-09"),
        ("2025年元月9日", "2025-01-09"),
        ("二0二五年元月九日", "2025-01-09"),
        ("二О二四年十二月廿一日", "2024-12-21"),
        ("2025年1月9号", "2025-01-09"),
        ("20250109", "2025-01-09"),
        ("20251309", None),
        ("2023年13月7日", None),
        ("去年冬天", None),
    ],
)
def test_dates(printed, iso):
    assert identity.iso_date(printed) == iso


def test_issuer_signature_then_metadata_then_head_of_the_title():
    assert (
        claims_of(report("某镇", "", "某县某镇人民政府（盖章）\n2024年1月3日")).issuer
        == "某县某镇人民政府"
    )
    assert (
        claims_of("发布机构：某县某镇人民政府\n成文日期：2024-01-03\n\n" + report("某镇")).issuer
        == "某县某镇人民政府"
    )
    assert claims_of(report("某县某镇人民政府")).issuer == "某县某镇人民政府"
    assert claims_of(report("某镇")).issuer is None
    assert claims_of(report("某镇", "", "某镇司法所\n2024年1月3日")).issuer == "某镇司法所"
    imprint = "发文机关：某镇人民政府\n成文日期：2024-01-03\n\n" + report(
        "某镇", "", "某镇人民政府办公室　　2024年1月3日印发"
    )
    assert claims_of(imprint).issuer == "某镇人民政府"


def test_a_register_is_read_packed_or_plain_and_names_its_missing_columns():
    assert (
        identity.read_register(
            gzip.compress("code,name,county,prefecture,province\n1,甲镇,乙县,丙市,丁省\n".encode())
        )
        .by_name["甲镇"][0]
        .county
        == "乙县"
    )
    with pytest.raises(ValueError, match="county, prefecture"):
        identity.read_register(b"code,name,province\n")


def test_keys_are_stable():
    assert (
        identity.Place("分水镇", "桐庐县", "杭州市", "浙江省", None, "exact").key()
        == "0db853828239e021"
    )


@pytest.mark.parametrize(
    "text, township",
    [
        (
            "2023年，提交镇党委研究文件3件，今年镇里培训2期，十里八乡都知道，分管副镇长带队2次，边境乡镇3个。",
            None,
        ),
        (
            "经镇党委研究，全区各街道学习先进街道经验，经镇政府同意，律师下乡3次，律师下乡2次。",
            None,
        ),
        ("现将柳溪乡2023年法治政府建设情况报告如下：一年来，我乡培训2期。", "柳溪乡"),
        ("一年来，柳溪乡举办培训2期；年底，柳溪乡干部述法6人。", "柳溪乡"),
        ("一年来，仁和镇举办培训2期；年底，仁和镇干部述法6人。", "仁和镇"),
        ("会上，柳溪乡书记发言。", None),
    ],
)
def test_a_township_that_only_the_sentences_name(text, township):
    assert identity.resolve_body(identity.Claims(), text).township == township


@pytest.mark.parametrize(
    "text, township, county",
    [
        (report("上分水镇"), "上分水镇", None),  # which the register lacks; it has a 分水镇
        (report("桐庐县分水镇"), "分水镇", "桐庐县"),
        (report("桐庐分水镇"), "分水镇", "桐庐县"),
        (report("杭州市桐庐县分水镇人民政府"), "分水镇", "桐庐县"),
        (report("中共上分水镇委员会　上分水镇人民政府关于"), "上分水镇", None),
        (report("【年度报告】分水镇"), "分水镇", "桐庐县"),
        (report("", "上分水镇认真贯彻。上分水镇辖9个村。"), None, None),
        (report("", "分水镇认真贯彻。推动分水镇发展。"), "分水镇", "桐庐县"),
    ],
)
def test_a_township_of_the_register_is_not_found_in_a_longer_name(text, township, county):
    assert place(text)[:2] == (township, county)


@pytest.mark.parametrize(
    "line, issuer, issued_on",
    [
        (
            "【发布机构：分水镇】【信息时间：2024-01-15  阅读次数：128】【字号 大 中 小】【关闭】",
            "分水镇",
            "2024-01-15",
        ),
        (
            "填报单位（盖章）：分水镇人民政府          填报时间：2023年12月28日",
            "分水镇人民政府",
            "2023-12-28",
        ),
        (
            "| 发布机构 | 分水镇人民政府 | 生成日期 | 2024-01-20 |\n| --- | :---: | --- | --- |",
            "分水镇人民政府",
            "2024-01-20",
        ),
    ],
)
def test_a_block_of_labels_in_brackets_with_a_seal_or_in_a_table(line, issuer, issued_on):
    for text in (
        f"{line}\n\n{report('')}",
        f"2023年法治政府建设工作报告\n\n{line}\n\n{report('').split(chr(10), 2)[2]}",
    ):
        claims = claims_of(text)
        assert (claims.title, claims.issuer, claims.issued_on) == (
            "2023年法治政府建设工作报告",
            issuer,
            issued_on,
        )
