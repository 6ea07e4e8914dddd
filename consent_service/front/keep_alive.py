"""TCP keep-alive: a peer that lost its power is noticed within minutes, and its connection is let go."""

import os
import socket
from contextlib import suppress
from pathlib import Path

OPTIONS = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 15),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4),
)


def keep_listeners_alive() -> int:
    """Set the options on every listening TCP socket of this process, from which connections inherit them.

    The server makes these sockets itself and has no setting for it. Returns how many sockets there are.
    """
    found = 0
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        with suppress(OSError):
            if Path(f"/proc/self/fd/{name}").readlink().name.startswith("socket:"):
                found += _keep_alive(int(name))
    return found


def _keep_alive(descriptor: int) -> bool:
    with socket.socket(fileno=os.dup(descriptor)) as found:
        if found.type != socket.SOCK_STREAM or found.family not in (socket.AF_INET, socket.AF_INET6):
            return False
        if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return False
        for level, option, value in OPTIONS:
            found.setsockopt(level, option, value)
        return True
