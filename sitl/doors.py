"""The doors of the practice vehicle: TCP ports on 127.0.0.1."""

import errno
import socket

from planner.model.errors import BadInput

HOST = "127.0.0.1"


def listening(port: int) -> socket.socket:
    """A socket that listens on `port`; 0 takes any free one.

    Raises:
        BadInput: the port is in use or may not be used.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen(8)
    except OSError as error:
        sock.close()
        why = "is in use by another program; stop that, or choose another port"
        if error.errno != errno.EADDRINUSE:
            why = f"cannot be used ({error.strerror})"
        raise BadInput("--port", f"{port} on {HOST} {why}") from None
    return sock
