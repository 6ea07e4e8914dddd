"""Links in a checked list: with those who may be written to, and no further than the key reaches."""

import csv
import io

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.messages.link_token import read_token
from tests.web.check.test_list_check_api import NO, YES, listed, read
from tests.web.check.test_subject_check_api import grant
from tests.web.service import Service


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path)
    grant(made, YES)
    grant(made, NO, state="withdrawn")
    return made


@pytest.fixture
def send(service):
    def post(body, query="purpose=offers_email", key=None, **headers):
        key = key or service.key(scopes=[Scope.CHECK, Scope.LINKS])
        sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson", **headers}
        return service.client().post(f"/v1/check/stream?{query}", body, headers=sent, status="*")

    return post


def test_links_come_with_those_who_may_be_written_to(send, service):
    query = "purpose=offers_email&links=1"
    rows, _ = read(send(listed({"email": YES}, {"email": NO}), query, Host="localhost:8000"))
    assert set(rows[0]["headers"]) == {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"}
    assert "headers" not in rows[1]
    path = rows[0]["unsubscribe_url"].removeprefix("http://localhost:8000")
    assert (
        service.client().post(path, "List-Unsubscribe=One-Click", headers={"Host": "localhost:8000"}).status_int == 200
    )
    assert read(send(listed({"email": YES})))[0][0]["reason"] == "withdrawn"


def test_a_limited_key_gets_links_that_end_its_purpose_alone(send, service):
    key = service.key(scopes=[Scope.CHECK, Scope.LINKS], purposes=["offers_email", "orders"])
    query = "purpose=offers_email&links=1"
    [row], _ = read(send(listed({"email": YES}), query, key=key, Host="localhost:8000"))
    assert "preferences_url" not in row
    token = read_token(row["unsubscribe_url"][-48:], service.resources.keys.secrets.links, "demo")
    assert token.limited
    answer = send(listed({"email": YES}), f"{query}&format=csv", key=key, Host="localhost:8000")
    [_, cells, _] = csv.reader(io.StringIO(answer.text))
    assert cells[-1] == ""
    refused = send(listed({"email": YES}), "purpose=orders&links=1", key=key, Host="localhost:8000")
    assert (refused.status_int, refused.json["code"]) == (403, "key_limited")


def test_links_take_a_scope_of_their_own(send, service):
    answer = send(listed({"email": YES}), "purpose=offers_email&links=1", key=service.key(), Host="localhost:8000")
    assert (answer.status_int, answer.json["code"]) == (403, "scope_missing")


def test_links_need_to_know_where_they_lead(send):
    answer = send(listed({"email": YES}), "purpose=offers_email&links=1", Host="unknown.example")
    assert (answer.status_int, answer.json["code"]) == (409, "origin_unknown")
