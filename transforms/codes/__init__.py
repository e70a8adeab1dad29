"""Figures in their clauses -> metric codes."""
