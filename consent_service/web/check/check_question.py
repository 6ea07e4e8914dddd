"""The check question: how the query of GET /v1/check is read, strictly, and the same part of it only once."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from consent_service.domain.api_key import PREFIX
from consent_service.domain.identifier import VISITOR_ID
from consent_service.web.frame.key_gate import refuse_key_in_url
from consent_service.web.frame.problems import Problem

MAX_QUERY = 4096
PARAMETERS = frozenset({"visitor", "cookie", "purpose", "signal"})
REMEMBERED_RESTS = 256
ANYBODY = f"visitor={'A' * 22}"
VISITOR = slice(len("visitor="), len(ANYBODY))
PLAIN = re.compile(rf"visitor={VISITOR_ID.pattern}(?=&|\Z)", re.ASCII)
"""A visitor who stands first and needs no unquoting, as every client writes it."""

Fault = Callable[[], Problem]


class Question(NamedTuple):
    """What is asked about a visitor; ``purposes`` is None for all, ``cookie`` None where none was sent.

    ``fault`` makes the Problem with the visitor, if there is one: told only to a key that counts.
    """

    cookie: str | None
    purposes: tuple[str, ...] | None
    signal: bool
    fault: Fault | None


def read_question(query: str) -> tuple[str | None, Question]:
    """Read a query into the visitor as sent, if one was, and the question.

    Raises Problem 400 for parameters that are not as documented and 414 for too many of them.
    """
    if PLAIN.match(query):
        return query[VISITOR], _read_rest(query[len(ANYBODY) :])
    return _read(query)


@lru_cache(maxsize=REMEMBERED_RESTS)
def _read_rest(rest: str) -> Question:
    """Read what follows the visitor, which comes again and again; who is asked about is never remembered."""
    return _read(ANYBODY + rest)[1]


def _read(query: str) -> tuple[str | None, Question]:
    if len(query) > MAX_QUERY:
        raise Problem(414, "query_too_long", f"The query is limited to {MAX_QUERY} characters.")
    given: dict[str, list[str]] = {}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        given.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    if not PARAMETERS.issuperset(given) or PREFIX in query:
        refuse_key_in_url((name, value) for name, values in given.items() for value in values)
    if not PARAMETERS.issuperset(given):
        stray = min(set(given) - PARAMETERS)
        known = "'visitor', 'cookie', 'purpose' and 'signal'"
        raise Problem(400, "parameter_unknown", f"There is no parameter {stray[:64]!r}; known are {known}.")
    for name in ("visitor", "cookie", "signal"):
        if len(given.get(name, ())) > 1:
            raise Problem(400, "parameter_repeated", f"Send '{name}' once.")
    if given.get("signal", ["none"])[0] not in ("gpc", "none"):
        raise Problem(400, "signal_unknown", "'signal' is 'gpc' or 'none'.")
    visitor = given["visitor"][0] if "visitor" in given else None
    cookie = given["cookie"][0] if "cookie" in given else None
    fault = _find_fault(visitor, cookie)
    return visitor, Question(
        cookie=None if fault else cookie,
        purposes=tuple(given["purpose"]) if "purpose" in given else None,
        signal=given.get("signal") == ["gpc"],
        fault=fault,
    )


def _find_fault(visitor: str | None, cookie: str | None) -> Fault | None:
    if (visitor is None) == (cookie is None):
        return _report_missing_visitor
    return None if visitor is None or VISITOR_ID.fullmatch(visitor) else _report_malformed_visitor


def _report_missing_visitor() -> Problem:
    return Problem(400, "visitor_missing", "Send either 'visitor' or 'cookie'.")


def _report_malformed_visitor() -> Problem:
    detail = "A visitor id is 22 characters of base64url: the third part of the visitor cookie."
    return Problem(400, "visitor_malformed", detail)
