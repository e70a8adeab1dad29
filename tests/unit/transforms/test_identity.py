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


COUNTIES = identity.read_register(
    """code,name,county_code,county,prefecture,province
320413001000,白塔街道,320413,金水区,常阳市,江苏省
220281100000,双桥镇,220281,讷江市,齐哈市,黑龙江省
130408001000,北关街道,130408,永定区,邯山市,河北省
130408002000,城厢镇,130408,永定区,邯山市,河北省
350802001000,南城街道,350802,永定区,龙溪市,福建省
110105001000,东风街道,110105,朝晖区,,北京市
410184100000,城厢镇,410184,新县,郑阳市,河南省
431225100000,会同镇,431225,会同县,怀阳市,湖南省
""".encode()
)


@pytest.mark.parametrize(
    "text, expected",
    [
        # the register lacks the township, and the opening says under whom it works
        (
            report("官湖街道", "在金水区委、区政府领导下，"),
            ("官湖街道", "金水区", "常阳市", "江苏省", "inferred"),
        ),
        # its namesakes lie elsewhere: the number of the site says where this one lies
        (
            report("石桥镇", "", "主办：办公室  网站标识码:2202810001"),
            ("石桥镇", "讷江市", "齐哈市", "黑龙江省", "inferred"),
        ),
        (
            "索引号:11220281002613/2026-00017\n" + report("城厢镇"),
            ("城厢镇", "讷江市", "齐哈市", "黑龙江省", "inferred"),
        ),
        # a code that itself begins with 11
        (
            report("城厢镇", "", "主办：办公室  网站标识码:1101050001"),
            ("城厢镇", "朝晖区", None, "北京市", "inferred"),
        ),
        # the county stands right before the township; of two counties of the name the city decides
        (
            report("城厢镇", "邯山市永定区城厢镇推进依法治理，"),
            ("城厢镇", "永定区", "邯山市", "河北省", "inferred"),
        ),
        (
            report("河口镇", "邯山市永定区河口镇推进依法治理，"),
            ("河口镇", "永定区", "邯山市", "河北省", "inferred"),
        ),
        # 创新县镇 holds no county
        (report("河口镇", "创新县河口镇联动机制，"), ("河口镇", None, None, None, "unresolved")),
        # a township that the register lacks, named once behind 现将
        (
            "2023年，我街道全面推进工作，现将大芦湾街道2023年度法治政府建设情况报告如下。\n一、工作情况\n正文。\n",
            ("大芦湾街道", None, None, None, "unresolved"),
        ),
        (
            "2023年，沙浦街在区委领导下推进依法治街，现将情况报告如下。\n一、法治政府建设情况\n正文。\n",
            ("沙浦街道", None, None, None, "unresolved"),
        ),
        # the signature has the official name of what the title has in short
        (
            report("白塔乡", "", "永定区白塔回族乡人民政府\n2024年1月3日"),
            ("白塔回族乡", "永定区", None, None, "inferred"),
        ),
    ],
)
def test_the_words_of_a_report_say_where_its_township_lies(text, expected):
    assert place(text, "", COUNTIES) == expected


def test_a_list_of_attachments_signs_nothing_and_a_date_names_no_body():
    text = report("平川县石桥镇人民政府关于", "", "附件：1.石桥镇2023年执法统计表\n     2.石桥镇2023年审查台账\n")
    assert claims_of(text).issuer == "平川县石桥镇人民政府"
    text = "石桥镇党委书记履行推进法治建设第一责任人职责\n暨2023年度法治政府建设工作报告\n（2023年12月）\n\n2023年，依法推进工作，现报告如下。\n一、工作\n正文。\n"
    claims = claims_of(text)
    assert claims.title == "石桥镇党委书记履行推进法治建设第一责任人职责暨2023年度法治政府建设工作报告"
    assert not [body for body in claims.bodies if "12月" in body]
    text = "政务公开 / 镇（街道）信息公开 / 石桥镇 / 法治政府建设年度报告\n石桥镇2023年度法治政府建设报告\n2023年，依法推进工作，现报告如下。\n一、工作\n正文。\n"
    assert claims_of(text).title == "石桥镇2023年度法治政府建设报告"


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


def test_a_row_of_a_register_with_too_few_cells_is_named_by_its_line():
    rows = "code,name,county,prefecture,province\n330102001,清波街道,上城区,杭州市,浙江省\n330102002,湖滨街道\n"
    with pytest.raises(ValueError, match="line 3 of the register has fewer cells"):
        identity.read_register(rows.encode())


@pytest.mark.parametrize(
    "rows, said",
    [
        (",,甲县,甲市,甲省\n", "line 2: the division has no name"),
        (",nan,甲县,甲市,甲省\n", "line 2: name is nan: leave cells empty"),
        (",城关镇,甲县,#N/A,甲省\n", "line 2: prefecture is #N/A: leave cells empty"),
        (",城\0关镇,甲县,甲市,甲省\n", "line 2: name holds a control character"),
        (",城关镇,甲县,甲市,甲省,2020,2021,乙\n", "line 2 of the register has more cells"),
        (f",{'镇' * 101},甲县,甲市,甲省\n", "line 2: name has 101 characters"),
        (f",{'镇' * 200_000},甲县,甲市,甲省\n", "line 2 is no line of CSV .field larger"),
        (',"城关镇,甲县,甲市,甲省\n,东关镇,甲县,甲市,甲省\n', "line 3 of the register has fewer"),
        (",城关镇,甲县,甲市,甲省,2025,2024\n", "line 2: from_year 2025 is after to_year 2024"),
    ],
)
def test_cells_that_are_none_are_named_by_their_line(rows, said):
    head = "code,name,county,prefecture,province,from_year,to_year\n"
    with pytest.raises(ValueError, match=said):
        identity.read_register((head + rows).encode())


def test_a_column_that_is_there_twice_is_named():
    with pytest.raises(ValueError, match="has the column name twice"):
        identity.read_register(b"code,name,name,county,prefecture,province\n")


def test_blanks_around_cells_and_empty_lines_of_a_register_say_nothing():
    content = (
        " code,name ,county,prefecture,province\n"
        ",,,,\n\n 610122101000 ,\u3000城关镇 , 甲县,甲市 , 甲省\n"
    )
    register = identity.read_register(content.encode())
    (place,) = register.named("城关镇")
    assert list(register.by_name) == ["城关镇"]
    assert (place.division_code, place.county, place.prefecture, place.province) == (
        "610122101000",
        "甲县",
        "甲市",
        "甲省",
    )


@pytest.mark.parametrize(
    "rows, said",
    [
        ("6.1E+11,城关镇,甲县,甲市,甲省\n", r"line 2: the code 6\.1E\+11 .* Excel has shortened it"),
        ("61012210,城关镇,甲县,甲市,甲省\n", "line 2: the code 61012210 .* has not 6, 9 or 12 digits"),
        (
            "610122101000,城关镇,甲县,甲市,甲省\n610122101000,东关镇,甲县,甲市,甲省\n",
            "line 3: the code 610122101000 .* is that of line 2, too",
        ),
    ],
)
def test_a_code_that_is_none_is_named_by_its_line(rows, said):
    with pytest.raises(ValueError, match=said):
        identity.read_register(f"code,name,county,prefecture,province\n{rows}".encode())


def test_a_register_as_chinese_excel_saves_it_is_read():
    rows = "code,name,county,prefecture,province\n330102001000,清波街道,上城区,杭州市,浙江省\n"
    assert identity.read_register(rows.encode("gbk")).by_name["清波街道"][0].county == "上城区"


def test_a_register_is_read_packed_or_plain_and_names_its_missing_columns():
    assert (
        identity.read_register(
            gzip.compress("code,name,county,prefecture,province\n,甲镇,乙县,丙市,丁省\n".encode())
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
        ("2020年,柳溪乡在县委、县政府的正确领导下,抓实依法治乡。", "柳溪乡"),
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
        (report("贵德县红旗塔镇"), "红旗塔镇", "贵德县"),  # a name that holds the sign of a banner
        (report("海南藏族自治州贵德县新区湾镇"), "新区湾镇", "贵德县"),
        (report("中共上分水镇委员会　上分水镇人民政府关于"), "上分水镇", None),
        (report("【年度报告】分水镇"), "分水镇", "桐庐县"),
        (report("", "上分水镇认真贯彻。上分水镇辖9个村。"), None, None),
        (report("", "分水镇认真贯彻。推动分水镇发展。"), "分水镇", "桐庐县"),
    ],
)
def test_a_township_of_the_register_is_not_found_in_a_longer_name(text, township, county):
    assert place(text)[:2] == (township, county)


@pytest.mark.parametrize(
    "text, expected",
    [
        (report("柳溪乡", "我乡地处桐庐县北部，"), ("柳溪乡", "桐庐县", "杭州市")),
        (report("柳溪乡", "位于县城西北，"), ("柳溪乡", None, None)),
        (report("柳溪乡", "按照“法治桐庐”的要求，"), ("柳溪乡", "桐庐县", "杭州市")),
        (report("桐庐湾乡", "按照“法治桐庐”的要求，"), ("桐庐湾乡", None, None)),
        (report("柳溪乡", "推进平安建设，"), ("柳溪乡", None, None)),
        (report("东山乡", "按照“法治桐庐”的要求，"), ("东山乡", "桐庐县", "杭州市")),
        (report("分水镇", "按照“法治贵德”的要求，"), ("分水镇", "桐庐县", "杭州市")),
    ],
)
def test_a_report_points_to_its_county_by_where_it_lies_and_by_its_campaigns(text, expected):
    assert place(text)[:3] == expected


def test_the_leader_who_reports_names_the_township():
    text = (
        "关于2023年度履行第一责任人职责的述法报告\n柳溪镇党委书记　张某\n（2023年12月30日）\n"
        "各位领导：\n下面我作个汇报。\n一、带头学法\n学法7次。\n"
    )
    assert place(text)[0] == "柳溪镇"


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


MANY = identity.read_register(
    """code,name,county_code,county,prefecture,province
420528100000,龙泉镇,420528,长阳土家族自治县,宜昌市,湖北省
420528101000,青山镇,420528,长阳土家族自治县,宜昌市,湖北省
610724104000,高川镇,610724,西乡县,汉中市,陕西省
441900104000,石排镇,441900,东莞市,东莞市,广东省
330901001000,中山街道,330901,海曙区,海州市,浙江省
520221200000,杨梅彝族苗族回族乡,520221,水城区,六盘水市,贵州省
350526201000,杨梅乡,350526,德化县,泉州市,福建省
371702112000,胡集镇,371702,牡丹区,菏泽市,山东省
370828102000,胡集镇,370828,金乡县,济宁市,山东省
222403109000,江源镇,222403,敦化市,延边朝鲜族自治州,吉林省
510185120000,江源镇,510185,简阳市,成都市,四川省
150524102000,白音镇,150524,库伦旗,通辽市,内蒙古自治区
""".encode()
)


@pytest.mark.parametrize(
    "text, expected",
    [
        (report("长阳县龙泉镇"), ("龙泉镇", "长阳土家族自治县", "宜昌市", "湖北省", "exact")),
        (
            "部  门\n街  镇\n" + report("西乡县高川镇人民政府"),
            ("高川镇", "西乡县", "汉中市", "陕西省", "exact"),
        ),
        (report("东莞市石排镇人民政府"), ("石排镇", None, "东莞市", "广东省", "exact")),
        (report("中山街"), ("中山街道", "海曙区", "海州市", "浙江省", "exact")),
        (
            report(
                "", "水城区杨梅彝族苗族回族乡（以下简称杨梅乡）", "杨梅乡人民政府\n2024年1月3日"
            ),
            ("杨梅彝族苗族回族乡", "水城区", "六盘水市", "贵州省", "inferred"),
        ),
        (
            "索引号：11370828004317456M/2024-001\n" + report("胡集镇"),
            ("胡集镇", "金乡县", "济宁市", "山东省", "inferred"),
        ),
        (
            "首页 > 牡丹区 > 乡镇 > 胡集镇\n" + report("胡集镇"),
            ("胡集镇", "牡丹区", "菏泽市", "山东省", "inferred"),
        ),
        (
            report("江源镇", "印发汉朝双语手册，"),
            ("江源镇", "敦化市", "延边朝鲜族自治州", "吉林省", "inferred"),
        ),
        (report("胡集镇", "全县排名靠前，"), ("胡集镇", None, None, "山东省", "ambiguous")),
        (
            report("", "强化青山镇法治建设，"),
            ("青山镇", "长阳土家族自治县", "宜昌市", "湖北省", "exact"),
        ),
        (report("库伦旗白音镇"), ("白音镇", "库伦旗", "通辽市", "内蒙古自治区", "exact")),
    ],
)
def test_short_names_pages_and_codes_say_where_a_body_lies(text, expected):
    assert place(text, "", MANY) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        (report("东莞市石排镇人民政府"), ("石排镇", None, "东莞市", None)),
        (report("", "强化青山镇法治建设。青山镇认真贯彻"), ("青山镇", None, None, None)),
        (report("西沽街"), ("西沽街道", None, None, None)),
    ],
)
def test_short_names_without_a_register(text, expected):
    assert place(text, "", identity.EMPTY)[:4] == expected


@pytest.mark.parametrize(
    "text, year, doubts",
    [
        ("县政府：\n2024以来，某镇推进法治政府建设，现报告如下：\n一、工作\n", 2024, []),
        ("2024年度，某镇推进法治政府建设，现报告如下：\n一、工作\n", 2024, []),
        (
            "某镇2023年法治政府建设报告\n2024年，某镇推进法治政府建设，现报告如下：\n",
            2023,
            ["years_disagree"],
        ),
        (
            "一年来，某镇推进法治政府建设，现报告如下：\n一、工作\n三、2023年工作计划\n举办培训。\n",
            2022,
            [],
        ),
        (
            "一年来，某镇推进法治政府建设，现报告如下：\n一、工作\n\n某镇人民政府\n2024年1月8日",
            2023,
            ["year_inferred"],
        ),
        ("一年来，某镇推进法治政府建设，现报告如下：\n一、工作\n", None, ["year_missing"]),
        (
            "某镇2023年法治政府建设总结和2024年法治政府建设报告\n今年，某镇推进法治政府建设。\n",
            2023,
            ["years_disagree"],
        ),
    ],
)
def test_one_of_two_years_is_never_taken_silently(text, year, doubts):
    claims = claims_of(text)
    assert (claims.report_year, [d for d in claims.doubts if "year" in d]) == (year, doubts)


@pytest.mark.parametrize(
    "head, doubts",
    [
        ("发布日期：2024-01-20\n", []),
        ("发布机构：平川县白沙镇人民政府\n", ["issuers_disagree"]),
        ("发布机构：平川县石桥镇人民政府\n", []),
        ("成文日期：2023-06-01\n", ["dates_disagree"]),
        ("发布日期：2023-12-01\n", ["dates_disagree"]),
    ],
)
def test_a_signature_against_the_dates_of_the_page(head, doubts):
    text = head + report("石桥镇", "", "石桥镇人民政府\n2024年1月5日")
    claims = claims_of(text)
    assert (claims.issued_on, claims.doubts) == ("2024-01-05", doubts)


@pytest.mark.parametrize(
    "text, kind",
    [
        (report("分水镇"), "rule_of_law"),
        ("分水镇司法所2023年工作总结\n\n2023年，扎实工作。\n一、情况\n", "other"),
        ("分水镇2023年综合行政执法工作情况通报\n\n现公布如下。\n一、人员\n", "enforcement"),
        ("分水镇2023年行政执法工作报告\n\n2023年，分水镇扎实工作。\n一、情况\n", "enforcement"),
        ("分水镇党委书记2023年述法报告\n\n2023年，本人扎实工作。\n一、情况\n", "leader_duty"),
        (
            "分水镇主要负责人2023年度履行推进法治建设第一责任人职责情况报告\n\n现汇报如下：\n一、情况\n",
            "leader_duty",
        ),
        (
            "分水镇2023年法治政府建设暨第一责任人职责履行情况报告\n\n现汇报如下：\n一、情况\n",
            "rule_of_law",
        ),
        ("分水镇2023年政府信息公开工作年度报告\n\n现报告如下：\n一、总体情况\n", "openness"),
        ("分水镇2023年上半年法治政府建设工作总结\n\n现总结如下：\n一、情况\n", "half_year"),
        ("分水镇2024年法治政府建设工作计划\n\n现计划如下：\n一、目标\n", "half_year"),
        ("分水镇2023年法治政府建设报告暨2024年工作计划\n\n现报告如下：\n一、情况\n", "rule_of_law"),
        ("桐庐县人民政府2023年法治政府建设情况报告\n\n现报告如下：\n一、情况\n", "county"),
        ("桐庐县水利局2023年法治政府建设情况报告\n\n现报告如下：\n一、情况\n", "county"),
        ("广顺街道工作委员会2023年法治政府建设情况报告\n\n现报告如下：\n一、情况\n", "rule_of_law"),
        ("一年来，我镇坚持法治建设，现将上半年工作汇报如下：\n一、情况\n", "half_year"),
    ],
)
def test_the_kind_of_a_report(text, kind):
    assert claims_of(text).kind == kind


def test_a_county_whose_name_holds_the_sign_of_a_township_is_no_township():
    text = "西乡县司法局2024年法治政府建设年度报告"
    claims = identity.Claims(title=text, bodies=["西乡县司法局"])
    assert identity.resolve_body(claims, text, identity.EMPTY).township is None
    for county in ("固镇县", "武乡县", "清镇市", "景德镇市", "金乡县"):
        claims = identity.Claims(bodies=[f"{county}司法局"])
        assert identity.resolve_body(claims, f"{county}司法局", identity.EMPTY).township is None
    of_county = identity.Claims(title=text, bodies=["桐乡市洲泉镇"])
    assert identity.resolve_body(of_county, text, identity.EMPTY).township == "洲泉镇"


def test_the_verb_of_a_notice_is_no_part_of_a_name():
    claims = identity.Claims(bodies=["关于公开白沙镇"])
    assert identity.resolve_body(claims, "关于公开白沙镇", identity.EMPTY).township == "白沙镇"


@pytest.mark.parametrize(
    ("short", "official"),
    [
        ("鄂温克旗", "鄂温克族自治旗"),
        ("东乡县", "东乡族自治县"),
        ("木垒县", "木垒哈萨克自治县"),
        ("察布查尔县", "察布查尔锡伯自治县"),
        ("彭水县", "彭水苗族土家族自治县"),
        ("陵水县", "陵水黎族自治县"),
    ],
)
def test_the_short_name_of_an_autonomy_is_its_official_one(short, official):
    register = identity.read_register(
        f"code,name,county,prefecture,province\n110101001,石桥镇,{official},云岭市,甘肃省\n".encode()
    )
    claims = identity.Claims(bodies=[f"{short}石桥镇"])
    assert identity.resolve_body(claims, f"{short}石桥镇", register).county == official
