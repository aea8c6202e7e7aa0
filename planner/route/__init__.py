"""Patterns, legs, figures and checks: pure functions from a Plan to a Mission."""
