"""The practice vehicle's autopilot, ArduCopter 4.6.3 in character: events and the time in, messages out; no I/O."""
