"""Situations to practise in: place, time, weather, traffic, faults, task; read from YAML files."""
