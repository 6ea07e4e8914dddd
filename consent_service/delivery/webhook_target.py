"""Webhook targets: the address a shop gives for its webhook, in one spelling only."""

import re
from typing import NamedTuple

from consent_service.delivery.network_guard import is_open
from consent_service.domain.basics.web_origin import DEFAULT_PORTS, Origin, is_domain

MAX_LENGTH = 2048

_WRITTEN = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f]*:[0-9a-f:.]*\]|[a-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?(?P<path>/[!\"$-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Target(NamedTuple):
    """Where to post; ``loopback`` says that it is this machine itself. An IPv6 host stands without brackets."""

    scheme: str
    host: str
    port: int
    path: str
    loopback: bool


def parse_target(text: str, *, loopback_allowed: bool) -> Target:
    """Read an address; raises ValueError with the reason where a webhook may not go there."""
    found = _WRITTEN.fullmatch(text)
    if found is None or len(text) > MAX_LENGTH:
        raise ValueError("expected an address such as https://shop.example/hook, without user, password or #")
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"] or DEFAULT_PORTS[scheme])
    if port > 65_535:
        raise ValueError("there is no such port")
    loopback = Origin(scheme, host, port).loopback
    if loopback and not loopback_allowed:
        raise ValueError("this is the machine itself; CONSENT_WEBHOOK_LOOPBACK=yes allows it")
    if scheme == "http" and not loopback:
        raise ValueError("http is only for this machine itself; others need https")
    if not (loopback or _is_public(host)):
        raise ValueError("the host is neither a full domain name nor a public address in its usual spelling")
    return Target(scheme, host.strip("[]"), port, found["path"] or "/", loopback)


def _is_public(host: str) -> bool:
    if host.startswith("[") or _NUMBER.fullmatch(host.rpartition(".")[2]):
        return is_open(host.strip("[]"))
    return is_domain(host)
