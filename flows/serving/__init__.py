"""Prefect servers: one for the length of a run, or one that stays and runs the job on a
schedule.
"""
