"""The service's public keys and whatever else reading a visitor cookie takes: fetched now and then, and kept."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from consent_service.client.service_lines import ServiceLines, ServiceUnavailable
from consent_service.domain.basics.duration import Duration, Unit, add_duration, parse_duration
from consent_service.domain.basics.moment import SECOND
from consent_service.keys.verification import read_jwks

PATH = "/consent/keys.json"
FETCH_SECONDS = 2.0
REFRESH_SECONDS = 300.0
RETRY_SECONDS = 30.0
MAX_DAYS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """Public keys by id, how long a choice is valid, and the purpose that each letter stands for.

    ``validity`` is None where the service tells it in days alone. What a ``compromised`` key signed proves nothing.
    """

    public: dict[str, bytes]
    valid_days: int
    purposes: dict[str, str]
    validity: Duration | None = None
    compromised: frozenset[str] = frozenset()

    def find_choice_end(self, at: int) -> int:
        """Tell when a choice of a time ends, both in unix seconds."""
        return add_duration(at * SECOND, self.validity or Duration(self.valid_days, Unit.DAY)) // SECOND


class PublicKeys:
    """The key set of one site, refreshed in the background; the old one is kept when that fails."""

    def __init__(self, lines: ServiceLines, timer: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._timer = timer
        self._lock = threading.Lock()
        self._retry_at = self._refresh_at = timer()
        self.current: KeySet | None = None

    def knows(self, kid: str) -> bool:
        """Say whether a key of this id is held."""
        return self.current is not None and kid in self.current.public

    def refresh(self) -> bool:
        """Fetch the key set now and say whether that worked; takes up to two seconds."""
        try:
            reply = self._lines.get(PATH, {"Accept": "application/json"}, FETCH_SECONDS)
            if reply.status != 200:
                return False
            self.current = read_key_set(json.loads(reply.body))
        except (ServiceUnavailable, ValueError, RecursionError):
            return False
        self._refresh_at = self._timer() + REFRESH_SECONDS
        return True

    def refresh_when_due(self, *, outdated: bool = False) -> None:
        """Start a refresh, without waiting for it, where five minutes have passed or the set seems ``outdated``.

        Whatever visitors send, one starts at most every 30 seconds.
        """
        now = self._timer()
        with self._lock:
            if now < self._retry_at or not (outdated or now >= self._refresh_at):
                return
            self._retry_at = now + RETRY_SECONDS
        threading.Thread(target=self.refresh, name="consent-keys", daemon=True).start()


def read_key_set(document: object) -> KeySet:
    """Read the answer of the service; raises ValueError for anything but the whole of what is needed."""
    public = read_jwks(document)
    consent = document.get("consent") if isinstance(document, dict) else None
    if not isinstance(consent, dict):
        raise ValueError("the key set does not say how to read a visitor cookie")
    days, letters = consent.get("valid_days"), consent.get("letters")
    if type(days) is not int or not 0 < days <= MAX_DAYS or not isinstance(letters, dict):
        raise ValueError("validity or letters are missing or odd")
    purposes = {letter: purpose for purpose, letter in letters.items() if _is_letter(letter)}
    if len(purposes) != len(letters):
        raise ValueError("a letter is missing, odd or stands for two purposes")
    return KeySet(
        public=public,
        valid_days=days,
        purposes=purposes,
        validity=_read_validity(consent),
        compromised=_read_compromised(consent),
    )


def _read_validity(consent: dict[str, object]) -> Duration | None:
    told = consent.get("validity")
    if told is None:
        return None
    validity = parse_duration(told) if isinstance(told, str) else None
    if validity is None or not 0 < validity.days <= MAX_DAYS:
        raise ValueError("the validity is odd")
    return validity


def _read_compromised(consent: dict[str, object]) -> frozenset[str]:
    told = consent.get("compromised", [])
    if not isinstance(told, list) or not all(isinstance(kid, str) for kid in told):
        raise ValueError("the list of compromised keys is odd")
    return frozenset(told)


def _is_letter(letter: object) -> bool:
    return isinstance(letter, str) and len(letter) == 1 and "a" <= letter <= "z"
