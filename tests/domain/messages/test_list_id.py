"""List-Ids: the topic, and the host they end in."""

from dataclasses import replace

import pytest

from consent_service.domain.messages.list_id import find_list_host, write_list_id
from consent_service.domain.site.site import Messages
from tests.cast import change_purpose, make_purpose, make_site

SITE = replace(make_site(), messages=Messages(sender="news@demo.example"))


def with_origins(*origins: str) -> str:
    return find_list_host(replace(SITE, origins=origins))


def test_a_list_id_is_topic_and_host():
    named = replace(SITE, messages=Messages(sender="news@demo.example", list_host="lists.demo.example"))
    assert write_list_id(named, named.purpose_by_key["newsletter"]) == "newsletter.lists.demo.example"
    renamed = change_purpose(named, "newsletter", topic="new-pieces")
    assert write_list_id(renamed, renamed.purpose_by_key["newsletter"]) == "new-pieces.lists.demo.example"


def test_a_key_with_underscores_becomes_a_topic_with_hyphens():
    site = make_site(extra=[make_purpose("offers_by_email")])
    assert write_list_id(site, site.purpose_by_key["offers_by_email"]) == "offers-by-email.demo.example"


@pytest.mark.parametrize(
    ("origins", "host"),
    [
        (("https://a.example", "https://b.example"), "a.example"),
        (("http://localhost:*", "https://shop.example:8443"), "shop.example"),
        (("https://192.0.2.1", "https://[2001:db8::1]", "https://b.example"), "b.example"),
        (("http://localhost:*",), ""),
    ],
)
def test_the_host_is_that_of_the_first_https_origin_with_a_name(origins, host):
    assert with_origins(*origins) == host


def test_a_site_without_messages_still_has_a_host():
    assert find_list_host(make_site()) == "demo.example"
