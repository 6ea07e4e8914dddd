"""Checking a list by the client: a whole answer or nothing, whatever the service sends."""

import json

import pytest

from consent_service.client.bulk_check import BulkCheckFailed, ListService, check_list, check_many, check_to_file
from tests.client.stub_service import API_KEY, raw, sending

NEWS = "news"
ROWS = [{"email": "a@shop.example", "id": "a"}, {"email": "b@shop.example", "id": "b"}]
LINES = "application/x-ndjson"


def row(n, *, allowed=True, reason="granted", **more):
    return {"n": n, "id": "ab"[n - 1 : n], "subject": None, "allowed": allowed, "reason": reason, **more}


def summary(**changes):
    told = {"purpose": NEWS, "rows": 2, "allowed": 1, "denied": 1, "invalid": 0, "as_of": "x", "complete": True}
    return {"summary": told | changes}


GOOD = [row(1), row(2, allowed=False, reason="withdrawn"), summary()]


def body(*lines):
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def ask(service):
    return check_many(ListService(address=service.address, key=API_KEY, host="shop.example"), ROWS, NEWS)


def test_a_whole_answer_is_handed_out_in_order(service):
    service.answer = sending(200, body(*GOOD), LINES)
    assert [(one["id"], one["allowed"]) for one in ask(service)] == [("a", True), ("b", False)]
    assert [json.loads(line) for line in service.requests] == ROWS
    assert (service.headers[0]["Host"], service.headers[0]["Authorization"]) == ("shop.example", f"Bearer {API_KEY}")


def test_addresses_are_answered_with_their_links(service):
    links = {"headers": {"List-Id": "<news.shop.example>"}, "unsubscribe_url": "u", "preferences_url": "p"}
    service.answer = sending(200, body(row(1, **links), *GOOD[1:]), LINES)
    first, second = check_list(service.address, API_KEY, ["a@shop.example", "b@shop.example"], purpose=NEWS, links=True)
    assert first == (
        "a",
        True,
        "granted",
        {"List-Id": "<news.shop.example>", "unsubscribe_url": "u", "preferences_url": "p"},
    )
    assert second == ("b", False, "withdrawn", {})


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
LIES = {
    "no summary": sending(200, body(*GOOD[:2])),
    "nothing": sending(200, b""),
    "a summary that is not complete": sending(200, body(*GOOD[:2], summary(complete=False, detail="broke off"))),
    "a summary without completeness": sending(200, body(*GOOD[:2], {"summary": {"rows": 2}})),
    "a summary that is true": sending(200, body(*GOOD[:2], {"summary": True})),
    "a row too few": sending(200, body(GOOD[0], summary())),
    "a row too many": sending(200, body(*GOOD[:2], row(3), summary())),
    "rows out of order": sending(200, body(GOOD[1], GOOD[0], summary())),
    "another purpose": sending(200, body(*GOOD[:2], summary(purpose="offers"))),
    "another count of yes": sending(200, body(*GOOD[:2], summary(allowed=2))),
    "a yes for a reason of no": sending(200, body(row(1, reason="withdrawn"), *GOOD[1:])),
    "a no for a reason of yes": sending(200, body(row(1, allowed=False), *GOOD[1:])),
    "a yes in words": sending(200, body(row(1, allowed="true"), *GOOD[1:])),
    "a row that is a list": sending(200, b"[]\n" + body(*GOOD)),
    "something behind the summary": sending(200, body(*GOOD, row(3))),
    "a last line without its end": sending(200, body(*GOOD)[:-1]),
    "a line that is cut": sending(200, body(*GOOD)[:40]),
    "garbage": sending(200, b"\xff\x00{{{\n"),
    "deep nesting": sending(200, b"[" * 60_000 + b"\n"),
    "a body shorter than it says": raw(HEAD + b"Content-Length: 9999\r\n\r\n" + body(*GOOD[:2])),
    "chunks that are cut": raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n" + body(*GOOD[:2])),
    "a closed connection": raw(HEAD + b"\r\n" + body(*GOOD[:2])),
    "no answer": raw(b""),
    "no HTTP": raw(b"hello\r\n\r\n"),
    "an error": sending(503, b'{"code":"lists_too_many","detail":"come again"}'),
    "an error without words": sending(500, b"<p>"),
    "a redirect": sending(302, body(*GOOD)),
    "no content": sending(204, b""),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_nothing_is_handed_out_of_an_answer_that_is_not_whole(service, lie, tmp_path):
    service.answer = lie
    with pytest.raises(BulkCheckFailed):
        next(iter(ask(service)))
    with (tmp_path / "list").open("w+b") as file:
        with pytest.raises(BulkCheckFailed):
            check_to_file(ListService(address=service.address, key=API_KEY), [body(*ROWS)], NEWS, file)
        assert file.tell() == 0
    assert (tmp_path / "list").read_bytes() == b""


def test_a_service_that_cannot_be_reached_fails(service):
    with pytest.raises(BulkCheckFailed):
        next(iter(check_many(ListService(address="http://127.0.0.1:1", key=API_KEY), ROWS, NEWS)))


def test_the_words_of_a_refusal_are_passed_on(service):
    service.answer = LIES["an error"]
    with pytest.raises(BulkCheckFailed, match="503 lists_too_many: come again"):
        list(ask(service))


def test_progress_is_told_row_by_row(service, tmp_path):
    service.answer = sending(200, body(*GOOD), LINES)
    seen = []
    with (tmp_path / "list").open("w+b") as file:
        service = ListService(address=service.address, key=API_KEY)
        told = check_to_file(service, [body(*ROWS)], NEWS, file, progress=seen.append)
        assert file.read() == body(*GOOD[:2])
    assert (seen, told["as_of"]) == ([1, 2], "x")


@pytest.mark.parametrize("wrong", [{"address": "shop.example"}, {"address": "ftp://shop.example"}, {"key": "cs_wrong"}])
def test_what_cannot_be_an_address_or_a_key_is_refused_at_once(wrong):
    with pytest.raises(ValueError, match=r"expected an address|not a key"):
        ListService(**({"address": "http://127.0.0.1:8000", "key": API_KEY} | wrong))
