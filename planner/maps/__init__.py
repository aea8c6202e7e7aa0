"""Saved maps that open without a network (folium)."""
