"""Security headers: the one place that decides them.

``SecurityHeaders`` adds the common ones to every answer behind it. The check stands in front of it, because it is asked
on every page, and sends the same list itself. Pages set what is theirs alone with the two functions at the end.
"""

from collections.abc import Iterable
from typing import Any

from flask import Response

from consent_service.domain.site.site_directory import Mount

POLICY = "Content-Security-Policy"

COMMON = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("X-Frame-Options", "DENY"),
)
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE = (
    "default-src 'none'; script-src 'none'; object-src 'none'; style-src 'self'; img-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action {form_action}"
)


def list_security_headers(*, hsts_seconds: int) -> list[tuple[str, str]]:
    """List the headers of every answer that does not bring its own, with the strictest content security policy."""
    headers = [(POLICY, NOTHING), *COMMON]
    if hsts_seconds:
        headers.append(("Strict-Transport-Security", f"max-age={hsts_seconds}"))
    return headers


class SecurityHeaders:
    """Adds to every answer of the application behind it the headers that it does not bring itself."""

    def __init__(self, app: Any, headers: list[tuple[str, str]]) -> None:
        self._app = app
        self._headers = headers

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            own = {name for name, _ in headers}
            headers = headers + [header for header in self._headers if header[0] not in own]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        answer: Iterable[bytes] = self._app(environ, start)
        return answer


def set_page_policy(response: Response, mount: Mount | None) -> None:
    """Set the content security policy of a page.

    Forms go to the page's own origin; the site's trusted origins are listed because Chromium applies form-action
    to the redirect that follows a form as well.
    """
    trusted = sorted(mount.trusted) if mount else []
    response.headers[POLICY] = PAGE.format(form_action=" ".join(["'self'", *trusted]))


def set_link_page_policy(response: Response) -> None:
    """Set the policies of a page whose address may be a secret: no link tells where it was followed.

    Its forms go to our own origin and nowhere else, because none leads back to the shop.
    """
    set_page_policy(response, None)
    response.headers["Referrer-Policy"] = "no-referrer"
