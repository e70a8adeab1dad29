"""Pages of PDF as printers make them: columns, marks of notes, watermarks, turned pages."""

import io
import re

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from transforms import readers

FONT = "STSong-Light"
LEFT = [
    "全年受理矛盾纠纷86起，",
    "调解成功80起，调解成功",
    "率93%，群众满意度持续",
    "提升，开展普法宣传活动",
    "12场次，发放宣传资料",
    "3500余份，营造了良好",
    "氛围。",
]
RIGHT = [
    "聘请法律顾问2名，召开",
    "会议15次，组织干部学法",
    "培训20场次，覆盖干部",
    "300人次，开展执法检查",
    "40次，办理案件9件，",
    "罚款1200元，其余工作",
    "有序推进。",
]


def drawn(*pages):
    """A PDF; a page is a list of (x, y, size, text), with a turn in degrees behind if wanted."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in pages:
        for x, y, size, text, *turn in page:
            canvas.saveState()
            canvas.translate(x, y)
            canvas.rotate(turn[0] if turn else 0)
            canvas.setFont(FONT, size)
            canvas.drawString(0, 0, text)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("in_rows", [False, True])
def test_columns_are_read_one_after_the_other_however_they_are_drawn(in_rows):
    left = [(60, 700 - 24 * n, 12, text) for n, text in enumerate(LEFT)]
    right = [(310, 700 - 24 * n, 12, text) for n, text in enumerate(RIGHT)]
    page = [line for row in zip(left, right) for line in row] if in_rows else left + right
    assert "".join(readers.read(drawn(page)).text.split()) == "".join(LEFT + RIGHT)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_text_is_read(turn):
    steps = {0: (0, -24), 90: (24, 0), 180: (0, 24), 270: (-24, 0)}[turn]
    page = [(300 + n * steps[0], 400 + n * steps[1], 12, text, turn) for n, text in enumerate(LEFT)]
    assert "".join(readers.read(drawn(page)).text.split()) == "".join(LEFT)


def test_the_mark_of_a_note_is_no_digit_of_a_number():
    page = [(70, 700, 14, "全年受理矛盾纠纷86"), (199, 706, 7, "1"), (203, 700, 14, "起。")]
    assert readers.read(drawn(page)).text == "全年受理矛盾纠纷86\u00b9起。"


@pytest.mark.parametrize(
    "mark", [(150, 500, 40, "内部资料68起"), (150, 300, 40, "内部资料68起", 45)]
)
def test_watermarks_are_not_read(mark):
    first = [(70, 760 - 24 * n, 12, text) for n, text in enumerate(LEFT)]
    second = [(70, 760 - 24 * n, 12, text) for n, text in enumerate(RIGHT)]
    document = readers.read(drawn([*first, mark], [*second, mark]))
    assert "".join(document.text.split()) == "".join(LEFT + RIGHT) and document.defects == []


def transformed(*matrix, size=12):
    """Lines of text, each placed by the matrix of the page."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 840))
    canvas.transform(*matrix)
    for row, line in enumerate(LEFT):
        canvas.setFont(FONT, size)
        canvas.drawString(100 if size > 0 else -100, (700 - 24 * row) * (1 if size > 0 else -1), line)
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(
    "matrix",
    [
        (1, 0, 0.3, 1, -150, 0),
        (1, 0, -0.35, 1, 200, 0),
        (-1, 0, 0, 1, 600, 0),
        (1, 0, 0, -1, 0, 840),
        (0, 1, 1, 0, -200, 50),
    ],
    ids=["leaning", "leaning back", "mirrored", "upside down", "turned and mirrored"],
)
def test_leaning_and_mirrored_text_is_read_from_its_first_line_on(matrix):
    assert "".join(readers.read(transformed(*matrix)).text.split()) == "".join(LEFT)


def test_letters_of_a_negative_size_are_read():
    assert "".join(readers.read(transformed(-1, 0, 0, -1, 0, 0, size=-12)).text.split()) == "".join(LEFT)


def test_digits_that_are_drawn_after_the_whole_page_stand_in_their_lines():
    lines = [f"受理矛盾纠纷{86 + n}起，调解成功{101 + n}起。" for n in range(12)]
    words, digits = [], []
    for row, line in enumerate(lines):
        x = 70.0
        for piece in re.findall(r"\d+|\D+", line):
            (digits if piece[0].isdigit() else words).append((x, 700 - 24 * row, 12, piece))
            x += 12 * len(piece) if not piece[0].isdigit() else 6 * len(piece)
    assert readers.read(drawn(words + digits)).text == "".join(lines)
