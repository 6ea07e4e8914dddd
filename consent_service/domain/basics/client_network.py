"""Client networks: which addresses count as one client where requests are counted."""

from ipaddress import ip_address, ip_network

PREFIXES = {4: 24, 6: 56}
"""What one household or office usually has; a single IPv6 address changes by itself."""


def find_client_network(address: str) -> str | None:
    """Find the network that an address counts as; None where it is not of the public internet and says nothing."""
    read = ip_address(address)
    return str(ip_network(f"{address}/{PREFIXES[read.version]}", strict=False)) if read.is_global else None
