"""Zones in: readers of ED-269, ED-318, GeoJSON, KML, KMZ and S-57, and an index that finds the zones a leg meets."""
