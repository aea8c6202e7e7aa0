"""Sightings joined into contacts."""
