"""MAVLink: protocol machines without I/O, one wire module, transports, the station that runs them."""
