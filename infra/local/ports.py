"""Ports of this machine, on 127.0.0.1 alone."""

import socket

from infra.local.errors import PortBusyError


def check_port(port: int) -> int:
    """`port` itself when this machine can listen on it. Raises: PortBusyError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortBusyError(port, remedy="Stop what listens there, or name another.") from error
    return port


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
