"""Saved maps that open without a network; the single owner of folium.

Layers are in `layers`, pages and fragments in `offline`, a mission's map in `missions`.
"""
