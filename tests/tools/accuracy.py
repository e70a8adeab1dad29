"""How right the extraction is, on the project's own gold: `make accuracy` prints it and writes docs/accuracy.md.

Codes and statuses are held out: each fifth of the labelled sentences and reports is answered by models trained on the other four fifths.
Finding and reading figures, sections and claims needs no training; its rules were written with these reports in view, so those lines say
that nothing is broken, not how unseen reports fare. The samples were written after the rules and train nothing.
Our own sentences (`sentences.txt`, and those of single parts of a report) train and are not scored here. Some were written with the confusions on labelled sentences in view,
so the row "apart" leaves out of each training those that share six characters in a row (numbers aside) with what is held out.

usage: python -m tests.tools.accuracy [--check | --reviewed FILE]

--reviewed says how right the extraction is on the figures that people reviewed (fazhi review --export FILE).
What was reached once is the floor of `tests/gold/floor.json`: --check fails below it, and a better figure raises it.
"""

from __future__ import annotations
