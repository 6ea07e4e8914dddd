"""A link that a mail program broke leads where it did, on every route that takes a token."""

from urllib.parse import quote, unquote_to_bytes

import pytest

from tests.web.newsletter import everything
from tests.web.raw import raw_request
from tests.web.reader import Reader

NEWS = "offers_email"
BREAKS = ["{}/", "{}%20", "{}%3E", "{}.", "{}%20/", "{}%0D%0A", "{}%3E.", "{}%2520", "{}%C2%A0", "{}/%3E", "{}&gt;"]


def broken(path: str) -> list[str]:
    folder, _, token = path.rpartition("/")
    inside = [f"{token[:20]}{gap}{token[20:]}" for gap in ("%0D%0A%20", "%20", "=%0D%0A", "%E2%80%8B", "%C2%AD")]
    return [f"{folder}/{one}" for one in [*(form.format(token) for form in BREAKS), *inside, f"%20{token}"]]


@pytest.fixture
def anna(own_service):
    return Reader(own_service, "anna@home.example").say_yes(NEWS)


def test_one_click_at_a_broken_link_ends_the_messages(own_service, anna):
    for path in broken(anna.unsubscribe_path(NEWS)):
        served = unquote_to_bytes(path).decode("latin-1")
        answer = raw_request(own_service, served, method="POST", body=b"List-Unsubscribe=One-Click")
        assert answer.status == 200, path
    assert anna.reasons(NEWS) == ["withdrawn"]


def test_the_pages_behind_broken_links_are_those_behind_whole_ones(own_service, anna):
    browser = own_service.browser()
    for whole in (anna.unsubscribe_path(NEWS), anna.centre_path):
        shown = browser.get(whole, status=200)
        for path in broken(whole):
            assert browser.get(path, status=200).html.main.get_text() == shown.html.main.get_text(), path


def test_a_broken_link_in_a_query_still_names_nobody_else(own_service, anna):
    before = everything(own_service)
    for text in ("x", "unsub+x", quote("<>"), "%20", "%"):
        assert raw_request(own_service, f"/consent/u/{text}", method="POST", body=b"").status == 404
    assert everything(own_service) == before
