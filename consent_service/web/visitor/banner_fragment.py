"""The banner fragment: the same bytes for every undecided visitor, one line for everybody else, never an error."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from consent_service.domain.errors import LeftBehind
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.decision_order import Answer
from consent_service.domain.site.site import Site
from consent_service.services.check.checking_visitors import answer_from_decisions
from consent_service.services.visitor.reading_visitors import list_purposes_to_ask, read_current_choice
from consent_service.web.frame.metrics import count_banner
from consent_service.web.frame.visit import UnknownHost, Visit, read_environ
from consent_service.web.frame.wiring import Wiring, find_wiring
from consent_service.web.frame.wsgi_app import PlainAnswer

PATH = "/consent/banner"
CACHING = [("Cache-Control", "private, no-cache"), ("Vary", "Accept-Language, Cookie, Sec-GPC")]
HEADERS = [("Content-Type", "text/html; charset=utf-8"), *CACHING]
EMPTY = PlainAnswer(204, CACHING, b"")
LEFT_BEHIND = PlainAnswer(503, [*CACHING, ("Retry-After", "2")], b"")
"""As empty as the other; its status has a proxy ask the version that knows the answer."""

_log = logging.getLogger(__name__)


def get_banner() -> Response:
    """Send the fragment for this visitor."""
    status, headers, body = make_fragment(find_wiring(), request.environ, request.args.get("lang"))
    return Response(body, status, headers) if body or status != EMPTY.status else answer_empty_fragment()


def make_fragment(wired: Wiring, environ: dict[str, Any], requested: str | None) -> PlainAnswer:
    """Make the fragment for whoever sent a request; ``requested`` is the language that its address asks for.

    Include filters paste whatever comes into the shop's page, so every fault inside becomes an empty 204.
    """
    try:
        visit = read_environ(wired.resources, wired.sites, environ, requested)
        kind, body = _choose_fragment(wired, visit)
    except UnknownHost:
        return EMPTY
    except LeftBehind:
        _log.exception("the banner could not be made")
        return LEFT_BEHIND
    except Exception:
        _log.exception("the banner could not be made")
        return EMPTY
    count_banner(visit.site.id, kind)
    return PlainAnswer(200, HEADERS, body)


def _choose_fragment(wired: Wiring, visit: Visit) -> tuple[str, bytes]:
    if visit.cookie is None:
        shown = wired.board.banner(visit.site, visit.language, visit.signal)
        if shown.notice.purposes:
            return "undecided", shown.body
        summary = summarise_answers(visit.site, {}, signal=visit.signal)
        return "settled", wired.board.settled(visit.site, visit.language, summary, decided=False)
    current, store_behind = read_current_choice(wired.resources, visit.site, visit.cookie)
    if asked := list_purposes_to_ask(wired.resources, visit.site, current, signal=visit.signal):
        standing = any(d.state == State.GRANTED for key, d in current.items() if key not in {p.key for p in asked})
        shown = wired.board.banner_for(visit.site, visit.language, visit.signal, asked, standing=standing)
        return "store_behind" if store_behind else "undecided", shown.body
    answers = answer_from_decisions(
        wired.resources, visit.site, current, visit.site.purpose_by_key, signal=visit.signal
    )
    summary = summarise_answers(visit.site, answers, signal=visit.signal)
    return "settled", wired.board.settled(visit.site, visit.language, summary, decided=True)


def summarise_answers(site: Site, answers: Mapping[str, Answer], *, signal: bool) -> str:
    """Say in one word what a visitor's optional cookies are: off by signal, all_on, some_on or all_off."""
    allowed = {p.key for p in site.cookie_purposes if p.key in answers and answers[p.key].allowed}
    if signal and any(p.signal and p.key not in allowed for p in site.cookie_purposes):
        return "signal"
    if allowed:
        return "all_on" if len(allowed) == len(site.cookie_purposes) else "some_on"
    return "all_off"


def answer_empty_fragment() -> Response:
    """Answer with nothing at all, which a shop's page can take in without harm."""
    response = Response(status=204, headers=CACHING)
    del response.headers["Content-Type"]
    return response


def banner_blueprint() -> Blueprint:
    """Serve the fragment."""
    blueprint = Blueprint("banner", __name__)
    blueprint.add_url_rule(PATH, view_func=get_banner)
    return blueprint
