"""Scored runs of a scenario: what is recorded, how it is scored, what is told afterwards."""
