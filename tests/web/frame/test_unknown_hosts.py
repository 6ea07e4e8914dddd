"""A host that no site file names: counted each time and told once a minute, with what would be known."""

import logging

import pytest

from consent_service.web.frame import visit
from consent_service.web.frame.unknown_hosts import UNKNOWN_HOSTS, UnknownHosts
from tests.web.raw import raw_request

PATHS = ("/consent/banner", "/consent/", "/consent/subscribe/fragment")


@pytest.fixture
def moment():
    return [1000.0]


@pytest.fixture
def told(monkeypatch, moment, caplog):
    monkeypatch.setattr(visit, "note_unknown_host", UnknownHosts(lambda: moment[0]).note)
    caplog.set_level(logging.WARNING)
    return lambda: [one for one in caplog.records if one.name.endswith("unknown_hosts")]


@pytest.mark.parametrize("path", PATHS)
def test_why_no_banner_shows_is_told_once_a_minute_and_counted_each_time(service, told, moment, path):
    before = UNKNOWN_HOSTS._value.get()
    for later in (0, 1, 58.9, 60, 61):
        moment[0] = 1000.0 + later
        raw_request(service, path, host="shop.silverlark.exmaple:8443")
    first, second = told()
    assert first.asked == "shop.silverlark.exmaple:8443"
    assert first.known[0] == "shop.silverlark.example"
    assert "localhost:*" in first.known
    assert (first.requests, second.requests) == (1, 3)
    assert UNKNOWN_HOSTS._value.get() == before + 5


@pytest.mark.parametrize(
    ("host", "asked"),
    [("anna@home.example", "something that is not a host"), ("", "no host"), ("198.51.100.7:80", "198.51.100.7:80")],
)
def test_what_is_no_host_is_not_repeated(service, told, host, asked):
    raw_request(service, "/consent/banner", host=host)
    assert [one.asked for one in told()] == [asked]


def test_a_known_host_is_told_nothing(service, told):
    raw_request(service, "/consent/banner", host="localhost:8000")
    assert told() == []
