"""Divides the text of a report into sections by its headings, as a tree; no part of it is left out.

Enumerators inside a paragraph (一是, 二要, 第一，) are items below the section in which they stand.
"""

from transforms.sections.tree import (
    Section,
    build_tree,
    headings_of,
    marker_spans,
    section_kind,
)

__all__ = ["Section", "build_tree", "headings_of", "marker_spans", "section_kind"]
