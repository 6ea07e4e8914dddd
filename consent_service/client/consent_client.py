"""The consent client: asks the service on every page, and without it believes only what is signed."""

import time
from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from consent_service.client.circuit_breaker import CircuitBreaker
from consent_service.client.client_answer import (
    GRANTED,
    NOT_GRANTED,
    UNAVAILABLE,
    ClientAnswer,
    ServiceAnswer,
    read_service_answer,
)
from consent_service.client.cookie_reader import VisitorConsent, find_consent_text, read_visitor_consent
from consent_service.client.service_keys import PublicKeys
from consent_service.client.service_lines import ServiceLines, ServiceUnavailable
from consent_service.client.visitor_memory import Denial, VisitorMemory
from consent_service.domain.api_key import is_key_shaped
from consent_service.domain.site_check.field_rules import KEY
from consent_service.domain.visitor.visitor_cookie import VisitorCookie, parse_visitor_cookie

PATH = "/v1/check"
MAX_TIMEOUT = 0.05
MAX_PURPOSES_ASKED = 50
RESERVED_SECONDS = 0.005
"""Left of the time-out for reading the cookie, should the service not answer."""


class ConsentClient:
    """Answers for one site; make one and share it between threads.

    ``address`` is where the service listens, ``key`` an API key with the scope check, ``host`` the shop's own
    host where that is not the address. ``secure`` says that the shop is served over HTTPS, which decides the
    cookie's name. ``timeout`` is for a whole check, in seconds, at most 0.05. ``clock`` tells unix seconds,
    ``timer`` seconds that only grow. Raises ValueError for an address, key or time-out that cannot be one.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        host: str | None = None,
        secure: bool = True,
        timeout: float = MAX_TIMEOUT,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        if not RESERVED_SECONDS < timeout <= MAX_TIMEOUT:
            raise ValueError(f"the time-out must be above {RESERVED_SECONDS} and at most {MAX_TIMEOUT}")
        if not is_key_shaped(key):
            raise ValueError("this is not a key of the service; look for a copying mistake")
        self._headers = {"Authorization": f"Bearer {key}"}
        self._secure = secure
        self._patience = timeout - RESERVED_SECONDS
        self._clock = clock
        self._timer = timer
        self._lines = ServiceLines(address, host)
        self._breaker = CircuitBreaker(timer)
        self._memory = VisitorMemory()
        self.keys = PublicKeys(self._lines, timer)

    def check(
        self, cookie_header: str | None, purposes: Iterable[str], signal: bool = False
    ) -> dict[str, ClientAnswer]:
        """Say for each purpose whether it is allowed for the visitor who sent this Cookie header.

        ``signal`` says that the browser opts out. Without the service the visitor's signed cookie counts within
        its validity, unless it is known to be out of date; under the signal it does not, because only the
        service knows which purposes the signal covers. Everything else is a no. Raises ValueError for more than 50
        purposes and for one that cannot be a purpose's key: such a question is no failure of the service.
        """
        wanted = tuple(dict.fromkeys(purposes))
        if len(wanted) > MAX_PURPOSES_ASKED or not all(KEY.fullmatch(purpose) for purpose in wanted):
            raise ValueError(f"expected at most {MAX_PURPOSES_ASKED} purposes by their keys, such as 'analytics'")
        text = find_consent_text(cookie_header, secure=self._secure) or ""
        cookie = parse_visitor_cookie(text)
        self.keys.refresh_when_due(outdated=cookie is not None and not self.keys.knows(cookie.kid))
        if self._breaker.lets_through():
            asked = self._timer()
            said = self._ask(text, cookie, wanted, signal=signal)
            self._breaker.report(success=said is not None)
            if said is not None:
                self._remember(said, text, cookie, asked)
                return said.answers
        consent = None if signal else self._believed(text)
        if consent is None:
            return dict.fromkeys(wanted, UNAVAILABLE)
        allowed = self._memory.undisputed(consent)
        return {purpose: GRANTED if purpose in allowed else NOT_GRANTED for purpose in wanted}

    def close(self) -> None:
        """Close the connections to the service."""
        self._lines.close()

    def _ask(
        self, text: str, cookie: VisitorCookie | None, wanted: tuple[str, ...], *, signal: bool
    ) -> ServiceAnswer | None:
        question = [("cookie", text if cookie else ""), *(("purpose", purpose) for purpose in wanted)]
        question += [("signal", "gpc")] if signal else []
        try:
            reply = self._lines.get(f"{PATH}?{urlencode(question)}", self._headers, self._patience)
            if reply.status != 200:
                return None
            return read_service_answer(reply.body, cookie.visitor if cookie else None, wanted)
        except (ServiceUnavailable, ValueError, RecursionError):
            return None

    def _remember(self, said: ServiceAnswer, text: str, cookie: VisitorCookie | None, asked: float) -> None:
        if cookie is None:
            return
        if said.visitor is None:
            # The service believes none of its cookies: forged, or signed by a key that it has given up.
            self.keys.refresh_when_due(outdated=True)
            if self._believed(text) is None:
                return
        allowed = {purpose: answer.allowed for purpose, answer in said.answers.items()}
        denial = Denial(cookie.seq, self._timer(), self._clock())
        self._memory.learn(cookie.visitor, allowed, denial, asked=asked)

    def _believed(self, text: str) -> VisitorConsent | None:
        keys = self.keys.current
        return read_visitor_consent(text, keys, now=self._clock()) if keys else None
