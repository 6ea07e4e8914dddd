"""Requests for hosts that no site file names: counted, and told once a minute, because then no banner shows."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from threading import Lock
from time import monotonic

from prometheus_client import Counter

from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.logs import HostName

UNKNOWN_HOSTS = Counter("consent_unknown_hosts", "Requests for a host that no site file names.")
SECONDS = 60.0
MAX_TOLD = 10
MESSAGE = "no site is served at this host; add it to a site file, or have the proxy pass on the shop's Host"

_log = logging.getLogger(__name__)


class UnknownHosts:
    """Tells the first of them in each minute: what was asked, what is known, and how many came since the last line."""

    def __init__(self, timer: Callable[[], float] = monotonic) -> None:
        self._timer = timer
        self._lock = Lock()
        self._silent_until = float("-inf")
        self._since = 0

    def note(self, host: str, sites: SiteDirectory) -> None:
        """Count a request for a host, and maybe tell it."""
        UNKNOWN_HOSTS.inc()
        with self._lock:
            self._since += 1
            now = self._timer()
            if now < self._silent_until:
                return
            self._silent_until, requests, self._since = now + SECONDS, self._since, 0
        asked = host.lower()
        told: dict[str, object] = {"known": _list_nearest(asked, sites), "requests": requests}
        told["asked"] = next(_list_host_names([asked]), "something that is not a host" if host else "no host")
        _log.warning(MESSAGE, extra=told)


def _list_nearest(asked: str, sites: SiteDirectory) -> tuple[HostName, ...]:
    """List hosts that are known, the nearest first."""
    near = get_close_matches(asked[:255], sites.hosts, n=MAX_TOLD, cutoff=0.3)
    return tuple(_list_host_names(dict.fromkeys([*near, *sites.hosts])))[:MAX_TOLD]


def _list_host_names(texts: Iterable[str]) -> Iterator[HostName]:
    for text in texts:
        with suppress(ValueError):
            yield HostName(text)


note_unknown_host = UnknownHosts().note
"""One for each process, as its counters are."""
