"""The network guard: webhooks go to the open internet, or where that was allowed to this machine, and nowhere else."""

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Iterable, Sequence

from consent_service.delivery.deadline import Deadline
from consent_service.domain.errors import ConsentError

Resolve = Callable[[str], Sequence[str]]
"""Finds the addresses of a host; raises OSError."""

_IPV4_CLOSED = [
    ipaddress.IPv4Network(written)
    for written in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by the customers of a carrier
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the inside of a large hoster's machines, though the address looks public
        "169.254.0.0/16",  # link-local, metadata of hosters
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
]
_IPV6_OPEN = ipaddress.IPv6Network("2000::/3")
"""Global unicast; loopback, unique-local, link-local, multicast, mapped and NAT64 addresses all lie outside."""
_IPV6_CLOSED = [
    ipaddress.IPv6Network(written)
    for written in (
        "2001::/23",  # protocol assignments, among them Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which wraps an IPv4 address
        "3fff::/20",  # documentation
    )
]


class ForbiddenAddress(ConsentError):
    """A host leads somewhere a webhook must not go."""


def is_open(address: str) -> bool:
    """Say whether this is an address of the open internet, in its usual spelling."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(read, ipaddress.IPv4Address):
        return not any(read in closed for closed in _IPV4_CLOSED)
    return read.scope_id is None and read in _IPV6_OPEN and not any(read in closed for closed in _IPV6_CLOSED)


def is_loopback(address: str) -> bool:
    """Say whether this is an address of the machine itself, and not an IPv4 address inside an IPv6 one."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return False
    return read.is_loopback and getattr(read, "ipv4_mapped", None) is None


def ask_system(host: str) -> list[str]:
    """Find the addresses of a host by the system's resolver; raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def find_addresses(host: str, resolve: Resolve, deadline: Deadline, *, loopback: bool) -> list[str]:
    """Ask once for the addresses of a host.

    Raises ForbiddenAddress unless all of them are open, or with ``loopback`` unless all are this machine's; OSError
    where there is none in time.
    """
    addresses = _ask_in_time(host, resolve, deadline)
    fits = is_loopback if loopback else is_open
    if not all(fits(address) for address in addresses):
        raise ForbiddenAddress("the host leads to an address that webhooks may not reach")
    if not addresses:
        raise OSError("the host has no address")
    return addresses


def connect(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers; raises OSError. No name is looked up any more."""
    failure = OSError("no address")
    for tried, address in enumerate(addresses):
        share = deadline.seconds_left() / (len(addresses) - tried)
        try:
            connection = socket.create_connection((address, port), timeout=share)
        except OSError as error:
            failure = error
            continue
        deadline.watch(connection)
        connection.settimeout(deadline.seconds_left())
        return connection
    raise failure


def _ask_in_time(host: str, resolve: Resolve, deadline: Deadline) -> list[str]:
    # A resolver cannot be interrupted, so a thread waits for it, and is left alone when it takes too long.
    answers: queue.SimpleQueue[Iterable[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.seconds_left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return list(answer)
