"""Detections placed on the sea: position, error ellipse, length."""
