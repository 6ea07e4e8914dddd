"""The site directory: which shop, and which of its origins, a request's host belongs to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from consent_service.domain.basics.web_origin import DEFAULT_PORTS
from consent_service.domain.site.site import Site

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
REMEMBERED_HOSTS = 1024


@dataclass(frozen=True, slots=True)
class Mount:
    """A site at one of its origins; ``origin`` carries the request's own port where the site allows any."""

    site: Site
    origin: str

    @property
    def secure(self) -> bool:
        """Say whether this origin is HTTPS, which decides the cookie's name and its Secure flag."""
        return self.origin.startswith("https:")

    @property
    def trusted(self) -> frozenset[str]:
        """The other origins of the site that may post its forms and be returned to."""
        return frozenset(self.site.trusted_origins)


class SiteDirectory:
    """Every served site, found by host; the scheme comes from the site's origin and never from the socket.

    ``at`` finds the mount for the value of a Host header, or None for a host that no site file names. ``own_hosts``
    are names of the service itself, beside those of the loopback address.
    """

    def __init__(self, sites: Iterable[Site], own_hosts: Collection[str] = ()) -> None:
        self._own_hosts = LOOPBACK | set(own_hosts)
        self.sites = {site.id: site for site in sites}
        self._exact: dict[str, Mount] = {}
        self._any_port: dict[str, tuple[Site, str]] = {}
        for site in self.sites.values():
            for origin in site.origins:
                self._add(site, origin)
        self.at = lru_cache(maxsize=REMEMBERED_HOSTS)(self._at)

    def _add(self, site: Site, origin: str) -> None:
        if origin.endswith(":*"):
            scheme, _, host = origin.removesuffix(":*").partition("://")
            self._any_port[host] = (site, scheme)
            return
        parts = urlsplit(origin)
        self._exact[parts.netloc] = Mount(site, origin)
        self._exact[f"{parts.netloc}:{DEFAULT_PORTS[parts.scheme]}"] = Mount(site, origin)

    def _at(self, host: str) -> Mount | None:
        host = host.lower()
        if mount := self._exact.get(host):
            return mount
        name, colon, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "")
        if colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            return None
        if found := self._any_port.get(name):
            site, scheme = found
            shown = "" if port in ("", str(DEFAULT_PORTS[scheme])) else f":{port}"
            return Mount(site, f"{scheme}://{name}{shown}")
        return None

    @property
    def hosts(self) -> list[str]:
        """The hosts of all sites as they write them, with ``:*`` for any port."""
        return sorted({origin.partition("://")[2] for site in self.sites.values() for origin in site.origins})

    @property
    def has_public_origin(self) -> bool:
        """Say whether a site is served to others than this machine, which takes a proxy where this one listens."""
        hosts = {
            urlsplit(origin.removesuffix(":*")).hostname for site in self.sites.values() for origin in site.origins
        }
        return not hosts <= {name.strip("[]") for name in LOOPBACK}

    def serves_own_address(self, host: str) -> bool:
        """Say whether a host is the service's own address, where health and metrics are answered."""
        name = host.lower().rpartition(":")[0] if ":" in host.rpartition("]")[2] else host.lower()
        return name in self._own_hosts
