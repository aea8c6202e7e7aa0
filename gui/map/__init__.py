"""The live map: one static Leaflet page, fed by GeoJSON."""
