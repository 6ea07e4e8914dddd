"""The ledger over HTTP: checkpoint, proofs and keys, for programs and on one's own receipt."""

from dataclasses import replace

import pytest

from consent_service.services.ledger.sealing_records import seal_records
from consent_service.verifier.proof_verification import read_published_keys, verify_checkpoint, verify_proof
from tests.web.service import TEXT


@pytest.fixture
def sealed(own_service):
    browser = own_service.browser()
    browser.press("accept")
    seal_records(own_service.resources, own_service.demo, "one")
    [record] = own_service.records(browser)
    return browser, record


@pytest.fixture
def published(own_service):
    return lambda: read_published_keys(own_service.browser().get("/consent/keys.json").json)


def test_the_checkpoint_is_a_signed_note(own_service, sealed, published):
    answer = own_service.ask("/v1/checkpoint", own_service.key())
    assert answer.content_type == "text/plain"
    assert verify_checkpoint(answer.text, published()).size == 1


def test_a_record_is_proven_to_a_program(own_service, sealed, published):
    _, record = sealed
    answer = own_service.ask(f"/v1/records/{record.id}/proof", own_service.key())
    assert verify_proof(answer.text, published()).record == record
    assert f'filename="record-{record.id}.tlog-proof"' in answer.headers["Content-Disposition"]


def test_a_key_of_some_purposes_sees_no_proof_of_others(own_service, sealed):
    _, record = sealed
    answer = own_service.ask(f"/v1/records/{record.id}/proof", own_service.key(purposes=["analytics"]))
    assert (answer.status_int, answer.json["code"]) == (404, "record_unknown")


def test_what_is_not_sealed_yet_says_so(own_service):
    browser, key = own_service.browser(), own_service.key()
    answer = own_service.ask("/v1/checkpoint", key)
    assert (answer.status_int, answer.json["code"]) == (404, "nothing_sealed")
    browser.press("accept")
    [record] = own_service.records(browser)
    answer = own_service.ask(f"/v1/records/{record.id}/proof", key)
    assert (answer.status_int, answer.json["code"]) == (404, "not_sealed")
    assert browser.get(f"/consent/receipts/{record.id}.tlog-proof", status=404).status_int == 404
    assert "proof" not in browser.get(f"/consent/receipts/{record.id}.json").json
    assert TEXT("receipt.proof") not in browser.get(f"/consent/receipts/{record.id}").text


def test_ones_own_receipt_carries_the_proof(own_service, sealed, published):
    browser, record = sealed
    page = browser.get(f"/consent/receipts/{record.id}")
    assert f'href="/consent/receipts/{record.id}.tlog-proof">{TEXT("receipt.proof")}<' in page.text
    proof = browser.get(f"/consent/receipts/{record.id}.tlog-proof")
    assert verify_proof(proof.text, published()).record == record
    assert browser.get(f"/consent/receipts/{record.id}.json").json["proof"] == proof.text


def test_a_receipt_names_where_checkpoints_go_once_it_is_sealed(own_service):
    own_service.start(replace(own_service.demo, checkpoints_to="ledger@notary.example"))
    browser = own_service.browser()
    browser.press("accept")
    [record] = own_service.records(browser)
    page, file = f"/consent/receipts/{record.id}", f"/consent/receipts/{record.id}.json"
    assert "notary" not in browser.get(page).text + browser.get(file).text
    seal_records(own_service.resources, own_service.demo, "one")
    assert f"{TEXT('receipt.sent_to')} <bdi>ledger@notary.example</bdi>" in browser.get(page).text
    assert browser.get(file).json["checkpointsSentTo"] == "ledger@notary.example"


def test_nobody_gets_the_proof_of_anothers_record(own_service, sealed):
    _, record = sealed
    own_service.browser().get(f"/consent/receipts/{record.id}.tlog-proof", status=404)


def test_readiness_is_red_where_the_database_is_behind_its_checkpoints(own_service, sealed):
    own_service.resources.database.rows("UPDATE ledger SET size = 0")
    answer = own_service.client().get("/readyz", status=503)
    assert answer.json == {"status": "unready", "cause": "StoreBehind"}
