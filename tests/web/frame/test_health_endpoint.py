"""Health, readiness and metrics: for the operator, on the service's own address."""

from dataclasses import replace

import pytest

from consent_service.domain.site.site import ConfirmBy
from tests.web.raw import raw_request
from tests.web.service import SILVERLARK

PATHS = ("/healthz", "/readyz", "/metrics")
SHOP = SILVERLARK.removeprefix("https://")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:9", "127.0.0.9:8000"])
def test_they_answer_on_loopback_names_and_on_the_names_that_were_set(service, path, host):
    assert raw_request(service, path, host=host).status == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", [SHOP, f"{SHOP}:443", SHOP.upper(), f"shop.{SHOP}", "unknown.example", "10.0.0.7", ""])
def test_they_are_hidden_from_every_other_host(service, path, host):
    answer = raw_request(service, path, host=host)
    assert answer.status == 404
    assert b"consent_" not in answer.body


@pytest.mark.one_file
def test_readiness_ends_with_the_database(own_service):
    client = own_service.client()
    assert client.get("/readyz").json == {"status": "ready"}
    own_service.resources.database.close()
    own_service.settings.database.write_bytes(b"this is no database" * 1000)
    answer = client.get("/readyz", status=503)
    assert answer.json == {"status": "unready", "cause": "StorageUnavailable"}
    assert client.get("/healthz").json == {"status": "ok"}


def test_readiness_names_a_shop_whose_confirmations_nobody_sends(own_service):
    messages = replace(own_service.demo.messages, confirm_by=ConfirmBy.WEBHOOK)
    own_service.start(replace(own_service.demo, messages=messages), own_service.silverlark)
    answer = own_service.client().get("/readyz", status=200).json
    assert answer["status"] == "ready"
    [warning] = answer["warnings"]
    assert warning.startswith("demo: nobody sends the link")


def test_readiness_ends_where_the_home_is_gone(own_service):
    own_service.resources.database.close()
    for file in sorted(own_service.settings.home.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    own_service.settings.home.rmdir()
    assert own_service.client().get("/readyz", status=503).json["status"] == "unready"


@pytest.mark.one_file
def test_readiness_asks_the_file_and_not_what_is_still_in_memory(own_service):
    client = own_service.client()
    assert client.get("/readyz").json == {"status": "ready"}
    database = own_service.settings.database
    for file in (database, database.with_name(f"{database.name}-wal")):
        with file.open("r+b") as stream:
            stream.write(b"this is no database" * (file.stat().st_size // 19 + 1))
    assert client.get("/readyz", status=503).json["status"] == "unready"


@pytest.mark.parametrize("table", ["standing", "record"])
def test_readiness_ends_where_what_every_request_reads_is_broken(own_service, table):
    with own_service.resources.database.write():
        own_service.resources.database.change(f"ALTER TABLE {table} RENAME TO gone")
    assert own_service.client().get("/readyz", status=503).json["status"] == "unready"


def test_asking_for_readiness_writes_nothing(own_service):
    before = own_service.stored()
    own_service.client().get("/readyz")
    assert own_service.stored() == before


def counted(service, line):
    text = service.client().get("/metrics").text
    return next((float(one.rpartition(" ")[2]) for one in text.splitlines() if one.startswith(line)), 0.0)


def test_what_happens_is_counted_by_shop_and_kind_and_nothing_finer(service, browser):
    lines = {
        'consent_choices_total{button="accept",site="demo"}': 1,
        'consent_banners_total{kind="undecided",site="demo"}': 2,
        'consent_checks_total{reason="granted",site="demo"}': 3,
        'consent_errors_total{status="404"}': 1,
    }
    before = {line: counted(service, line) for line in lines}
    browser.banner()
    browser.press("accept")
    service.reasons(browser)
    browser.get("/consent/nothing", status=404)
    assert {line: counted(service, line) - before[line] for line in lines} == lines
    text = service.client().get("/metrics").text
    assert browser.visitor not in text
    assert "localhost" not in text
