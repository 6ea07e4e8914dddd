"""Verifying records about messages: what nobody was shown needs no notice, and a confirmation needs its request."""

import base64
import json

import pytest

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.notice import make_notice
from consent_service.domain.messages.subscription_request import RequestEnd
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.keys.signing import sign_record
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.requests import find_request, settle_request
from consent_service.verifier.export_verification import verify_export
from tests.cast import SECOND, choose

NEWS = "newsletter"


@pytest.fixture
def person(resources, site):
    return identify_email(resources, site, "ada@example.org")


@pytest.fixture
def lines(resources, site, person, clock):
    """An export of a visitor, and of a subject that asked, confirmed, let it end, was blocked and unblocked."""
    asked = site.message_purposes
    notice = make_notice(
        site, surface="subscribe", language="en", signal=False, purposes=asked, page="<p>News</p>", stylesheet="p{}"
    )
    choose(resources, site, "accept")
    request = request_subscription(
        resources, site, Wish(person=person, purposes=(NEWS,), notice=notice, origin="https://demo.example", source="x")
    )
    settle_request(resources.database, find_request(resources.database, request).hash, clock.now, RequestEnd.CONFIRMED)
    shown = {"notice": notice.digest, "language": "en", "request": request, "revives": True}
    for told in (
        {"method": Method.SUBSCRIBE_CONFIRM, "states": {NEWS: State.GRANTED}, "lasts_until": {NEWS: clock.now + 9}}
        | shown,
        {"method": Method.EXPIRY, "states": {NEWS: State.EXPIRED}},
        {"method": Method.API, "block": Block.BOUNCE},
        {"method": Method.OPERATOR, "lift": Block.BOUNCE},
        {"method": Method.ONE_CLICK, "states": {NEWS: State.WITHDRAWN}},
    ):
        clock.advance(SECOND)
        record_act(resources, site, person.principal, Act(actor="subject", at=clock.now, **told))
    return list(export_records(resources, site, None))


@pytest.fixture
def faults(resources):
    return lambda lines: verify_export(lines, resources.keys.public_keys).faults


def content(line):
    _, payload, _ = json.loads(line)["signed"].split(".")
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


def place(lines, method):
    methods = [content(line)["method"] if b'"record"' in line else "" for line in lines]
    return methods.index(method)


def resigned(resources, lines, method, **changes):
    """Sign one record anew with other content, as an operator with the key could."""
    at = place(lines, method)
    kid, seed = resources.keys.current
    signed = sign_record(seed, kid, write_canonical_json(content(lines[at]) | changes))
    return [*lines[:at], write_canonical_json({"kind": "record", "signed": signed}) + b"\n", *lines[at + 1 :]]


def test_an_export_with_messages_verifies_as_it_was_written(resources, lines):
    verdict = verify_export(lines, resources.keys.public_keys)
    assert (verdict.records, verdict.notices, verdict.faults) == (7, 2, [])


def test_the_records_of_one_subject_are_exported_with_those_of_its_requests(resources, site, person, lines, faults):
    own = list(export_records(resources, site, None, subject=person.key))
    assert [content(line)["principal"] for line in own if b'"record"' in line][-1].startswith(f"{person.principal}/")
    assert (json.loads(own[-1])["records"], faults(own)) == (6, [])
    assert json.loads(list(export_records(resources, site, None, subject=f"1.{'A' * 22}"))[-1])["records"] == 0


@pytest.mark.parametrize(
    ("method", "changes", "message"),
    [
        ("one_click", {"acted_at": "2026-01-01T12:05:05.000001Z"}, "more than five minutes before the act"),
        ("one_click", {"acted_at": "noon"}, "noon"),
        ("one_click", {"request": "019b796d-d600-7998-9071-faebc0db7432"}, "no record of the request 019b796d"),
        ("one_click", {"notice": "0" * 64}, "is missing"),
        ("one_click", {"decisions": {NEWS: "maybe"}}, "there is no state 'maybe'"),
        ("subscribe_confirm", {"decisions": {"preferences": "granted"}}, "does not list the purpose 'preferences'"),
        ("subscribe_confirm", {"evidence": {"form": 7}}, "evidence must be an object of texts"),
        ("subscribe_request", {"principal": "demo/v/AAAAAAAAAAAAAAAAAAAAAA"}, "its principal is not a subject"),
        ("accept_all", {"decisions": {"analytics": "pending"}}, "there is no state 'pending'"),
        ("accept_all", {"notice": ""}, "the notice  is missing"),
    ],
)
def test_what_a_record_cannot_say_is_named(resources, lines, faults, method, changes, message):
    assert any(message in fault for fault in faults(resigned(resources, lines, method, **changes)))


def test_an_act_five_minutes_ahead_of_its_record_is_right(resources, lines, faults):
    at = content(lines[place(lines, "one_click")])["at"]
    assert at == "2026-01-01T12:00:05.000000Z"
    assert not faults(resigned(resources, lines, "one_click", acted_at="2026-01-01T12:05:05.000000Z"))


def test_a_request_left_out_is_named_at_the_confirmation(lines, faults):
    without = [line for number, line in enumerate(lines) if number != place(lines, "subscribe_request")]
    assert any(
        f"line {place(without, 'subscribe_confirm') + 1}: there is no record" in fault for fault in faults(without)
    )
