"""Sea, quays, vessels and their AIS."""
