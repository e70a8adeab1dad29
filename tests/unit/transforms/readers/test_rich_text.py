"""Drawings of an .rtf that are marked as hidden are no part of what Word shows."""

import pytest

from transforms.readers.rich_text import without_hidden_drawings

MARK = rb"{\sp{\sn fHidden}{\sv 1}}"


def shape(inner, mark=b""):
    return rb"{\shp{\*\shpinst\shpleft0{\sp{\sn shapeType}{\sv 202}}" + mark + rb"{\shptxt " + inner + b"}}}"


@pytest.mark.parametrize(
    "inside, kept",
    [
        (b"A" + shape(b"68") + b"B", b"A" + shape(b"68") + b"B"),
        (b"A" + shape(b"68", MARK) + b"B", b"AB"),
        (b"A" + shape(b"68", MARK.replace(b"1", b"0")) + b"B", b"A" + shape(b"68", MARK.replace(b"1", b"0")) + b"B"),
        (shape(b"86") + shape(b"68", MARK), shape(b"86")),
        (shape(b"86" + shape(b"68", MARK)), shape(b"86")),
        (shape(shape(b"68"), MARK), b""),
        (rb"\{" + shape(rb"\}{\pict\bin3 }}{}", MARK) + b"B", rb"\{B"),
        (b"A" + shape(b"68", MARK)[:-1], b"A" + shape(b"68", MARK)[:-1]),
    ],
    ids=range(8),
)  # fmt: skip
def test_hidden_drawings_are_taken_out(inside, kept):
    begin = rb"{\rtf1\ansi "
    closed = b"" if inside.count(b"{") != inside.count(b"}") else b"}"
    assert without_hidden_drawings(begin + inside + closed) == begin + kept + closed
