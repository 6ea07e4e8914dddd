"""The feed after a restore: cursors from before are 410 for good, also once the numbers are given out again."""

import json

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.ledger.beginning_epochs import begin_epoch
from consent_service.services.subject.recording_acts import record_act
from tests.cast import SECOND


@pytest.fixture
def ask(own_service):
    key = own_service.key(scopes=[Scope.FEED, Scope.CHECK])

    def ask(address, **body):
        return own_service.ask(address, key, **body)

    return ask


def block_and_lift(service):
    for told in ({"block": Block.MANUAL}, {"lift": Block.MANUAL}):
        service.clock.advance(SECOND)
        act = Act(method=Method.API, actor="test", at=service.clock.now, **told)
        record_act(service.resources, service.demo, name_subject("demo", f"1.{'a' * 21}A"), act)


def export(ask):
    return json.loads(ask("/v1/export").body.splitlines()[0])["cursor"]


def test_a_cursor_from_before_an_epoch_is_410_for_good(own_service, ask):
    block_and_lift(own_service)
    cursors = [ask("/v1/changes").json["next"], ask("/v1/changes?limit=1").json["next"], export(ask)]
    begin_epoch(own_service.resources, [own_service.demo])
    for _ in range(3):
        block_and_lift(own_service)
        for cursor in cursors:
            answer = ask(f"/v1/changes?after={cursor}&wait=30")
            assert (answer.status_int, answer.json["code"]) == (410, "cursor_too_old")
            assert "/v1/export" in answer.json["detail"]


def test_an_export_leads_into_the_new_epoch(own_service, ask):
    block_and_lift(own_service)
    begin_epoch(own_service.resources, [own_service.demo])
    cursor = export(ask)
    block_and_lift(own_service)
    items = ask(f"/v1/changes?after={cursor}").json["items"]
    assert [item["seq"] for item in items] == [3, 4]
    assert len(ask("/v1/changes?after=0").json["items"]) == 4
