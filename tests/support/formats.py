"""One text in the forms that townships publish in, for tests."""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import lzma
import tarfile
import zipfile


def page(text: str) -> bytes:
    """A web page, as UTF-8."""
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.split("\n"))
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>页面</title></head><body><div class="nav"><a href="/">首页</a></div><div id="zoom">{body}</div></body></html>'.encode()


def saved_page(text: str) -> bytes:
    """An .mht, as browsers save it."""
    content = base64.encodebytes(page(text)).decode()
    return (
        "From: <Saved by Browser>\r\nSubject: page\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n------b\r\nContent-Type: text/html\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n------b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n------b--\r\n"
    ).encode()


def word(text: str) -> bytes:
    """A .docx with a paragraph a line."""
    import docx

    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def printed(text: str) -> bytes:
    """A PDF with wrapped lines, first lines indented and page numbers at the foot."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle(
        "p", fontName="STSong-Light", fontSize=14, leading=24, firstLineIndent=28, wordWrap="CJK"
    )

    def foot(canvas, document) -> None:
        canvas.setFont("STSong-Light", 10)
        canvas.drawCentredString(297, 30, f"— {document.page} —")

    out = io.BytesIO()
    story = [Paragraph(html.escape(line.strip()) or " ", style) for line in text.split("\n")]
    SimpleDocTemplate(out, invariant=1).build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def scanned_page() -> bytes:
    """A PDF of one page that is a picture of lines."""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(picture)
    for top in range(100, 400, 40):
        draw.rectangle((75, top, 450, top + 15), fill=0)
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=75)
    return out.getvalue()


def joined(*files: bytes) -> bytes:
    """One PDF of the pages of several."""
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for file in files:
        whole.import_pages(pypdfium2.PdfDocument(file))
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """A .zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes], pack=gzip.compress) -> bytes:
    """A .tar.gz, or packed otherwise."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return pack(out.getvalue())


def seven(files: dict[str, bytes], password: str | None = None) -> bytes:
    """A .7z."""
    import py7zr

    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as z:
        for name, data in files.items():
            z.writestr(data, name)
    return out.getvalue()


ARCHIVES = {
    "zip": zipped,
    "tar.gz": tarred,
    "tar.bz2": lambda files: tarred(files, bz2.compress),
    "tar.xz": lambda files: tarred(files, lzma.compress),
    "tar": lambda files: tarred(files, bytes),
    "7z": seven,
}


def pdf_of(objects, trailer="/Root 1 0 R"):
    """A PDF from its objects, written by hand."""
    out, offsets = b"%PDF-1.4\n", []
    for i, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{i} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{o:010d} 00000 n \n" for o in offsets)
    start = len(out)
    return (
        out
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<</Size {len(objects) + 1} {trailer}>>\nstartxref\n{start}\n%%EOF".encode()
    )


# a page that is its own parent
LOOP = pdf_of(
    [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9>>",
    ]
)
