"""The same drone with PX4's manners: its modes, missions, parameters, streams and camera reports."""
