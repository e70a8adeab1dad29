"""Text of a PDF that cannot be seen is not read: without ink, white, covered, cut off, struck, in a layer that is off."""

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from transforms import readers
from transforms.readers.pdf_layers import layers_off

PLAIN = "全年受理矛盾纠纷86起，调解成功80起，群众满意度持续提升。"
HIDDEN = "原先发放资料68份。"


def written(text, x=70, y=600, size=14, mode=None):
    def draw(canvas):
        line = canvas.beginText(x, y)
        line.setFont("STSong-Light", size)
        if mode is not None:
            line.setTextRenderMode(mode)
        line.textOut(text)
        canvas.drawText(line)

    return draw


def filled(color, x=60, y=590, width=400, height=30):
    def draw(canvas):
        canvas.setFillColorRGB(*color)
        canvas.rect(x, y, width, height, stroke=0, fill=1)

    return draw


def inked(color, drawing, opacity=1):
    def draw(canvas):
        canvas.setFillColorRGB(*color, alpha=opacity)
        drawing(canvas)

    return draw


def cut(drawing):
    def draw(canvas):
        path = canvas.beginPath()
        path.rect(0, 0, 20, 20)
        canvas.clipPath(path, stroke=0)
        drawing(canvas)

    return draw


def ruled(y, thickness=1):
    def draw(canvas):
        canvas.setLineWidth(thickness)
        canvas.line(60, y, 300, y)

    return draw


def page(*drawings):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for draw in (written(PLAIN, y=700), *drawings):
        canvas.saveState()
        draw(canvas)
        canvas.restoreState()
    canvas.save()
    return out.getvalue()


WHITE, BLUE, BLACK = (1, 1, 1), (0, 0, 0.6), (0, 0, 0)


@pytest.mark.parametrize(
    "drawings",
    [
        [written(HIDDEN, mode=3)],
        [written(HIDDEN, mode=7)],
        [inked(WHITE, written(HIDDEN))],
        [filled(BLUE), filled(WHITE), inked(WHITE, written(HIDDEN))],
        [filled(BLACK), written(HIDDEN)],
        [inked(BLACK, written(HIDDEN), opacity=0)],
        [written(HIDDEN, x=700)],
        [written(HIDDEN, y=-40)],
        [written(HIDDEN, size=0.5)],
        [written(HIDDEN), filled(WHITE)],
        [cut(written(HIDDEN))],
        [written(HIDDEN), ruled(604)],
    ],
    ids=range(12),
)
def test_text_that_cannot_be_seen_is_not_read(drawings):
    found = readers.read(page(*drawings))
    assert (found.text, found.defects) == (PLAIN, [])


@pytest.mark.parametrize(
    "drawings",
    [
        [written("发放资料500份。", mode=1)],
        [filled(BLUE), inked(WHITE, written("发放资料500份。"))],
        [written("发放资料500份。"), ruled(598)],
        [written("原先发放资料68份。"), filled(WHITE), written("发放资料500份。")],
    ],
    ids=range(4),
)
def test_text_that_can_be_seen_is_read(drawings):
    found = readers.read(page(*drawings))
    assert (found.text, found.defects) == (f"{PLAIN}\n发放资料500份。", [])


def test_layers_that_are_off_are_named():
    layer = b"5 0 obj\n<</Type/OCG/Name(Draft)>>\nendobj\n6 0 obj\n<</Type/OCG/Name<FEFF539F>>>\nendobj\n"
    one = b"1 0 obj\n<</OCProperties<</OCGs[5 0 R 6 0 R]/D<</OFF[5 0 R]>>>>>>\nendobj\n"
    every = one.replace(b"/OFF[5 0 R]", b"/BaseState/OFF/ON[5 0 R]")
    assert layers_off(layer + one) == {"Draft"}
    assert layers_off(layer + every) == {"原"}
    assert layers_off(b"1 0 obj\n<</Type/Catalog>>\nendobj\n") == frozenset()


def test_a_head_that_two_pages_have_is_no_part_of_the_sentence():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    pages = (["全年受理矛盾纠纷，" * 4 + "调", "解成功，" * 9 + "共计"], ["八十六起。", "有序推进。"])
    for number, lines in enumerate(pages):
        written("某镇政府文件", x=230, y=810, size=10)(canvas)
        for row, line in enumerate(lines):
            written(line, x=50, y=700 - 20 * row, size=13)(canvas)
        written(f"- {number + 1} -", x=290, y=40, size=10)(canvas)
        canvas.showPage()
    canvas.save()
    text = readers.read(out.getvalue()).text
    assert "文件" not in text and "共计八十六起。" in text
