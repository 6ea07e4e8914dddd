"""Where links in messages lead: the origin at which the request came in, or the one that the site file names."""

from flask import request

from consent_service.domain.site.site import Site
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

ANY_PORT = ":*"


def find_link_origin(site: Site) -> str:
    """Tell the origin for links of this request; raises Problem 409 where nothing says which it is."""
    mount = find_wiring().sites.at(request.environ.get("HTTP_HOST", ""))
    if mount and mount.site is site:
        return mount.origin
    named = site.messages.public_origin if site.messages else ""
    origin = named or next(iter(site.origins), "")
    if not origin or origin.endswith(ANY_PORT):
        raise Problem(409, "origin_unknown", "Set messages.public_origin in the site file, so that links lead there.")
    return origin
