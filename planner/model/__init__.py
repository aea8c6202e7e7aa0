"""Frozen values, valid by construction: Plan, Mission, profiles, Zone, Flight, Pose."""
