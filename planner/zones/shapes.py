"""Circles, lines and points as polygons of places: those of planner/geo/around.py."""

from planner.geo.around import CIRCLE_CORNERS, DENSE_DEG, GREATEST_RADIUS_M, circle, rings_around

__all__ = ["CIRCLE_CORNERS", "DENSE_DEG", "GREATEST_RADIUS_M", "circle", "rings_around"]
