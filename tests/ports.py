"""Ports for the servers of tests."""

import socket


def held_port():
    """A port that the system chose, as (port, socket).

    As long as the socket is kept nobody else is given the port. It does not listen, so that a
    server of the test may.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held.getsockname()[1], held
