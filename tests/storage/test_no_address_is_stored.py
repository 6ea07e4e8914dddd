"""Nothing that could lead to a person or a device is stored: no network address, no browser, no page."""

import re
from pathlib import Path

import pytest
from webtest import TestApp

from consent_service.app import create_app
from consent_service.services.operator.preparing_home import open_resources, prepare_home
from consent_service.settings import Settings

CANARIES = {
    "REMOTE_ADDR": "203.0.113.77",
    "HTTP_X_FORWARDED_FOR": "198.51.100.23, 2001:db8::77",
    "HTTP_FORWARDED": "for=198.51.100.24",
    "HTTP_USER_AGENT": "Canarybrowser/9.75 (Testmachine)",
    "HTTP_REFERER": "http://localhost/shoes/size-44?email=anna@example.org",
    "HTTP_ACCEPT_LANGUAGE": "en;q=0.813",
    "HTTP_COOKIE": "basket=canary-basket-4711",
}
PARTS = re.compile(r"[\w.:@-]{8,}")
TELLING = re.compile(r"(^|_)(ip|addr|address|agent|ua|referer|referrer|host|email|phone|location|session)(_|$)")


@pytest.fixture
def settings(tmp_path):
    settings = Settings(home=tmp_path / "home", sites=Path(__file__).resolve().parents[2] / "sites")
    prepare_home(settings)
    return settings


@pytest.fixture
def visited(settings):
    """A home folder after a visitor accepted, looked around, refused and withdrew."""
    app = TestApp(create_app(settings), extra_environ=CANARIES | {"HTTP_HOST": "localhost", "HTTP_SEC_GPC": "1"})
    for button in ("accept", "reject", "withdraw"):
        notice = re.search(r'name="notice" value="([0-9a-f]{64})"', app.get("/consent/?lang=en").text)[1]
        assert app.post("/consent/choice", {"choice": button, "notice": notice}).status_code == 303
        app.get("/consent/history")
        app.get("/no/such/page", status=404)
    return settings


@pytest.mark.threat("T34")
def test_no_address_browser_or_page_is_anywhere_in_the_home_folder(visited):
    open_resources(visited).database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    words = {word for canary in CANARIES.values() for word in PARTS.findall(canary)}
    assert len(words) > 8
    for file in (path for path in visited.home.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert not [word for word in words if word.encode() in content], file


def test_the_choices_were_stored_all_the_same(visited):
    assert open_resources(visited).database.rows("SELECT count(*) > 2 FROM record") == [(1,)]


def test_no_column_is_made_for_such_a_thing(settings):
    database = open_resources(settings).database
    tables = [row[0] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = [f"{table}.{row[1]}" for table in tables for row in database.rows(f"PRAGMA table_info({table})")]
    assert len(columns) > 30
    assert not [column for column in columns if TELLING.search(column.partition(".")[2])]
