"""The choice endpoint in front of Flask: the same answer and the same record as the view behind it, for every form."""

import re

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.ledger.reading_records import read_history
from consent_service.web.visitor import choice_answer, choice_endpoint, choice_page
from tests.web.raw import raw_request

PLAIN = "application/x-www-form-urlencoded"
TO_FLASK = f"{PLAIN}; charset=utf-8"
OWN = ("Sec-Fetch-Site", "same-origin")

FORMS = {
    "accept": "choice=accept&notice={notice}",
    "reject": "choice=reject&notice={notice}",
    "save": "choice=save&p=analytics&p.marketing=no&notice={notice}",
    "save with radios": "choice=save&p.analytics=yes&p.marketing=no&p.preferences=yes&notice={notice}",
    "withdraw": "choice=withdraw&notice={notice}",
    "withdraw one": "choice=withdraw&p=analytics&notice={notice}",
    "a way back": "choice=accept&notice={notice}&return=/pieces%3Fa=1%26b=%C3%A9%2B+",
    "a way back elsewhere": "choice=accept&notice={notice}&return=https://evil.example/",
    "a way back to the preferences": "choice=accept&notice={notice}&return=/consent/",
    "empty fields": "choice=accept&&notice={notice}&x=&=y",
    "quoted": "%63hoice=%61ccept&notice={notice}",
    "contradictory": "choice=accept&choice=reject&notice={notice}",
    "unknown purpose": "choice=save&p=tracking&notice={notice}",
    "unknown notice": "choice=accept&notice=0",
    "no notice": "choice=accept",
    "broken UTF-8": "choice=accept&notice={notice}&return=%FF",
    "nothing": "",
    "many fields": "choice=accept&notice={notice}" + "&x=y" * 99,
}
SENDERS = {
    "own page": [OWN],
    "own page with a referrer": [OWN, ("Referer", "http://localhost:8000/pieces?x")],
    "with the signal": [OWN, ("Sec-GPC", "1")],
    "in German": [OWN, ("Accept-Language", "de")],
    "with cookies to remove": [OWN, ("Cookie", "visit_id=1; basket=2; shop_prefs=\xe9; visit_=\x80")],
    "another page": [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
    "nobody knows": [],
    "an old browser": [("Origin", "http://localhost:8000")],
}


def outcome(service, headers, body, content_type):
    """Post a form and return what was answered and recorded, without what is random."""
    headers = [*headers, ("Content-Type", content_type)]
    known = {row[0] for row in service.resources.database.rows("SELECT principal FROM record")}
    answer = raw_request(service, "/consent/choice", method="POST", headers=headers, body=body)
    fresh = {row[0] for row in service.resources.database.rows("SELECT principal FROM record")} - known
    records = [
        {
            name: getattr(entry.record, name)
            for name in entry.record.__slots__
            if name not in ("id", "principal", "previous")
        }
        for principal in fresh
        for entry in read_history(service.resources, service.demo, principal.rpartition("/")[2]).statements
    ]
    told = [
        (name, re.sub(r"\.[\w-]{22}\.|(?<=-confirm=)[\w-]{22}|[\w-]{86}|[\w-]{6}\.[\w-]{43}|Expires=[^;]+", "", value))
        for name, value in answer.headers
    ]
    page = re.sub(rb'value="[\w-]{6}\.[\w-]{43}"', b"", answer.body)
    return answer.status, sorted(told), page, records


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_view_behind_says_and_records_the_same(service, browser, form, sender):
    body = form.format(notice=browser.digest()).encode()
    assert outcome(service, sender, body, PLAIN) == outcome(service, sender, body, TO_FLASK)


def test_a_plain_form_is_taken_in_front_of_flask(service, browser, monkeypatch):
    monkeypatch.setattr(choice_page, "save_choice", None)
    body = f"choice=accept&notice={browser.digest()}".encode()
    assert outcome(service, [OWN], body, PLAIN)[0] == 303


@pytest.mark.parametrize("length", ["40", "4097", "-1", "1e2", "", "\xb2", "9" * 30])
def test_a_form_that_is_not_as_long_as_it_says_is_left_to_the_view(service, monkeypatch, length):
    monkeypatch.setattr(choice_endpoint, "save_choice", None)
    before = service.stored()
    headers = [OWN, ("Content-Type", PLAIN), ("Content-Length", length)]
    answer = raw_request(service, "/consent/choice", method="POST", headers=headers, body=b"choice=accept&notice=0")
    assert answer.status in (400, 409, 413)
    assert service.stored() == before


def test_what_fails_while_recording_is_tried_once_and_told_by_a_page(service, browser, monkeypatch):
    attempts = []

    def fail(*_):
        attempts.append(1)
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(choice_answer, "record_choice", fail)
    body = f"choice=accept&notice={browser.digest()}".encode()
    status, _, page, records = outcome(service, [OWN], body, PLAIN)
    assert (status, records, attempts) == (503, [], [1])
    assert b"<h1" in page
