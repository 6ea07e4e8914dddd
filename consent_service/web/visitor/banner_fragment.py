"""The banner fragment: the same bytes for every undecided visitor, one line for everybody else, never an error."""

import logging
from collections.abc import Mapping

from flask import Blueprint, Response

from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.decision_order import Answer
from consent_service.domain.site.site import Site
from consent_service.services.check.checking_visitors import answer_from_decisions
from consent_service.services.visitor.reading_visitors import list_purposes_to_ask, read_current_choice
from consent_service.web.frame.metrics import count_banner
from consent_service.web.frame.visit import UnknownHost, Visit, read_visit
from consent_service.web.frame.wiring import find_wiring

PATH = "/consent/banner"
CACHING = [("Cache-Control", "private, no-cache"), ("Vary", "Accept-Language, Cookie, Sec-GPC")]
HEADERS = [("Content-Type", "text/html; charset=utf-8"), *CACHING]

_log = logging.getLogger(__name__)


def get_banner() -> Response:
    """Send the fragment for this visitor.

    Include filters paste whatever comes into the shop's page, so every fault inside becomes an empty 204.
    """
    try:
        return _make_fragment()
    except UnknownHost:
        return answer_empty_fragment()
    except Exception:
        _log.exception("the banner could not be made")
        return answer_empty_fragment()


def _make_fragment() -> Response:
    wired, visit = find_wiring(), read_visit()
    if visit.cookie is None:
        shown = wired.board.banner(visit.site, visit.language, visit.signal)
        if shown.notice.purposes:
            return _answer(visit, "undecided", shown.body)
        summary = summarise_answers(visit.site, {}, signal=visit.signal)
        return _answer(visit, "settled", wired.board.settled(visit.site, visit.language, summary, decided=False))
    current, store_behind = read_current_choice(wired.resources, visit.site, visit.cookie)
    if asked := list_purposes_to_ask(wired.resources, visit.site, current, signal=visit.signal):
        standing = any(d.state == State.GRANTED for key, d in current.items() if key not in {p.key for p in asked})
        shown = wired.board.banner_for(visit.site, visit.language, visit.signal, asked, standing=standing)
        return _answer(visit, "store_behind" if store_behind else "undecided", shown.body)
    answers = answer_from_decisions(
        wired.resources, visit.site, current, visit.site.purpose_by_key, signal=visit.signal
    )
    summary = summarise_answers(visit.site, answers, signal=visit.signal)
    return _answer(visit, "settled", wired.board.settled(visit.site, visit.language, summary, decided=True))


def summarise_answers(site: Site, answers: Mapping[str, Answer], *, signal: bool) -> str:
    """Say in one word what a visitor's optional cookies are: off by signal, all_on, some_on or all_off."""
    allowed = {p.key for p in site.cookie_purposes if p.key in answers and answers[p.key].allowed}
    if signal and any(p.signal and p.key not in allowed for p in site.cookie_purposes):
        return "signal"
    if allowed:
        return "all_on" if len(allowed) == len(site.cookie_purposes) else "some_on"
    return "all_off"


def _answer(visit: Visit, kind: str, body: bytes) -> Response:
    count_banner(visit.site.id, kind)
    return Response(body, 200, HEADERS)


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
