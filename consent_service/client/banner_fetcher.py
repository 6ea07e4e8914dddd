"""Fetching fragments for a page, the banner and the newsletter box: the fragment, or nothing at all."""

import time
from collections.abc import Callable

from consent_service.client.circuit_breaker import CircuitBreaker
from consent_service.client.cookie_reader import find_consent_text
from consent_service.client.service_lines import ServiceLines, ServiceUnavailable
from consent_service.domain.visitor.visitor_cookie import name_cookie

PATH = "/consent/banner"
BOX_PATH = "/consent/subscribe/fragment"
PATIENCE_SECONDS = 0.3


class BannerFetcher:
    """Fetches the fragment for the shop at ``host``; make one and share it between threads.

    ``address`` is where the service listens; ``secure`` says that the shop is served over HTTPS. The shop's own
    cookies stay in the shop: of the Cookie header only the visitor cookie goes to the service.
    """

    def __init__(
        self,
        address: str,
        *,
        host: str,
        secure: bool = True,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lines = ServiceLines(address, host)
        self._name = name_cookie(secure=secure)
        self._secure = secure
        self._breaker = CircuitBreaker(timer)

    def fetch(self, cookie_header: str | None, accept_language: str | None, sec_gpc: str | None) -> str:
        """Return the fragment as HTML; an empty text where there is none or it does not come within 300 ms.

        The arguments are the headers of the visitor's request, None where it has none. Without a banner
        nobody can say yes, so nothing optional may happen on that page either.
        """
        if not self._breaker.lets_through():
            return ""
        text = find_consent_text(cookie_header, secure=self._secure)
        cookie = f"{self._name}={text}" if text else None
        offered = {"Cookie": cookie, "Accept-Language": accept_language, "Sec-GPC": sec_gpc}
        fragment = self._get({name: value for name, value in offered.items() if value})
        self._breaker.report(success=fragment is not None)
        return fragment or ""

    def fetch_box(self, accept_language: str | None) -> str:
        """Return the newsletter box as HTML; an empty text where there is none or it does not come within 300 ms.

        It is the same for everybody, so nothing but the language of the request goes along.
        """
        if not self._breaker.lets_through():
            return ""
        fragment = self._get({"Accept-Language": accept_language} if accept_language else {}, BOX_PATH)
        self._breaker.report(success=fragment is not None)
        return fragment or ""

    def close(self) -> None:
        """Close the connections to the service."""
        self._lines.close()

    def _get(self, headers: dict[str, str], path: str = PATH) -> str | None:
        try:
            reply = self._lines.get(path, headers, PATIENCE_SECONDS)
            if reply.status == 204:
                return ""
            is_page = reply.content_type.lower().startswith("text/html")
            return reply.body.decode() if reply.status == 200 and is_page else None
        except (ServiceUnavailable, UnicodeDecodeError):
            return None
