"""Stills, video and telemetry readers: what was seen, when, from where."""
