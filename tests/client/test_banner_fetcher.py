"""The banner for a page: the fragment as the service sends it, or nothing."""

import pytest

from consent_service.client import banner_fetcher
from consent_service.client.banner_fetcher import BannerFetcher
from tests.client.stub_service import allowing, cookie_text, dripping, hanging, raw, sending

FRAGMENT = '<section id="cc">Ça va ?</section>'
GOOD = sending(200, FRAGMENT.encode(), "text/html; charset=utf-8")


@pytest.fixture
def fetcher(service, timer):
    fetcher = BannerFetcher(service.address, host="shop.example", secure=False, timer=timer)
    yield fetcher
    fetcher.close()


@pytest.fixture
def patient(fetcher, monkeypatch):
    """Wait long, so that a busy machine changes no answer."""
    monkeypatch.setattr(banner_fetcher, "PATIENCE_SECONDS", 30)
    return fetcher


def test_the_fragment_comes_as_it_was_sent(patient, service):
    service.answer = GOOD
    assert patient.fetch(None, None, None) == FRAGMENT
    assert service.requests == ["/consent/banner"]


def test_the_visitors_language_signal_and_consent_cookie_go_along_and_the_shops_cookies_stay(patient, service):
    service.answer = GOOD
    patient.fetch(f"basket=3; consent={cookie_text()}; session=secret", "de, en;q=0.5", "1")
    sent = service.headers[0]
    assert sent["Cookie"] == f"consent={cookie_text()}"
    assert (sent["Accept-Language"], sent["Sec-GPC"], sent["Host"]) == ("de, en;q=0.5", "1", "shop.example")


def test_absent_headers_stay_absent(patient, service):
    service.answer = GOOD
    patient.fetch("basket=3", None, None)
    assert not {"Cookie", "Accept-Language", "Sec-GPC"} & set(service.headers[0])


@pytest.mark.parametrize(
    "answer",
    [
        sending(204, b""),
        sending(500, FRAGMENT.encode(), "text/html"),
        sending(404, FRAGMENT.encode(), "text/html"),
        sending(200, FRAGMENT.encode(), "application/json"),
        sending(200, b"\xff\xfe", "text/html"),
        sending(200, b"x" * 70_000, "text/html"),
        raw(b""),
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n" + FRAGMENT.encode()),
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + FRAGMENT.encode()),
        allowing(),
    ],
)
def test_anything_else_is_no_banner(patient, service, answer):
    service.answer = answer
    assert patient.fetch("consent=x", None, None) == ""


@pytest.mark.parametrize("answer", [hanging, dripping(b"HTTP/1.1 200 OK\r\n"), dripping(b"")])
def test_a_page_does_not_wait_for_a_service_that_holds_on(fetcher, service, answer):
    service.answer = answer
    assert fetcher.fetch(None, None, None) == ""
    assert not service.released.is_set()


@pytest.mark.parametrize("value", ["de\r\nX-Evil: 1", "de\nX-Evil: 1", "\u4e2d"])
def test_a_header_that_cannot_be_sent_is_no_banner(patient, service, value):
    service.answer = GOOD
    assert patient.fetch(None, value, None) == ""
    assert service.requests == []


def test_five_failures_spare_pages_the_wait_for_half_a_minute(patient, service, timer):
    service.answer = sending(500, b"")
    for _ in range(8):
        assert patient.fetch(None, None, None) == ""
    assert len(service.requests) == 5
    service.answer = GOOD
    timer.now += 30
    assert patient.fetch(None, None, None) == FRAGMENT
