"""The check endpoint: GET /v1/check as a small WSGI callable in front of Flask, because it is asked on every page."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.moment import make_datetime, make_timedelta
from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.decision import Answer
from consent_service.domain.site.site import Site
from consent_service.services.check.checking_visitors import check_visitor, verify_cookie
from consent_service.services.resources import Resources
from consent_service.web.check.check_question import read_question
from consent_service.web.frame.key_gate import KeyGate
from consent_service.web.frame.metrics import count_check
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.security_headers import NOTHING, POLICY
from consent_service.web.frame.wsgi_app import WsgiApp

PATH = "/v1/check"
MAX_PURPOSES = 50
METHODS = ("GET", "HEAD")

UNAVAILABLE = Problem(503, "unavailable", "Nothing is allowed until this works again.", [("Retry-After", "1")])
INTERNAL = Problem(500, "internal", "Something went wrong here. Nothing was allowed by it.")

_log = logging.getLogger(__name__)


class DecisionAnswer(msgspec.Struct, gc=False):
    """The answer for one purpose: allowed or not, why, the proving record, since when and until when."""

    allowed: bool
    reason: str
    record: str | None = None
    since: datetime | None = None
    valid_until: datetime | None = None


class CheckAnswer(msgspec.Struct, kw_only=True):
    """The decisions of one visitor by purpose; ``visitor`` is null where a cookie could not be believed."""

    visitor: str | None
    decisions: dict[str, DecisionAnswer]


class CheckEndpoint:
    """Answers the check and hands everything else to the application behind it."""

    def __init__(
        self,
        app: WsgiApp,
        resources: Resources,
        gate: KeyGate,
        headers: list[tuple[str, str]],
    ) -> None:
        self._app = app
        self._always = [(POLICY, NOTHING), *headers]
        self._headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), *self._always]
        self._resources = resources
        self._gate = gate
        self._encode = msgspec.json.Encoder().encode

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] == "POST":
            return self._app(environ, start_response)
        try:
            body = self._answer(environ)
        except Problem as problem:
            return self._refuse(problem, environ, start_response)
        except StorageUnavailable:
            _log.exception("a check could not be answered")
            return self._refuse(UNAVAILABLE, environ, start_response)
        except Exception:
            _log.exception("a check failed")
            return self._refuse(INTERNAL, environ, start_response)
        start_response("200 OK", [*self._headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _refuse(self, problem: Problem, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = problem.body()
        headers = [*problem.all_headers(), *self._always, ("Content-Length", str(len(body)))]
        start_response(f"{problem.status} {HTTPStatus(problem.status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(self, environ: dict[str, Any]) -> bytes:
        if environ["REQUEST_METHOD"] not in METHODS:
            allowed = ", ".join((*METHODS, "POST"))
            raise Problem(405, "method_not_allowed", f"Send {allowed} here.", [("Allow", allowed)])
        visitor, question = read_question(environ.get("QUERY_STRING", ""))
        key, site = self._gate.admit(environ.get("HTTP_AUTHORIZATION"), Scope.CHECK)
        if question.fault:
            raise question.fault()
        if question.cookie is not None:
            visitor = self._believed(question.cookie)
        purposes = list_visible_purposes(site, key, question.purposes)
        answers = check_visitor(self._resources, site, visitor, purposes, signal=question.signal)
        count_check(site.id, answers.values())
        return self._encode(CheckAnswer(visitor=visitor, decisions=write_answer_bodies(answers)))

    def _believed(self, cookie: str) -> str | None:
        verified = verify_cookie(self._resources, cookie)
        return verified.visitor if verified else None


def list_visible_purposes(site: Site, key: ApiKey, asked: Sequence[str] | None) -> Sequence[str]:
    """List the purposes to answer for: those asked, or all that the key may see.

    Raises Problem 403 where the key may not see one that was asked, whether or not it exists.
    """
    if asked is None:
        return [purpose.key for purpose in site.purposes if key.sees(purpose.key)]
    if len(asked) > MAX_PURPOSES:
        raise Problem(400, "purposes_too_many", f"At most {MAX_PURPOSES} purposes can be asked at once.")
    if key.purposes is not None and (hidden := [purpose for purpose in asked if not key.sees(purpose)]):
        raise Problem(403, "purpose_not_visible", f"This key may not see the purpose {hidden[0][:64]!r}.")
    return asked


def write_answer_bodies(answers: Mapping[str, Answer]) -> dict[str, DecisionAnswer]:
    """Write the answers by purpose; one that stands for several purposes in a row is written once."""
    bodies = {}
    written = None
    for purpose, answer in answers.items():
        if answer is not written:
            written, body = answer, _body(answer)
        bodies[purpose] = body
    return bodies


def _body(answer: Answer) -> DecisionAnswer:
    """Write an answer with its times as dates, which are encoded as RFC 3339."""
    allowed, reason, record, since, valid_until = answer
    if since is None:
        return DecisionAnswer(allowed, reason, record)
    begins = make_datetime(since)
    ends = None if valid_until is None else begins + make_timedelta(valid_until - since)
    return DecisionAnswer(allowed, reason, record, begins, ends)
