"""Client networks: which addresses count as one client where requests are counted."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

OFFICE, LINE = 24, 32
"""How much of an IPv4 address counts: a whole office for what few people do in an hour, one line for what many do."""
SUBNET = 64
"""How much of an IPv6 address counts: what one household or server has; the rest changes by itself."""


@lru_cache(maxsize=4096)
def find_client_network(address: str, prefix: int = OFFICE) -> str | None:
    """Find the network that an address counts as, by so many bits of an IPv4 address.

    None where it is not of the public internet and says nothing.
    """
    read = ip_address(address)
    bits = prefix if read.version == 4 else SUBNET
    return str(ip_network(f"{address}/{bits}", strict=False)) if read.is_global else None
