"""The visitor API: state, history and single records for the shop's own programs, and erasure."""

import json
from urllib.parse import quote

import pytest

from consent_service.domain.api_key import Scope
from consent_service.keys.record_verification import verify_record
from consent_service.services.ledger.signing_records import encode_canonical_json
from tests.cast import SECOND
from tests.web.service import TEXT

NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"
ALL = {"preferences", "analytics", "marketing"}


@pytest.fixture
def key(service):
    return service.key()


def test_a_visitor_is_told_with_decisions_and_signed_records_newest_first(service, browser, key):
    browser.press("accept")
    service.clock.advance(60 * SECOND)
    browser.settle("reject")
    answer = service.ask(f"/v1/visitors/{browser.visitor}", key).json
    assert answer["visitor"] == browser.visitor
    assert {answer["decisions"][purpose]["reason"] for purpose in ALL} == {"withdrawn"}
    assert [entry["record"]["seq"] for entry in answer["history"]] == [2, 1]
    for entry in answer["history"]:
        payload = verify_record(service.resources.keys.public_keys, entry["signed"])
        assert json.loads(payload) == entry["record"]


def test_a_visitor_nobody_knows_has_an_empty_history(service, key):
    answer = service.ask(f"/v1/visitors/{NOBODY}", key)
    assert (answer.status_int, answer.json["history"], answer.json["unverified"]) == (200, [], 0)
    assert {answer.json["decisions"][purpose]["reason"] for purpose in ALL} == {"never_asked"}


def test_a_record_is_had_by_its_id(service, browser, key):
    browser.press("accept")
    [record] = service.records(browser)
    answer = service.ask(f"/v1/records/{record.id}", key).json
    assert answer["record"]["decisions"] == dict.fromkeys(sorted(ALL), "granted")
    assert verify_record(service.resources.keys.public_keys, answer["signed"]) == encode_canonical_json(record)


@pytest.mark.parametrize(
    "id_", ["x", "A" * 23, "A" * 21 + "B", "A" * 21, "%00" * 22, "..%2f..%2f", "A" * 5000, "\u4e2d" * 22]
)
def test_what_is_no_visitor_id_is_a_problem(service, id_):
    key = service.key(scopes=[Scope.CHECK, Scope.ADMIN])
    path = f"/v1/visitors/{quote(id_, safe='%')}"
    for method in ("GET", "DELETE"):
        answer = service.ask(path, key, method=method)
        assert (answer.status_int, answer.json["code"]) in ((400, "visitor_malformed"), (404, "not_found"))


@pytest.mark.parametrize("id_", ["x", "01890000-0000-7000-8000-000000000000", "%00", "' OR 1=1", "0" * 5000])
def test_what_is_no_record_id_is_unknown(service, key, id_):
    answer = service.ask(f"/v1/records/{id_}", key)
    assert (answer.status_int, answer.json["code"]) == (404, "record_unknown")


def test_erasure_takes_everything_of_one_visitor_and_keeps_only_that_it_happened(own_service):
    browser, other = own_service.browser(), own_service.browser()
    for one in (browser, other):
        one.press("accept")
        one.settle("reject")
    erasing = own_service.key(scopes=[Scope.ADMIN])
    kept = own_service.reasons(other)
    path = f"/v1/visitors/{browser.visitor}"
    assert own_service.ask(path, erasing, method="DELETE").json == {"erased": 2}
    assert own_service.ask(path, erasing, method="DELETE").json == {"erased": 0}
    assert browser.visitor not in repr(own_service.stored())
    assert own_service.stored()["erasure"][0][-1] == 2
    assert set(own_service.reasons(browser).values()) == {"never_asked"}
    assert own_service.reasons(other) == kept
    assert other.get("/consent/history").html.ol


def test_a_record_that_was_changed_is_never_shown(own_service):
    browser = own_service.browser()
    browser.press("accept")
    [record] = own_service.records(browser)
    key = own_service.key()
    with own_service.resources.database.write():
        own_service.resources.database.change("UPDATE record SET seq = 7")
    answer = own_service.ask(f"/v1/records/{record.id}", key)
    assert (answer.status_int, answer.json["code"]) == (500, "record_broken")
    assert b"granted" not in answer.body
    path = f"/consent/receipts/{record.id}"
    assert browser.get(path, status=500).html.h1.get_text() == TEXT("errors.record_broken.title")


def test_a_record_that_was_changed_hides_none_of_the_others(own_service):
    browser = own_service.browser()
    browser.press("accept")
    own_service.clock.advance(60 * SECOND)
    browser.settle("reject")
    with own_service.resources.database.write():
        own_service.resources.database.change("UPDATE record SET signed = 'x.y.z' WHERE seq = 1")
    answer = own_service.ask(f"/v1/visitors/{browser.visitor}", own_service.key())
    assert ([entry["record"]["seq"] for entry in answer.json["history"]], answer.json["unverified"]) == ([2], 1)
    page = browser.get("/consent/history").html.main
    assert len(page.ol.find_all("li", recursive=False)) == 1
    assert TEXT("history.unverified", n=1) in page.get_text()


def test_a_key_limited_to_purposes_erases_nobody(own_service):
    browser = own_service.browser()
    browser.press("accept")
    before = own_service.stored()
    key = own_service.key(scopes=[Scope.ADMIN], purposes=["analytics"])
    answer = own_service.ask(f"/v1/visitors/{browser.visitor}", key, method="DELETE")
    assert (answer.status_int, answer.json["code"]) == (403, "key_limited")
    assert own_service.stored() == before


@pytest.mark.parametrize("path", [f"/v1/visitors/{NOBODY}", "/v1/records/x"])
def test_methods_that_are_none_are_told_which_to_use(service, key, path):
    for method in ("POST", "PUT", "PATCH", "OPTIONS"):
        answer = service.ask(path, key, method=method)
        assert (answer.status_int, answer.json["code"]) == (405, "method_not_allowed")
        assert "GET" in answer.headers["Allow"]


@pytest.mark.one_file
def test_a_broken_database_is_a_503_everywhere(own_service):
    key = own_service.key(scopes=list(Scope))
    own_service.resources.database.close()
    own_service.settings.database.write_bytes(b"this is no database" * 1000)
    for method, path in (
        ("GET", f"/v1/visitors/{NOBODY}"),
        ("DELETE", f"/v1/visitors/{NOBODY}"),
        ("GET", "/v1/records/x"),
    ):
        answer = own_service.ask(path, key, method=method)
        assert (answer.status_int, answer.json["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"]
