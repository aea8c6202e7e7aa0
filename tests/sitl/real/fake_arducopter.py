#!/usr/bin/env python3
"""Behaves at the door like ArduCopter's SITL: knows --home and --model, helps with "--defaults path", and listens."""

import os
import socket
import sys
from pathlib import Path

if "--help" in sys.argv:
    sys.stdout.write("Options:\n\t--home|-O HOME\n\t--model|-M MODEL\n\t--defaults path\n\t--speedup S\n")
    sys.exit(0)
mode = os.environ.get("FAKE_ARDUCOPTER", "")
if mode == "dies":
    sys.exit("no such model")
Path("eeprom.bin").write_bytes(b"0" * 16)
if mode == "mute":
    socket.create_server(("127.0.0.1", 0)).accept()
instance = int(sys.argv[sys.argv.index("-I") + 1])
defaults = Path(sys.argv[sys.argv.index("--defaults") + 1]).read_text()
with socket.create_server(("127.0.0.1", 5760 + 10 * instance)) as server:
    sys.stdout.write("Waiting for connection ....\n")
    sys.stdout.flush()
    while True:
        link, _ = server.accept()
        link.sendall(("\n".join([*sys.argv[1:], str(Path.cwd()), defaults]) + "\n.\n").encode())
        link.close()
