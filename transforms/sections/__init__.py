"""Text -> the heading tree; the sections partition the text, so nothing is lost.

Enumerators inside a paragraph (一是, 二要, 第一，) are items below the section they stand in.
"""

from transforms.sections.tree import (
    Section,
    build_tree,
    headings_of,
    marker_spans,
    section_kind,
)

__all__ = ["Section", "build_tree", "headings_of", "marker_spans", "section_kind"]
