"""Contacts that a tap opens."""

import pytest

from consent_service.domain.site.contact_link import make_contact_link
from consent_service.domain.site.site import Contact


@pytest.mark.parametrize(
    ("channel", "address", "link"),
    [
        ("email", "privacy@shop.example", "mailto:privacy@shop.example"),
        ("email", "privacy+shop@shop.example", "mailto:privacy+shop@shop.example"),
        ("email", "a?cc=eve@shop.example", "mailto:a%3Fcc%3Deve@shop.example"),
        ("phone", "+44 117 496 0123", "tel:+441174960123"),
        ("phone", "+44 (0)117 496-0123", "tel:+441174960123"),
        ("phone", "0117/496.0123", "tel:01174960123"),
        ("phone", "+852\u00a05550\u00a00123", "tel:+85255500123"),
        ("phone", "+44 117 496 0123 ext. 5", ""),
        ("phone", "0800 SHOP", ""),
        ("phone", "+", ""),
        ("web", "https://shop.example/contact", "https://shop.example/contact"),
        ("post", "1 Road, Town", ""),
        ("messenger", "WeChat: shop-care", ""),
    ],
)
def test_mail_numbers_and_pages_are_links_and_nothing_else_is(channel, address, link):
    assert make_contact_link(Contact(channel=channel, address=address)) == link
