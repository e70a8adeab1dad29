"""Pages of PDF that are pictures: each page is decided by itself."""

import io

import pytest

from schemas.errors import Rejected
from tests.support import formats, reports
from transforms import readers

TYPED = formats.printed(reports.text(0))
SCANNED = formats.scanned_page()


@pytest.fixture(autouse=True)
def no_ocr(monkeypatch):
    monkeypatch.setattr("transforms.readers.pictures.available", lambda: False)


def outlined_page():
    """A page whose letters are drawn as curves, without text."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(90):
        path = canvas.beginPath()
        path.moveTo(80 + number % 15 * 20, 700 - number // 15 * 24)
        path.lineTo(90 + number % 15 * 20, 710 - number // 15 * 24)
        canvas.drawPath(path)
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(
    "pages, unread",
    [
        ((TYPED, SCANNED), [2]),
        ((SCANNED, TYPED, SCANNED), [1, 3]),
        ((TYPED, outlined_page()), [2]),
    ],
)
def test_pages_that_are_pictures_are_named(pages, unread):
    data = formats.joined(*pages)
    with pytest.raises(Rejected) as error:
        readers.read(data)
    assert error.value.reason_code == "reader_missing"
    assert f"pictures: {', '.join(map(str, unread))}." in error.value.message
    assert not readers.waits_for(error.value) and readers.waits_for(error.value, partly=True)
    document = readers.read(data, partly=True)
    assert document.pages_unread == unread
    assert document.text == readers.read(TYPED).text and document.defects == []


@pytest.mark.parametrize("partly", [False, True])
def test_a_file_of_pictures_alone_waits_whatever_the_policy_says(partly):
    with pytest.raises(Rejected) as error:
        readers.read(formats.joined(SCANNED, SCANNED), partly)
    assert (error.value.reason_code, error.value.needs) == ("reader_missing", "ocr")
    assert not readers.waits_for(error.value, partly)


def test_each_page_is_read_as_what_it_is_where_ocr_is_there(monkeypatch):
    from transforms.readers import pictures
    from transforms.readers.lines import Line

    monkeypatch.setattr(pictures, "available", lambda: True)
    read = [Line("全年受理矛盾纠纷86起。", 80, 300, 100, 114)]
    monkeypatch.setattr(pictures, "lines", lambda picture, scale: read)
    document = readers.read(formats.joined(TYPED, SCANNED))
    assert document.text.endswith("全年受理矛盾纠纷86起。") and document.pages_unread == []
    assert document.reader == "pdf/2+ocr/1"
