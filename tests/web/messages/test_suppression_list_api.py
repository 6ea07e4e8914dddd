"""The suppression list: every reason, nobody who may be mailed, and a file that joins the feed."""

import csv
import io
import json

import pytest

from consent_service.domain.api_key import Scope
from tests.cast import SECOND
from tests.web.people import People

PATH = "/v1/suppressions"
EXPORT = "/v1/suppressions/export"


@pytest.fixture
def people(own_service):
    return People(own_service)


def report(people, *reasons, email):
    people.call(PATH, {"suppressions": [{"email": email, "reason": reason} for reason in reasons]})


@pytest.fixture
def suppressed(people):
    """Five people with six reasons, one who only declined a topic, and one who came back after stopping everything."""
    for name in "abc":
        report(people, "bounce", email=f"{name}@example.org")
    report(people, "complaint", "manual", email="d@example.org")
    people.call("/v1/withdrawals", {"email": "e@example.org", "all": True})
    people.call("/v1/withdrawals", {"email": "f@example.org", "purposes": ["offers_email"]})
    people.call("/v1/withdrawals", {"email": "g@example.org", "all": True})
    people.service.clock.advance(SECOND)
    people.agree(email="g@example.org")
    expected = [(f"{name}@example.org", "bounce") for name in "abc"]
    expected += [("d@example.org", "complaint"), ("d@example.org", "manual"), ("e@example.org", "stop_all")]
    return {(people.person(email).key, reason) for email, reason in expected}


def test_the_list_names_every_reason_and_nobody_who_may_be_mailed(people, suppressed):
    items = people.call(PATH, method="GET").json["items"]
    assert {(one["subject"], one["reason"]) for one in items} == suppressed
    assert len(items) == len(suppressed)


def test_the_list_is_walked_page_by_page_without_loss_or_repeat(people, suppressed):
    seen, query = [], "limit=2"
    while query:
        page = people.call(f"{PATH}?{query}", method="GET").json
        seen += [(one["subject"], one["reason"]) for one in page["items"]]
        query = page["next"] and f"limit=2&after={page['next']}"
    assert (set(seen), len(seen)) == (suppressed, len(suppressed))


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_the_export_holds_the_same_with_cursor_and_summary_and_joins_the_feed(people, suppressed, form):
    body = people.call(f"{EXPORT}?format={form}", method="GET").body
    if form == "csv":
        header, start, *rows, summary = csv.reader(io.StringIO(body.decode()))
        cursor, count = start[3], int(summary[3])
        assert header == ["subject", "reason", "since", "cursor"]
        told = {(row[0], row[1]) for row in rows}
    else:
        start, *rows, summary = map(json.loads, body.splitlines())
        cursor, count = start["cursor"], summary["summary"]["rows"]
        told = {(row["subject"], row["reason"]) for row in rows}
    assert (told, count) == (suppressed, len(suppressed))
    report(people, "bounce", email="h@example.org")
    [change] = people.call(f"/v1/changes?after={cursor}", method="GET").json["items"]
    assert (change["subject"], change["block"]) == (people.person("h@example.org").key, "bounce")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "number_invalid"),
        ("limit=1001", "number_invalid"),
        ("limit=x", "number_invalid"),
        ("after=x", "subject_malformed"),
        ("before=x", "parameter_unknown"),
    ],
)
def test_a_question_that_is_not_clear_is_a_problem(people, query, code):
    answer = people.call(f"{PATH}?{query}", method="GET")
    assert (answer.status_int, answer.json["code"]) == (400, code)


def test_no_other_site_is_in_the_list(people, suppressed):
    key = people.service.key("silverlark", scopes=list(Scope))
    assert people.call(PATH, method="GET", key=key).json == {"items": [], "next": None}
    assert people.call(EXPORT, method="GET", key=key).body.count(b"\n") == 2
