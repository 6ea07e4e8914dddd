"""The check endpoint: GET /v1/check as a small callable in front of Flask, because it is asked on every page."""

import logging
from collections.abc import Iterable
from typing import Any

import msgspec

from consent_service.domain.api_key import Scope
from consent_service.domain.errors import StorageBusy, StorageUnavailable
from consent_service.services.check.checking_visitors import check_cookie, check_visitor
from consent_service.services.resources import Resources
from consent_service.services.visitor.reading_visitors import verify_cookie
from consent_service.web.api.decision_answer import DecisionAnswer, list_visible_purposes, write_answer_bodies
from consent_service.web.check.check_question import read_question
from consent_service.web.frame.key_gate import KeyGate
from consent_service.web.frame.metrics import count_check
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wsgi_app import PlainAnswer, WsgiApp

PATH = "/v1/check"
METHODS = ("GET", "HEAD")

UNAVAILABLE = Problem(503, "unavailable", "Nothing is allowed until this works again.", [("Retry-After", "1")])
INTERNAL = Problem(500, "internal", "Something went wrong here. Nothing was allowed by it.")

_log = logging.getLogger(__name__)


class CheckAnswer(msgspec.Struct, kw_only=True):
    """The decisions of one visitor by purpose; ``visitor`` is null where a cookie could not be believed."""

    visitor: str | None
    decisions: dict[str, DecisionAnswer]


class CheckEndpoint:
    """Answers the check and hands everything else to the application behind it.

    Our own front calls ``answer`` at once: to make an environment for it would cost a third of the answer.
    """

    def __init__(
        self,
        app: WsgiApp,
        resources: Resources,
        gate: KeyGate,
        headers: list[tuple[str, str]],
    ) -> None:
        self._app = app
        self._always = headers
        self._headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), *self._always]
        self._resources = resources
        self._gate = gate
        self._encode = msgspec.json.Encoder().encode

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        method = environ["REQUEST_METHOD"]
        if environ["PATH_INFO"] != PATH or method == "POST":
            return self._app(environ, start_response)
        answer = self.answer(method, environ.get("QUERY_STRING", ""), environ.get("HTTP_AUTHORIZATION"))
        return answer.start(start_response)

    def answer(self, method: str, query: str, authorization: str | None) -> PlainAnswer:
        """Answer whatever is asked at the path of the check by a method other than POST."""
        try:
            body = self._answer(method, query, authorization)
        except Problem as problem:
            return self._refuse(problem, method)
        except StorageBusy:
            return self._refuse(UNAVAILABLE, method)
        except StorageUnavailable:
            _log.exception("a check could not be answered")
            return self._refuse(UNAVAILABLE, method)
        except Exception:
            _log.exception("a check failed")
            return self._refuse(INTERNAL, method)
        headers = [*self._headers, ("Content-Length", str(len(body)))]
        return PlainAnswer(200, headers, b"" if method == "HEAD" else body)

    def _refuse(self, problem: Problem, method: str) -> PlainAnswer:
        body = problem.body()
        headers = [*problem.all_headers(), *self._always, ("Content-Length", str(len(body)))]
        return PlainAnswer(problem.status, headers, b"" if method == "HEAD" else body)

    def _answer(self, method: str, query: str, authorization: str | None) -> bytes:
        if method not in METHODS:
            allowed = ", ".join((*METHODS, "POST"))
            raise Problem(405, "method_not_allowed", f"Send {allowed} here.", [("Allow", allowed)])
        visitor, question = read_question(query)
        key, site = self._gate.admit(authorization, Scope.CHECK)
        if question.fault:
            raise question.fault()
        cookie = verify_cookie(self._resources, question.cookie) if question.cookie else None
        purposes = list_visible_purposes(site, key, question.purposes)
        if cookie:
            visitor = cookie.visitor
            answers = check_cookie(self._resources, site, cookie, purposes, signal=question.signal)
        else:
            answers = check_visitor(self._resources, site, visitor, purposes, signal=question.signal)
        count_check(site.id, answers.values())
        return self._encode(CheckAnswer(visitor=visitor, decisions=write_answer_bodies(answers)))
