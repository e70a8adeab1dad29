"""Bytes to figures: pure functions, no clock, no disk, no network."""

from transforms.report import parse

__all__ = ["parse"]
