"""What the front says itself, where no thread of the application is asked: short, and never an allow."""

from typing import NamedTuple

from consent_service.front.wsgi_run import WholeAnswer, encode_headers
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.security_headers import COMMON, NOTHING, POLICY

MACHINES = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/.well-known/")
NEVER_BROKEN = ("/consent/banner", "/consent/subscribe/fragment")
"""Proxies paste whatever these answer into the shop's page."""


class ServerAnswer(NamedTuple):
    """One thing to say: to programs as a problem, to people in a line."""

    status: int
    code: str
    line: str
    headers: tuple[tuple[str, str], ...] = ()


BUSY = ServerAnswer(
    503,
    "busy",
    "Too much is going on here just now, and nothing was changed. Please try again in a moment.",
    (("Retry-After", "1"),),
)
TOO_SLOW = ServerAnswer(408, "too_slow", "The request did not come whole in time. Please send it again.")
CUT_OFF = ServerAnswer(400, "cut_off", "The request did not come whole, and nothing was changed. Please send it again.")
NOT_FOUND = ServerAnswer(404, "not_found", "There is nothing at this address.")
BROKEN = ServerAnswer(500, "internal", "Something went wrong here. Nothing was allowed by it.")


def choose_answer(answer: ServerAnswer, path: str) -> WholeAnswer:
    """Write an answer for whoever asks at this path: a problem, a line of text, or nothing for a fragment."""
    always = [*answer.headers, (POLICY, NOTHING), *COMMON, ("Cache-Control", "no-store")]
    if path in NEVER_BROKEN:
        return WholeAnswer(204, encode_headers(always), b"")
    if path.startswith(MACHINES):
        problem = Problem(answer.status, answer.code, answer.line)
        return WholeAnswer(answer.status, encode_headers([*problem.all_headers(), *always]), problem.body())
    content = [("Content-Type", "text/plain; charset=utf-8"), *always]
    return WholeAnswer(answer.status, encode_headers(content), f"{answer.line}\n".encode())
