"""Ports for servers under test, out of reach of everything else that asks the system for one."""

import socket
from contextlib import suppress
from random import SystemRandom

LOWEST, FIRST_GIVEN_OUT = 20_000, 32_768
"""Linux gives every outgoing connection a port from the second on, and none below."""


def free_port() -> int:
    """Find a port that nothing takes before the server is there, unless another test draws the same."""
    while True:
        # Not the usual dice: those are thrown alike in every process of a test run.
        port = SystemRandom().randrange(LOWEST, FIRST_GIVEN_OUT)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
