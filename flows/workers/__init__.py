"""Processes and clusters that read and parse what strangers wrote."""
