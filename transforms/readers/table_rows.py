"""Rows of tables as lines of text, alike for Word documents and web pages."""

from __future__ import annotations

ROW_LIMIT = 300  # characters of a row of data; longer rows only arrange the page
# stands before each line of a table inside a cell; no document holds this character
NESTED = "\0"


def row_lines(cells: list[list[str]]) -> list[str]:
    """Returns a row, given as the lines of each cell, as lines of text.

    A row of data becomes `| a | b |`, and the rows of tables inside it follow. The cells of a row
    that only arranges the page are written one after the other.
    """
    own = [[line for line in lines if not line.startswith(NESTED)] for lines in cells]
    texts = [" ".join(" ".join(lines).split()) for lines in own]
    if len(texts) > 1 and sum(map(len, texts)) <= ROW_LIMIT:
        row = ["| " + " | ".join(texts) + " |"] if any(texts) else []
        return [*row, *(x[1:] for lines in cells for x in lines if x.startswith(NESTED))]
    return [line.removeprefix(NESTED) for lines in cells for line in lines]
