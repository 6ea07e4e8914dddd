"""The banner fragment: the same bytes for every undecided visitor, one line for everybody else, never an error."""

import logging

from flask import Blueprint, Response, request

from consent_service.domain.decision import Decision, Method, State
from consent_service.domain.site import Site
from consent_service.services.checking import current_choice, purposes_to_ask
from consent_service.web.metrics import count_banner
from consent_service.web.parts import parts
from consent_service.web.visit import UnknownHost, Visit, read_visit

CACHING = [("Cache-Control", "private, no-cache"), ("Vary", "Accept-Language, Cookie, Sec-GPC")]
HEADERS = [("Content-Type", "text/html; charset=utf-8"), *CACHING]

_log = logging.getLogger(__name__)


def banner() -> Response:
    """Send the fragment for this visitor.

    Include filters paste whatever comes into the shop's page, so every fault inside becomes an empty 204.
    """
    try:
        return _fragment()
    except UnknownHost:
        return _empty()
    except Exception:
        _log.exception("the banner could not be made")
        return _empty()


def _fragment() -> Response:
    wired = parts()
    visit = read_visit(wired.resources, wired.sites, request)
    if visit.cookie is None:
        shown = wired.board.banner(visit.site, visit.language, visit.signal)
        if shown.notice.purposes:
            return _answer(visit, "undecided", shown.body)
        return _answer(visit, "settled", wired.board.settled(visit.site, visit.language, "signal"))
    current = current_choice(wired.resources, visit.site, visit.visitor)
    if asked := purposes_to_ask(wired.resources, visit.site, current, signal=visit.signal):
        shown = wired.board.banner_for(visit.site, visit.language, visit.signal, asked)
        return _answer(visit, "undecided", shown.body)
    summary = summary_of(visit.site, current, signal=visit.signal)
    return _answer(visit, "settled", wired.board.settled(visit.site, visit.language, summary))


def summary_of(site: Site, current: dict[str, Decision], *, signal: bool) -> str:
    """Say in one word what a visitor's optional cookies are: all_on, all_off, some_on, or off by signal."""
    granted = [
        p.key
        for p in site.cookie_purposes
        if (decision := current.get(p.key))
        and decision.state == State.GRANTED
        and not (signal and p.signal and not decision.signalled)
    ]
    if granted:
        return "all_on" if len(granted) == len(site.cookie_purposes) else "some_on"
    decided = [decision for decision in current.values() if decision.method != Method.SIGNAL]
    return "all_off" if decided else "signal"


def _answer(visit: Visit, kind: str, body: bytes) -> Response:
    count_banner(visit.site.id, kind)
    return Response(body, 200, HEADERS)


def _empty() -> Response:
    return Response(status=204, headers=CACHING)


def banner_blueprint() -> Blueprint:
    """Serve the fragment."""
    blueprint = Blueprint("banner", __name__)
    blueprint.add_url_rule("/consent/banner", view_func=banner)
    return blueprint
