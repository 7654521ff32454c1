"""Whether the server can listen where it is told to; one sentence when it cannot.

Standard library only: the Makefile runs this file with whatever Python 3 there is, before it
installs anything.
"""

import errno
import socket
import sys


def problem(host, port):
    """What is wrong with the address, or "" when a server can listen there."""
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return f"PORT must be a number from 1 to 65535, not “{port}”."
    try:
        family, kind, protocol, _name, address = resolved(host, port)
    except (OSError, UnicodeError):
        return f"HOST must be an address of this machine, not “{host}”."
    with socket.socket(family, kind, protocol) as listener:
        # A port that a stopped server has just left counts as free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(1)
        except OSError as error:
            return sentence(error.errno, host, port) or f"Cannot listen on {host}:{port}: {error}."
    return ""


def resolved(host, port):
    return socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]


def sentence(code, host, port):
    return {
        errno.EADDRINUSE: (
            f"Port {port} of {host} is already taken: stop the program that uses it, or choose"
            " another port, for example `make run PORT=8001`."
        ),
        errno.EADDRNOTAVAIL: f"HOST must be an address of this machine, not “{host}”.",
        errno.EACCES: f"Port {port} needs administrator rights: choose one from 1024 upwards.",
    }.get(code)


if __name__ == "__main__":
    sys.exit(problem(*sys.argv[1:]) or None)
