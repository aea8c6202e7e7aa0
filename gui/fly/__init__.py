"""The Fly page."""
