"""Ports for the servers of tests."""

import socket


def free_port():
    """Below the ports that the system hands out by itself."""
    for port in range(20000, 30000):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise OSError("no port is free from 20000 to 29999")
