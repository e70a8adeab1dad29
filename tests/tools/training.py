"""Labelled reports and sentences -> the weights of the models of codes and statuses. `make model` rebuilds `transforms/model` from the repository alone.

usage: python -m tests.tools.training [--check]
"""

from __future__ import annotations
