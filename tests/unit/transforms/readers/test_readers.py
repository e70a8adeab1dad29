import time

import pytest

import transforms
from schemas.errors import Rejected
from transforms import figures, readers
from transforms.subject import subject

REPORT = "某镇2023年法治政府建设工作报告\n\n2023年，全镇坚持依法行政，发放宣传资料300份。\n一、工作情况\n（一）学法。集中学法12次。\n"


@pytest.mark.parametrize(
    "encoding, mark, named",
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("gb18030", b"", "gb18030"),
        ("gbk", b"", "gb18030"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
def test_encodings_are_told_by_content(encoding, mark, named):
    document = readers.read(mark + REPORT.replace("\n", "\r\n").encode(encoding))
    assert (document.text, document.encoding, document.media_type) == (REPORT, named, "text/plain")


def code_of(data):
    with pytest.raises(Rejected) as error:
        transforms.parse(readers.read(data))
    assert error.value.message.endswith(".")
    return error.value.reason_code


@pytest.mark.parametrize(
    "data, code",
    [
        (b"", "empty_file"),
        (b" \n\t \r\n", "blank_file"),
        ("\u3000\n".encode(), "blank_file"),
        (bytes(range(256)) * 20, "binary_content"),
        (b"%PDF-1.7 ...", "damaged_file"),
        (b"Rar!\x1a\x07\x01\x00", "unsupported_format"),
        ((REPORT * 3).encode()[:-2], "cut_off_character"),
        ((REPORT * 3).encode("gb18030").rstrip()[:-3], "cut_off_character"),
        (b"\xff\xfe" + REPORT.encode("utf-16-le")[:-1], "cut_off_character"),
        (REPORT.encode("euc_kr", "ignore") + b"\xff\xff\x80" * 40, "unknown_encoding"),
        (
            "第一条 为了规范行为。\n第二条 本办法适用。\n第三条 主管部门。\n第四条 工作。\n第五条 法治政府建设。\n".encode(),
            "not_a_report",
        ),
        (
            "某镇召开法治工作会议\n1月8日，某镇召开会议，60人参加。（通讯员 供稿）".encode(),
            "not_a_report",
        ),
        (
            "东村镇召开法治工作会议\n\n1月8日，东村镇召开法治工作会议，60人参加。（通讯员 供稿）".encode(),
            "not_a_report",
        ),
        (b"Dear all, please find attached the minutes of our meeting.", "not_a_report"),
    ],
)
def test_what_is_no_report_is_rejected_with_a_reason(data, code):
    assert code_of(data) == code


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="PubDate" content="2024-02-01 10:00"><title>某镇2023年法治政府建设工作报告_某县政府网</title></head><body>
<div><a href="/">首页</a> <a href="/a">政务公开</a></div><table><tr><td>索引号</td><td>000/2024-1</td><td>发布机构</td><td>某县某镇人民政府</td></tr></table>
<div><h1>某镇2023年法治政府建设工作报告</h1><p>2023年，全镇坚持依法行政，现将工作情况报告如下：</p><p>一、工作情况</p><p>（一）学法。集中学法<b>12</b>次，发放资料300&nbsp;余份。</p><p>二、存在的问题</p><p>人手不足。</p></div>
<div>主办：某县人民政府 访问量：35812次</div><script>alert(1)</script></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_saved_page_gives_its_text_and_its_metadata_without_the_furniture(encoding):
    document = readers.read(PAGE.replace("utf-8", encoding).encode(encoding))
    assert document.media_type == "text/html"
    report = transforms.parse(document)
    assert [(r.figure.value, r.figure.unit, r.figure.qualifier) for r in report.readings] == [
        (12, "次", "exact"),
        (300, "份", "over"),
    ]
    assert (report.claims.title, report.claims.issuer, report.claims.issued_on) == (
        "某镇2023年法治政府建设工作报告",
        "某县某镇人民政府",
        "2024-02-01",
    )
    assert (
        "首页" not in document.text
        and "alert" not in document.text
        and "访问量" not in document.text
    )


def test_a_short_page_is_text_and_no_metadata_block():
    lines = [
        *[
            "石桥镇2023年法治政府建设工作报告",
            "来源：石桥镇 发布时间：2024-01-15 16:20 浏览次数：123",
        ],
        *[
            "2023年，全镇坚持依法行政。",
            "一、工作情况",
            "集中学法12次。",
            "二、存在的问题",
            "人手不足。",
        ],
    ]
    page = f"<html><body><div>{''.join(f'<p>{x}</p>' for x in lines)}</div></body></html>"
    assert readers.read(page.encode()).text.split("\n") == lines


def test_a_piece_of_a_page_is_read_as_one():
    lines = [
        "石桥镇2023年法治政府建设工作报告",
        "2023年，全镇坚持依法行政。",
        "一、“学法”情况",
        "集中学法12次。",
    ]
    pieces = [
        "".join(f"<p>{x}</p>" for x in lines),
        "<br/>".join(lines),
        "\n".join(f"&nbsp;&nbsp;{x}" for x in lines),
    ]
    for piece in pieces:
        document = readers.read(piece.replace("“", "&ldquo;").replace("”", "&rdquo;").encode())
        assert (document.media_type, document.text.split("\n")) == ("text/html", lines)
    assert readers.read("\n".join([*lines, "面积<3亩&房屋"]).encode()).media_type == "text/plain"


def test_a_row_of_a_table_of_data_is_one_line_and_a_table_that_arranges_the_page_is_none():
    row = "<tr><td>行政处罚</td><td>14件</td></tr><tr><td>行政检查</td><td>208次</td></tr>"
    text = "".join(f"<p>全镇扎实推进法治政府建设第{i}项工作，成效明显。</p>" for i in range(20))
    page = PAGE.replace(
        "<p>（一）学法。",
        f"<table>{row}</table><table><tr><td>{text}</td><td>侧栏</td></tr></table><p>（一）学法。",
    )
    lines = readers.read(page.encode()).text.split("\n")
    assert "| 行政处罚 | 14件 |" in lines and "| 行政检查 | 208次 |" in lines
    assert "全镇扎实推进法治政府建设第3项工作，成效明显。" in lines and "侧栏" in lines
    said = {
        r.figure.number: r.decision.code
        for r in transforms.parse(readers.read(page.encode())).readings
    }
    assert said["14"] == "administrative_penalties"


@pytest.mark.parametrize("piece", ["(1)", "①1件、", ";1)抓", "其中1件，", " 一、抓"])
def test_the_time_of_a_report_grows_with_its_length_and_no_faster(piece):
    def seconds(n):
        document = readers.read((REPORT + piece * (n // len(piece))).encode())
        start = time.process_time()
        transforms.parse(document)
        return time.process_time() - start

    seconds(100)
    # 8 times the text: a square law would take 64 times
    allowed = 12 * min(seconds(700) for _ in range(3)) + 0.1
    assert any(seconds(5_600) < allowed for _ in range(3))


def test_the_same_text_has_the_same_identifier_in_any_layout():
    plain, wide = (
        transforms.parse(readers.read(t.encode()))
        for t in (REPORT, REPORT.replace("12次", "１２ 次").replace("\n", "\n\n"))
    )
    assert plain.report_id() == wide.report_id()
    assert (
        transforms.parse(readers.read(REPORT.replace("12次", "13次").encode())).report_id()
        != plain.report_id()
    )


@pytest.mark.parametrize(
    "text, expected",
    [
        ("全乡划分25个网格，配备73名网格员，", ["网格", "网格员"]),
        ("发放宣传册3500余份。", ["宣传册"]),
        ("召开专题会议5次。", ["专题会议"]),
        ("聘请12名县人民法院退休法官特邀调解员。", ["县人民法院退休法官"]),
    ],
)
def test_the_subject_is_what_is_counted_in_whole_words(text, expected):
    flat = figures.flatten_text(text)
    found = figures.find_figures(text, flat, [])
    assert [subject(flat, f) for f in found] == expected


@pytest.mark.parametrize("start", ['{"content": "', '[{"id": 1, "content": "', '\ufeff{\n  "content":"'])
def test_json_is_refused_and_not_read_as_text(start):
    body = "全年受理矛盾纠纷86起。\\n2024年1月10日"
    with pytest.raises(Rejected) as error:
        readers.read(f'{start}{body}"}}'.encode())
    assert error.value.reason_code == "unsupported_format"


def test_a_text_in_braces_is_a_text():
    assert readers.read("{“十四五”}全年受理矛盾纠纷86起。".encode()).text == "{“十四五”}全年受理矛盾纠纷86起。"
