"""A visit: what a browser's request tells us about site, language, signal and visitor."""

from typing import Any, NamedTuple

from flask import request
from werkzeug.exceptions import HTTPException

from consent_service.domain.basics.language import choose_language
from consent_service.domain.site.site import Site
from consent_service.domain.site.site_directory import Mount, SiteDirectory
from consent_service.domain.visitor.signal import has_signal
from consent_service.domain.visitor.visitor_cookie import VisitorCookie, name_cookie, read_only_value
from consent_service.services.resources import Resources
from consent_service.services.visitor.reading_visitors import read_cookie
from consent_service.web.frame.unknown_hosts import note_unknown_host
from consent_service.web.frame.wiring import find_wiring


class UnknownHost(HTTPException):
    """The request's host belongs to no site file."""

    code = 400


class Visit(NamedTuple):
    """One request of a browser; ``cookie`` is a verified visitor cookie or None.

    ``doubted`` is one that somebody else may have signed: it grants nothing, but a no that comes with it counts.
    """

    mount: Mount
    language: str
    signal: bool
    cookie: VisitorCookie | None
    doubted: VisitorCookie | None = None

    @property
    def site(self) -> Site:
        """The shop that is visited."""
        return self.mount.site

    @property
    def visitor(self) -> str | None:
        """The visitor's id, if a cookie proves it."""
        return self.cookie.visitor if self.cookie else None

    def in_language(self, language: str) -> "Visit":
        """Go on in the language of a form, if the shop speaks it."""
        return self._replace(language=language) if language in self.site.languages else self


def find_mount(sites: SiteDirectory, environ: dict[str, Any]) -> Mount:
    """Find the site of a request; raises UnknownHost for a host that no site file names."""
    host = environ.get("HTTP_HOST", "")
    mount = sites.at(host)
    if mount is None:
        note_unknown_host(host, sites)
        raise UnknownHost
    return mount


def read_visit(*, with_cookie: bool = True) -> Visit:
    """Read the present request of a browser, with the language that its address may ask for."""
    wired, environ = find_wiring(), request.environ
    requested = request.args.get("lang") if environ.get("QUERY_STRING") else None
    return read_environ(wired.resources, wired.sites, environ, requested, with_cookie=with_cookie)


def read_environ(
    resources: Resources,
    sites: SiteDirectory,
    environ: dict[str, Any],
    requested: str | None = None,
    *,
    with_cookie: bool = True,
) -> Visit:
    """Read a request straight from its WSGI environment, for what stands in front of Flask."""
    mount = find_mount(sites, environ)
    text = read_only_value(environ.get("HTTP_COOKIE"), name_cookie(secure=mount.secure)) if with_cookie else None
    return Visit(
        mount,
        choose_language(requested, environ.get("HTTP_ACCEPT_LANGUAGE"), mount.site.languages),
        has_signal(environ.get("HTTP_SEC_GPC")),
        *read_cookie(resources, text),
    )
