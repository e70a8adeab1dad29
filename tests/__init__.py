"""Tests of fazhi-warehouse, what they share (support), and tools for its makers (tools)."""
