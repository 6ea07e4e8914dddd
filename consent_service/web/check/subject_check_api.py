"""The check of one person: POST /v1/check, so that no address stands in a URL or a log."""

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.identifier import VISITOR_ID
from consent_service.domain.site.purpose import Channel
from consent_service.domain.site.site import Site
from consent_service.services.check.checking_subjects import check_subject, read_feed_head
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.web.api.api_request import Person, admit, answer_json, identify, make_api_routes, read_body
from consent_service.web.api.asked_purposes import MessageClass, list_asked_purposes
from consent_service.web.api.decision_answer import DecisionAnswer, list_visible_purposes, write_answer_bodies
from consent_service.web.frame.metrics import count_check
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring


class SubjectQuestion(Person, kw_only=True, forbid_unknown_fields=True):
    """Whom and what is asked: exactly one of email, phone, subject and visitor.

    Name ``purposes``, or ``channel``, ``topic`` and ``class`` as far as they matter; with none of them the answer
    holds all messages that the key may see, and for a visitor all purposes. ``signal`` is for visitors alone.
    """

    visitor: str | None = None
    purposes: list[Annotated[str, msgspec.Meta(max_length=64)]] | None = None
    channel: Channel | None = None
    topic: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    kind: MessageClass | None = msgspec.field(name="class", default=None)
    signal: bool = False


class SubjectAnswer(msgspec.Struct, kw_only=True):
    """The decisions by purpose of one person; either ``subject`` or ``visitor`` says who that is.

    ``as_of`` is the cursor of the change feed from which to hear of what came later.
    """

    subject: str | None = None
    visitor: str | None = None
    decisions: dict[str, DecisionAnswer]
    as_of: str


def post_check() -> Response:
    """Answer for one person; somebody unknown was never asked."""
    key, site = admit(Scope.CHECK)
    question = read_body(SubjectQuestion, kept=False)
    if question.visitor is not None:
        return _check_visitor(site, key, question)
    if question.signal:
        raise Problem(422, "body_invalid", "'signal' is a browser's, so it goes with 'visitor' alone.")
    subject = identify(site, question)
    purposes = list_asked_purposes(site, key, question.purposes, question.channel, question.topic, question.kind)
    answers, as_of = check_subject(find_wiring().resources, site, subject, purposes)
    count_check(site.id, answers.values())
    return answer_json(SubjectAnswer(subject=subject.key, decisions=write_answer_bodies(answers), as_of=as_of))


def _check_visitor(site: Site, key: ApiKey, question: SubjectQuestion) -> Response:
    visitor = question.visitor or ""
    if question.email is not None or question.phone is not None or question.subject is not None:
        raise Problem(422, "person_missing", "Send exactly one of 'email', 'phone', 'subject' and 'visitor'.")
    if not VISITOR_ID.fullmatch(visitor):
        raise Problem(422, "visitor_malformed", "A visitor id is 22 characters of base64url.")
    resources = find_wiring().resources
    if question.channel or question.topic or question.kind:
        purposes = list_asked_purposes(site, key, question.purposes, question.channel, question.topic, question.kind)
    else:
        purposes = list_visible_purposes(site, key, question.purposes)
    as_of = read_feed_head(resources, site)
    answers = check_visitor(resources, site, visitor, purposes, signal=question.signal)
    count_check(site.id, answers.values())
    return answer_json(SubjectAnswer(visitor=visitor, decisions=write_answer_bodies(answers), as_of=as_of))


def subject_check_blueprint() -> Blueprint:
    """Serve the check of one person."""
    return make_api_routes("subject_check", ("POST", "/v1/check", post_check))
