"""Text -> figures and named non-figures: every numeral is one, the other, or reported as
unexplained.

What counts is decided by vocabulary (`measure_words.tsv`, `non_figures.toml`) and by how a numeral
stands in its clause.
"""

from transforms.figures.account import account_numerals
from transforms.figures.find import Figure, find_figures
from transforms.figures.flatten import flatten_text
from transforms.figures.non_figures import Mark, find_non_figures

__all__ = [
    "Figure",
    "Mark",
    "account_numerals",
    "find_figures",
    "find_non_figures",
    "flatten_text",
]
