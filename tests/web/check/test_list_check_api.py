"""POST /v1/check/stream: a list comes back row by row and in order, and is worth nothing without its summary."""

import csv
import gzip
import io
import json

import pytest
from webtest import TestRequest

from consent_service.domain.api_key import Scope
from consent_service.services.check.limiting_lists import take_list_place
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.web.check import list_check_api as check_stream
from tests.web.check.test_subject_check_api import grant
from tests.web.service import Service

JSON = "application/x-ndjson"
YES, NO, UNKNOWN = "yes@shop.example", "no@shop.example", "unknown@shop.example"
YES_LIST = b'{"email":"yes@shop.example"}\n'


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path)
    grant(made, YES)
    grant(made, NO, state="withdrawn")
    return made


@pytest.fixture
def send(service):
    def post(body, query="purpose=offers_email", content_type=JSON, key=None, **headers):
        sent = {"Authorization": f"Bearer {key or service.key()}", "Content-Type": content_type, **headers}
        return service.client().post(f"/v1/check/stream?{query}", body, headers=sent, status="*")

    return post


def listed(*rows):
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def read(answer):
    *rows, last = [json.loads(line) for line in answer.body.splitlines()]
    assert (answer.status_int, answer.content_type) == (200, JSON)
    return rows, last["summary"]


def not_complete(answer):
    summary = read(answer)[1]
    return None if summary["complete"] else summary["code"]


def table(answer):
    return list(csv.reader(io.StringIO(answer.body.decode(), newline="")))


def test_rows_come_back_in_order_with_their_ids_and_a_summary(send):
    people = [{"email": UNKNOWN}, {"email": YES, "id": 7}, {"email": NO, "id": "b"}, {"email": YES.upper()}]
    rows, summary = read(send(listed(*people)))
    assert [(row["n"], row["id"], row["allowed"], row["reason"]) for row in rows] == [
        (1, None, False, "never_asked"),
        (2, 7, True, "granted"),
        (3, "b", False, "withdrawn"),
        (4, None, True, "granted"),
    ]
    counts = {"rows": 4, "allowed": 2, "denied": 2, "invalid": 0, "duplicates": 1, "complete": True}
    assert {name: summary[name] for name in counts} == counts
    assert (summary["purpose"], summary["valid_until"]) == ("offers_email", None)


def test_a_long_list_keeps_order_and_count(send):
    people = [{"email": f"person{number}@shop.example", "id": number} for number in range(2345)]
    rows, summary = read(send(listed(*people)))
    assert [(row["n"], row["id"]) for row in rows] == [(number + 1, number) for number in range(2345)]
    assert (summary["rows"], summary["denied"]) == (2345, 2345)


def test_one_bad_line_never_stops_the_rest(send):
    lines = [
        b'{"email":"nobody"}',
        b"not json",
        b'{"email":"a@b.example","phone":"+442079460123"}',
        b'{"mail":"a@b.example","id":3}',
        b"[1]",
        b'{"email":7}',
        b'{"email":"\xff@b.example"}',
        b'{"email":"' + b"a" * 70_000 + b'@b.example"}',
        b"",
        b"[" * 50_000,
        listed({"email": YES}).strip(),
    ]
    rows, summary = read(send(b"\n".join(lines)))
    faults = "email_malformed row_malformed person_missing person_missing row_malformed row_malformed"
    faults += " not_utf8 too_long row_malformed"
    assert [row.get("error") for row in rows] == [*faults.split(), None]
    assert not any(row["allowed"] for row in rows[:-1])
    assert {row["reason"] for row in rows[:-1]} == {"invalid"}
    assert (summary["invalid"], summary["allowed"], summary["complete"]) == (9, 1, True)


def test_plain_lines_are_their_own_ids(send, service):
    key = identify_email(service.resources, service.demo, YES).key
    rows, _ = read(send(f"{YES}\r\n\r\n{key}\nnobody".encode(), content_type="text/plain; charset=utf-8"))
    assert [(row["id"], row["allowed"]) for row in rows] == [(YES, True), (key, True), ("nobody", False)]


def test_a_byte_order_mark_before_the_first_object_is_no_part_of_it(send):
    rows, summary = read(send(b"\xef\xbb\xbf" + YES_LIST * 2))
    assert ([row["allowed"] for row in rows], summary["invalid"]) == ([True, True], 0)


def test_phone_numbers_are_read_in_the_region_of_the_site(send):
    rows, _ = read(send(b"020 7946 0123\n", "channel=sms", "text/plain"))
    assert (rows[0]["reason"], len(rows[0]["subject"])) == ("never_asked", 24)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_and_written(send, separator):
    lines = [["name", "Email", "ID"], ["Ada", YES, "1"], ["B", "nobody", "=1+1"], ["C"], ['D "x"', NO, ""]]
    body = "\r\n".join(separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines)
    head, *rows, last = table(send(f"\ufeff{body}".encode(), "purpose=offers_email&format=csv", "text/csv"))
    assert [dict(zip(head, row, strict=True))["allowed"] for row in rows] == ["true", "false", "false", "false"]
    assert [row[1] for row in rows] == ["1", "'=1+1", "", NO]
    assert [row[-1] for row in rows] == ["", "email_malformed", "person_missing", ""]
    assert (last[0], json.loads(last[1])["complete"], len(last)) == ("summary", True, len(head))


def test_formula_cells_of_our_own_exports_are_read_back(send):
    rows, _ = read(send(f"email,id\n{YES},'=1+1\n'+442079460123,x\n".encode(), content_type="text/csv"))
    assert [(row["id"], row["reason"]) for row in rows] == [("=1+1", "granted"), ("x", "invalid")]


@pytest.mark.parametrize(
    ("wanted", "expected"), [("all", {YES, NO, "nobody"}), ("allowed", {YES}), ("denied", {NO, "nobody"})]
)
def test_only_what_is_wanted_comes_back_and_all_is_counted(send, wanted, expected):
    body = f"{YES}\n{NO}\nnobody\n".encode()
    rows, summary = read(send(body, f"purpose=offers_email&return={wanted}", "text/plain"))
    assert {row["id"] for row in rows} == expected
    assert (summary["rows"], summary["allowed"], summary["denied"], summary["invalid"]) == (3, 1, 1, 1)


def test_gzip_is_unpacked(send):
    assert read(send(gzip.compress(YES_LIST), **{"Content-Encoding": "gzip"}))[1]["allowed"] == 1


def test_a_cut_upload_ends_without_a_good_summary(send):
    body = gzip.compress(listed(*({"email": f"a{n}@b.example"} for n in range(3000))))[:-20]
    assert not_complete(send(body, **{"Content-Encoding": "gzip"})) == "gzip_broken"


def test_a_body_that_is_too_large_is_refused_before_the_first_byte(send, monkeypatch):
    monkeypatch.setattr(check_stream, "MAX_BYTES", 1000)
    answer = send(b"a@b.example\n" * 200, content_type="text/plain")
    assert (answer.status_int, answer.json["code"]) == (413, "too_large")


def test_too_many_rows_end_without_a_good_summary(send, monkeypatch):
    monkeypatch.setattr(check_stream, "MAX_ROWS", 900)
    assert not_complete(send(b"a@b.example\n" * 1000, content_type="text/plain")) == "too_large"


@pytest.mark.one_file
def test_a_database_that_fails_half_way_ends_without_a_good_summary(send, service):
    service.resources.database.change("ALTER TABLE standing RENAME COLUMN decisions TO gone")
    rows, summary = read(send(listed({"email": YES})))
    assert rows == []
    assert (summary["complete"], summary["code"], summary["allowed"]) == (False, "unavailable", 0)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "purpose_unclear"),
        ("channel=email", 422, "purpose_unclear"),
        ("purpose=gadgets", 422, "purpose_unclear"),
        ("purpose=analytics", 422, "purpose_unclear"),
        ("purpose=offers_email&channel=email", 422, "purpose_unclear"),
        ("channel=pigeon", 422, "parameter_invalid"),
        ("purpose=offers_email&return=some", 422, "parameter_invalid"),
        ("purpose=offers_email&links=yes", 422, "parameter_invalid"),
        ("purpose=offers_email&limit=5", 400, "parameter_unknown"),
        ("purpose=offers_email&purpose=care_email", 400, "parameter_repeated"),
    ],
)
def test_a_question_that_is_none_is_refused_before_the_first_byte(send, query, status, code):
    answer = send(listed({"email": YES}), query)
    assert (answer.status_int, answer.json["code"]) == (status, code)


@pytest.mark.parametrize(
    ("content_type", "body", "headers", "status", "code"),
    [
        ("application/json", b"{}", {}, 415, "wrong_type"),
        ("", b"{}", {}, 415, "wrong_type"),
        (JSON, b"{}", {"Content-Encoding": "br"}, 415, "wrong_type"),
        ("text/csv", b"", {}, 422, "empty_file"),
        ("text/csv", b"name,id\nAda,1\n", {}, 422, "column_missing"),
        ("text/csv", "email\n".encode("utf-16"), {}, 422, "not_utf8"),
    ],
)
def test_a_list_that_is_none_is_refused_before_the_first_byte(send, content_type, body, headers, status, code):
    answer = send(body, content_type=content_type, **headers)
    assert (answer.status_int, answer.json["code"]) == (status, code)


def test_scope_and_purposes_of_the_key_count(send, service):
    assert send(b"", key=service.key(scopes=[Scope.FEED])).json["code"] == "scope_missing"
    assert send(b"", key=service.key(purposes=["care_email"])).json["code"] == "purpose_not_visible"


def test_a_third_list_at_a_time_is_asked_to_come_again(send, service):
    folder = service.settings.home
    with take_list_place(folder, "demo"), take_list_place(folder, "demo"):
        answer = send(listed({"email": YES}))
        assert (answer.status_int, answer.json["code"]) == (503, "lists_too_many")
        assert answer.headers["Retry-After"] == "10"
    assert read(send(b""))[1]["complete"]


def test_who_is_refused_or_hangs_up_half_way_gives_the_place_back(service, send):
    headers = {"Authorization": f"Bearer {service.key()}", "Content-Type": "text/plain"}
    body = b"a@b.example\n" * 2000
    for _ in range(3):
        assert send(b"", content_type="text/csv").status_int == 422
        request = TestRequest.blank("/v1/check/stream?purpose=offers_email", POST=body, headers=headers)
        pieces = service(request.environ, lambda *_: None)
        assert next(iter(pieces))
        pieces.close()


@pytest.mark.parametrize("header", ["Email", "E-Mail", "Email Address", "E-Mail-Adresse", "电子邮件"])
def test_a_list_may_name_its_addresses_as_tools_do(send, header):
    answer = send(f"{header},Name\n{YES},Ada\n".encode(), content_type="text/csv")
    assert answer.status_int == 200
    assert YES in answer.text
    assert "granted" in answer.text
