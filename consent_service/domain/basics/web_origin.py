"""Web origins: scheme, host and port, written exactly as browsers send them."""

import ipaddress
import re
from dataclasses import dataclass

DEFAULT_PORTS = {"http": 80, "https": 443}

_WRITTEN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\*|[1-9][0-9]{0,4}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Origin:
    """One origin; ``port`` is None where any port will do."""

    scheme: str
    host: str
    port: int | None

    @property
    def loopback(self) -> bool:
        """Say whether the host is this machine itself."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        address = _read_ip_address(self.host)
        return address is not None and address.is_loopback

    def shares_host(self, other: "Origin") -> bool:
        """Say whether one and the same Host header could mean either origin."""
        return self.host == other.host and (
            self._written_port == other._written_port or None in (self.port, other.port)
        )

    @property
    def _written_port(self) -> int | None:
        return 0 if self.port == DEFAULT_PORTS[self.scheme] else self.port


def parse_origin(text: str) -> Origin:
    """Read an origin; raises ValueError with the reason where browsers would never send it."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("expected an origin such as https://shop.example: http or https, lower case, no path")
    scheme, host, port = found.groups()
    if not _is_host(host):
        raise ValueError("the host is neither a domain name nor an address; write other scripts in punycode")
    origin = Origin(scheme, host, None if port == "*" else int(port or DEFAULT_PORTS[scheme]))
    if origin.port is not None and origin.port > 65_535:
        raise ValueError("there is no such port")
    if port and origin.port == DEFAULT_PORTS[scheme]:
        raise ValueError(f"leave out the port: browsers do not send the usual one, {port}")
    if port == "*" and not origin.loopback:
        raise ValueError("any port (:*) is only for localhost and loopback addresses")
    if scheme == "http" and not (origin.loopback or host.endswith(".onion")):
        raise ValueError("http is only for localhost, loopback addresses and .onion hosts; others need https")
    return origin


def is_domain(text: str) -> bool:
    """Say whether this is a domain name in lower case with at least two labels, and no address."""
    return "." in text and _is_host(text) and _read_ip_address(text) is None


def _is_host(host: str) -> bool:
    if host.startswith("[") or host.rpartition(".")[2].isdigit():
        return _read_ip_address(host) is not None
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in host.split("."))


def _read_ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
