"""The client's network address, from the connection or from the shop's own proxies, and from nothing else."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([^:]+):\d+")
"""How some proxies write an address: with the port of the connection, or in brackets."""


def read_client_address(environ: Mapping[str, Any], proxies: int) -> str | None:
    """Find a client's network address; None where it is unknown.

    With proxies it is the entry of X-Forwarded-For that the outermost of them added, counted from the right; whatever
    stands further left is what anybody may claim.
    """
    hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")] if proxies else []
    text = hops[-proxies] if len(hops) >= proxies > 0 else environ.get("REMOTE_ADDR", "")
    if written := WITH_PORT.fullmatch(text):
        text = written[1] or written[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    # Without the name of an interface, which says nothing of a network.
    return str(mapped or address).partition("%")[0]
