"""The imports API: a file goes in, the worker imports it, the report comes back; lists go out to admins alone."""

import csv
import io
import json

import pytest

from consent_service.domain.api_key import Scope
from consent_service.services.imports.keeping_import_files import ImportFolder, name_imports_folder
from consent_service.texts import Catalogue
from consent_service.worker.job_handlers import list_job_handlers
from consent_service.worker.job_worker import Worker
from tests.cast import SECOND
from tests.web.raw import raw_request

ADA, BEN = "ada@example.org", "ben@example.org"
YES = "2025-01-02T03:04:05Z"
FILE = f"address,status,at\n{ADA},granted,{YES}\n{BEN},unsubscribed,\n=cmd,granted,{YES}\n"
QUERY = "?source=move&purpose=care_email"
DAY = 86_400 * SECOND


@pytest.fixture
def key(own_service):
    return own_service.key(scopes=[Scope.IMPORT])


def send(service, key, body=FILE, query=QUERY, content_type="text/csv"):
    """Send a file and take whatever status comes."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": content_type}
    content = body.encode() if isinstance(body, str) else body
    return service.client().post(f"/v1/imports{query}", content, headers=headers, status="*")


def send_form(service, key, fields, files):
    """Send a form with files."""
    headers = {"Authorization": f"Bearer {key}"}
    return service.client().post("/v1/imports", fields, headers=headers, upload_files=files, status="*")


def work(service):
    """Let the worker do what is due."""
    handlers = list_job_handlers(service.settings, Catalogue())
    worker = Worker(service.resources, service.sites, handlers)
    while worker.run_once():
        pass


def report_of(service, key, identifier):
    """Read the report of an import."""
    answer = service.ask(f"/v1/imports/{identifier}/report.csv", key)
    assert (answer.status_int, answer.content_type) == (200, "text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


def code(answer):
    """The status and the code of a problem."""
    assert answer.content_type == "application/problem+json"
    return answer.status_int, answer.json["code"]


def test_a_file_is_taken_in_imported_by_the_worker_and_reported(own_service, key):
    answer = send(own_service, key)
    identifier = answer.json["import_id"]
    assert (answer.status_int, answer.json["state"], answer.json["rows"]) == (202, "running", 0)
    assert code(own_service.ask(f"/v1/imports/{identifier}/report.csv", key)) == (409, "import_running")
    work(own_service)
    told = own_service.ask(f"/v1/imports/{identifier}", key).json
    counts = {name: told[name] for name in ("rows", "applied", "unchanged", "skipped", "rejected")}
    assert counts == {"rows": 3, "applied": 2, "unchanged": 0, "skipped": 0, "rejected": 1}
    assert (told["state"], told["dry_run"]) == ("finished", False)
    rows = report_of(own_service, key, identifier)
    assert [(row["line"], row["result"], row["code"], row["address"]) for row in rows] == [
        ("2", "applied", "", ADA),
        ("3", "applied", "", BEN),
        ("4", "rejected", "invalid_address", "'=cmd"),
    ]


def test_a_form_with_a_file_says_the_same_as_a_query(own_service, key):
    fields = [("source", "move"), ("purpose", "care_email"), ("preset", "mailchimp"), ("zone", "Europe/Berlin")]
    content = f"Email Address,OPTIN_TIME\n{ADA},2025-01-02 03:04:05\n".encode()
    answer = send_form(own_service, key, fields, [("file", "subscribed_members.csv", content)])
    assert answer.status_int == 202
    work(own_service)
    assert own_service.ask(f"/v1/imports/{answer.json['import_id']}", key).json["applied"] == 1


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_form_may_hold_a_file_of_any_size_with_lines_of_any_length(own_service, key, end):
    content = FILE.encode() + (b"x" * 90_000 + end.encode()) * 30
    answer = send_form(own_service, key, [("source", "move"), ("purpose", "care_email")], [("file", "x.csv", content)])
    work(own_service)
    told = own_service.ask(f"/v1/imports/{answer.json['import_id']}", key).json
    assert (told["applied"], told["rejected"]) == (2, 31 if end else 2)


def test_a_mapping_of_ones_own_is_sent_as_json(own_service, key):
    mapping = {"columns": {"address": "Mail", "status": "News"}, "status_map": {"nein": "withdrawn"}}
    fields = [("source", "move"), ("mapping", json.dumps(mapping))]
    answer = send_form(own_service, key, fields, [("file", "x.csv", f"Mail,News\n{ADA},nein\n".encode())])
    work(own_service)
    assert own_service.ask(f"/v1/imports/{answer.json['import_id']}", key).json["applied"] == 1


def test_the_encoding_and_the_form_of_times_are_stated_beside_the_file(own_service, key):
    content = "address;status;at\nzoë@example.org;granted;12.04.2025 09:30\n".encode("windows-1252")
    fields = [("source", "move"), ("purpose", "care_email"), ("zone", "Europe/Berlin")]
    fields += [("encoding", "Windows-1252"), ("time_form", "DD.MM.YYYY HH:mm")]
    answer = send_form(own_service, key, fields, [("file", "x.csv", content)])
    work(own_service)
    identifier = answer.json["import_id"]
    assert own_service.ask(f"/v1/imports/{identifier}", key).json["applied"] == 1
    [row] = report_of(own_service, key, identifier)
    assert (row["read_as"], row["read_time"]) == ("email granted", "2025-04-12T07:30:00.000000Z")


def test_a_dry_run_changes_nothing_and_reports_the_same(own_service, key):
    before = own_service.stored()
    tried = send(own_service, key, query=f"{QUERY}&dry_run=true").json["import_id"]
    work(own_service)
    assert own_service.stored() == before
    done = send(own_service, key).json["import_id"]
    work(own_service)
    assert own_service.stored() != before
    assert report_of(own_service, key, tried) == report_of(own_service, key, done)
    assert own_service.ask(f"/v1/imports/{tried}", key).json["dry_run"] is True


def test_another_file_waits_and_the_same_file_is_the_same_import(own_service, key):
    first = send(own_service, key)
    assert send(own_service, key).json["import_id"] == first.json["import_id"]
    assert code(send(own_service, key, body=FILE + "\n")) == (409, "import_running")
    work(own_service)
    assert send(own_service, key, body=FILE + "\n").status_int == 202


@pytest.mark.parametrize(
    ("body", "query", "content_type", "told"),
    [
        (FILE, "", "text/csv", (422, "source_missing")),
        ("", QUERY, "text/csv", (422, "empty_file")),
        ("a,b\n", QUERY, "text/csv", (422, "missing_column")),
        (FILE.encode("utf-16"), QUERY, "text/csv", (422, "not_utf8")),
        (FILE.replace("ada", "zoë").encode("latin-1"), QUERY, "text/csv", (422, "not_utf8")),
        (FILE.replace("ada", "zoë"), f"{QUERY}&encoding=windows-1252", "text/csv", (422, "encoding_conflict")),
        (FILE, f"{QUERY}&encoding=rot13", "text/csv", (422, "unknown_encoding")),
        (FILE, f"{QUERY}&time_form=YYYY", "text/csv", (422, "time_form_malformed")),
        (FILE.replace("at\n", "at,cvv\n", 1), QUERY, "text/csv", (422, "payment_data")),
        (FILE, "?source=4111111111111111&purpose=care_email", "text/csv", (422, "payment_data")),
        (FILE, "?source=x&purpose=golf", "text/csv", (422, "unknown_topic")),
        (FILE, f"{QUERY}&preset=nobody", "text/csv", (422, "unknown_preset")),
        (FILE, f"{QUERY}&preset=keila&kind=x", "text/csv", (422, "unknown_kind")),
        (FILE, f"{QUERY}&zone=Mars", "text/csv", (422, "unknown_zone")),
        (FILE, f"{QUERY}&at=yesterday", "text/csv", (422, "time_malformed")),
        (FILE, f"{QUERY}&at=2099-01-01T00:00:00Z", "text/csv", (422, "future_time")),
        (FILE, f"{QUERY}&basis=contract", "text/csv", (422, "unknown_basis")),
        (FILE, f"{QUERY}&basis=whim", "text/csv", (422, "unknown_basis")),
        (FILE, f"{QUERY}&dry_run=maybe", "text/csv", (422, "body_invalid")),
        (FILE, f"{QUERY}&mapping=x", "text/csv", (422, "body_invalid")),
        (FILE, f"{QUERY}&force=true", "text/csv", (400, "parameter_unknown")),
        (FILE, f"{QUERY}&source=y", "text/csv", (400, "parameter_repeated")),
        (FILE, QUERY, "application/json", (415, "wrong_type")),
        ("", "", "multipart/form-data; boundary=x", (400, "bad_request")),
        ("junk", "", "multipart/form-data; boundary=x", (400, "bad_request")),
        ("junk", "", "multipart/form-data", (400, "bad_request")),
    ],
)
def test_what_cannot_be_taken_is_a_problem_and_leaves_no_file(own_service, key, body, query, content_type, told):
    assert code(send(own_service, key, body, query, content_type)) == told
    assert list(name_imports_folder(own_service.resources).glob("*")) == []


def test_exactly_one_file_is_taken(own_service, key):
    one = ("file", "a.csv", FILE.encode())
    for files in ([one, one], [one, ("other", "b.csv", b"x")], [("other", "b.csv", b"x")]):
        assert code(send_form(own_service, key, [("source", "move")], files)) == (422, "file_missing")
    assert list(name_imports_folder(own_service.resources).glob("*")) == []


def test_more_than_a_gibibyte_is_refused_before_it_is_read(own_service, key):
    headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "text/csv"), ("Content-Length", str((1 << 30) + 1))]
    answer = raw_request(
        own_service, "/v1/imports", method="POST", host="localhost:8000", headers=headers, query="source=x"
    )
    assert (answer.status, json.loads(answer.body)["code"]) == (413, "too_large")
    assert list(name_imports_folder(own_service.resources).glob("*")) == []


def test_half_a_file_is_not_imported(own_service, key):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv", "Content-Length": str(len(FILE) + 9)}
    answer = own_service.client().request(
        f"/v1/imports{QUERY}", method="POST", body=FILE.encode(), headers=headers, status="*"
    )
    assert answer.status_int == 400
    assert list(name_imports_folder(own_service.resources).glob("*")) == []


def test_imports_need_their_scope_and_a_key_that_sees_everything(own_service, key):
    for scopes in ([Scope.CHECK, Scope.WRITE, Scope.FEED], [Scope.ADMIN]):
        assert code(send(own_service, own_service.key(scopes=scopes))) == (403, "scope_missing")
    limited = own_service.key(scopes=[Scope.IMPORT], purposes=["care_email"])
    assert code(send(own_service, limited)) == (403, "key_limited")
    assert code(own_service.ask("/v1/exports/plain/all.csv", key)) == (403, "scope_missing")


def test_an_import_of_another_site_is_unknown(own_service, key):
    identifier = send(own_service, key).json["import_id"]
    foreign = own_service.key("silverlark", scopes=[Scope.IMPORT])
    for path in (f"/v1/imports/{identifier}", f"/v1/imports/{identifier}/report.csv", "/v1/imports/..%2f..%2fkeys"):
        assert own_service.ask(path, foreign).status_int == 404


def test_a_report_is_gone_after_30_days(own_service, key):
    identifier = send(own_service, key).json["import_id"]
    work(own_service)
    ImportFolder(own_service.resources, identifier).remove()
    assert code(own_service.ask(f"/v1/imports/{identifier}/report.csv", key)) == (404, "report_gone")


def test_a_list_goes_out_in_the_shape_of_another_tool(own_service, key):
    send(own_service, key)
    work(own_service)
    admin = own_service.key(scopes=[Scope.ADMIN])
    answer = own_service.ask("/v1/exports/mailchimp/subscribed.csv?purpose=care_email", admin)
    assert (answer.status_int, answer.content_type) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=mailchimp-subscribed.csv"
    assert [row["Email Address"] for row in csv.DictReader(io.StringIO(answer.text))] == [ADA]
    for path, told in (
        ("nobody/all.csv", (404, "unknown_preset")),
        ("keila/x.csv", (404, "unknown_kind")),
        ("plain/all.csv?purpose=golf", (422, "unknown_topic")),
        ("plain/all.csv?x=1", (400, "parameter_unknown")),
    ):
        assert code(own_service.ask(f"/v1/exports/{path}", admin)) == told
