"""A visit: what a browser's request tells us about site, language, signal and visitor."""

from dataclasses import dataclass

from flask import Request
from werkzeug.exceptions import HTTPException

from consent_service.domain.language import choose_language
from consent_service.domain.signal import signal_sent
from consent_service.domain.site import Site
from consent_service.domain.site_directory import Mount, SiteDirectory
from consent_service.domain.visitor_cookie import VisitorCookie, cookie_name, only_value
from consent_service.services.checking import verified_cookie
from consent_service.services.resources import Resources


class UnknownHost(HTTPException):
    """The request's host belongs to no site file."""

    code = 400


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a browser; ``cookie`` is a verified visitor cookie or None."""

    mount: Mount
    language: str
    signal: bool
    cookie: VisitorCookie | None

    @property
    def site(self) -> Site:
        """The shop that is visited."""
        return self.mount.site

    @property
    def visitor(self) -> str | None:
        """The visitor's id, if a cookie proves it."""
        return self.cookie.visitor if self.cookie else None


def find_mount(sites: SiteDirectory, request: Request) -> Mount:
    """Find the site of a request; raises UnknownHost for a host that no site file names."""
    mount = sites.at(request.host)
    if mount is None:
        raise UnknownHost
    return mount


def read_visit(resources: Resources, sites: SiteDirectory, request: Request) -> Visit:
    """Read a request of a browser."""
    mount = find_mount(sites, request)
    headers = request.headers
    text = only_value(request.environ.get("HTTP_COOKIE"), cookie_name(secure=mount.secure))
    return Visit(
        mount,
        choose_language(request.args.get("lang"), headers.get("Accept-Language"), mount.site.languages),
        signal_sent(headers.get("Sec-GPC")),
        verified_cookie(resources, text),
    )
