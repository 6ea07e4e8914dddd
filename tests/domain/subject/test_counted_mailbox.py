"""Mailboxes: spellings of one are counted as one, and domains that everybody shares as none."""

import pytest

from consent_service.domain.subject.counted_mailbox import find_own_domain, fold_mailbox
from consent_service.domain.subject.subject import Address, AddressKind


def mail(text: str) -> Address:
    return Address(AddressKind.EMAIL, text, text)


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("anna@home.example", "anna@home.example"),
        ("anna+shop@home.example", "anna@home.example"),
        ("anna+a+b@home.example", "anna@home.example"),
        ("an.na@home.example", "an.na@home.example"),
        ("an.na+x@gmail.com", "anna@gmail.com"),
        ("+x@home.example", "+x@home.example"),
    ],
)
def test_what_stands_behind_a_plus_sign_makes_no_other_mailbox(text, mailbox):
    assert fold_mailbox(mail(text)) == mailbox


def test_a_domain_of_ones_own_is_counted_and_a_shared_one_is_not():
    assert find_own_domain(mail("a@home.example")) == "home.example"
    assert find_own_domain(mail("a@gmail.com")) is None
    phone = Address(AddressKind.PHONE, "+447400123456", "+447400123456")
    assert (fold_mailbox(phone), find_own_domain(phone)) == ("+447400123456", None)
