"""The answer for a purpose as the API writes it, and which purposes a key gets answers for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from consent_service.domain.api_key import ApiKey
from consent_service.domain.basics.moment import make_datetime
from consent_service.domain.ledger.decision_order import Answer
from consent_service.domain.site.site import Site
from consent_service.web.frame.key_gate import make_hidden_problem
from consent_service.web.frame.problems import Problem

MAX_PURPOSES = 50


class DecisionAnswer(msgspec.Struct, gc=False):
    """The answer for one purpose: allowed or not, why, the proving record, since when and until when."""

    allowed: bool
    reason: str
    record: str | None = None
    since: datetime | None = None
    valid_until: datetime | None = None


def list_visible_purposes(site: Site, key: ApiKey, asked: Sequence[str] | None) -> Sequence[str]:
    """List the purposes to answer for: those asked, or all that the key may see.

    Raises Problem 403 where the key may not see one that was asked, whether or not it exists.
    """
    if asked is None:
        return [purpose.key for purpose in site.purposes if key.sees(purpose.key)]
    if len(asked) > MAX_PURPOSES:
        raise Problem(400, "purposes_too_many", f"At most {MAX_PURPOSES} purposes can be asked at once.")
    if key.purposes is not None and (hidden := [purpose for purpose in asked if not key.sees(purpose)]):
        raise make_hidden_problem(key, hidden[0])
    return asked


def write_answer_bodies(answers: Mapping[str, Answer]) -> dict[str, DecisionAnswer]:
    """Write the answers by purpose; those in a row that are alike are written once."""
    bodies = {}
    written = None
    for purpose, answer in answers.items():
        if answer != written:
            written, body = answer, _write_body(answer)
        bodies[purpose] = body
    return bodies


def _write_body(answer: Answer) -> DecisionAnswer:
    """Write an answer with its times as dates, which are encoded as RFC 3339."""
    since = None if answer.since is None else make_datetime(answer.since)
    valid_until = None if answer.valid_until is None else make_datetime(answer.valid_until)
    return DecisionAnswer(answer.allowed, answer.reason, answer.record, since, valid_until)
