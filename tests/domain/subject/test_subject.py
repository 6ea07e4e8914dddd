"""Subjects: a key that names the owner of an address and does not tell it, and masks for pages."""

import base64
import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.identifier import SUBJECT_KEY, name_subject
from consent_service.domain.subject.subject import Address, AddressKind, make_subject_key, mask_address

SECRET = bytes(range(32))
ANN = Address(AddressKind.EMAIL, "ann@example.org", "Ann@example.org")
PHONE = Address(AddressKind.PHONE, "+442079460123", "+442079460123")


def email(normal: str) -> Address:
    return Address(AddressKind.EMAIL, normal, normal)


def phone(normal: str) -> Address:
    return Address(AddressKind.PHONE, normal, normal)


def test_the_key_is_half_an_hmac_over_site_kind_and_normal_form():
    whole = hmac.new(SECRET, b"demo\0email\0ann@example.org", hashlib.sha256).digest()
    assert make_subject_key(SECRET, 3, "demo", ANN) == "3." + base64.urlsafe_b64encode(whole[:16]).decode().rstrip("=")


@given(st.binary(min_size=32, max_size=32), st.integers(1, 7), st.text("abcz09-", min_size=1), st.text())
def test_a_key_is_always_24_characters_that_need_no_escaping_in_an_address(secret, number, site, normal):
    key = make_subject_key(secret, number, site, email(normal.encode(errors="ignore").decode()))
    assert SUBJECT_KEY.fullmatch(key)
    assert len(key) == 24


def test_the_key_does_not_depend_on_how_the_address_was_typed():
    assert make_subject_key(SECRET, 1, "demo", ANN) == make_subject_key(SECRET, 1, "demo", email("ann@example.org"))


@pytest.mark.parametrize(
    ("secret", "site", "address"),
    [
        (bytes(32), "demo", ANN),
        (SECRET, "other", ANN),
        (SECRET, "demo", email("anne@example.org")),
        (SECRET, "demo", phone("ann@example.org")),
    ],
)
def test_another_secret_site_kind_or_address_makes_another_key(secret, site, address):
    assert make_subject_key(secret, 1, site, address) != make_subject_key(SECRET, 1, "demo", ANN)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_plain_hashes_of_an_address_are_no_keys(algorithm):
    digest = hashlib.new(algorithm, b"ann@example.org").digest()
    spellings = {digest.hex(), digest.hex()[:22], base64.urlsafe_b64encode(digest).decode().rstrip("=")}
    assert not [text for text in spellings if SUBJECT_KEY.fullmatch(text)]
    assert digest[:16] != base64.urlsafe_b64decode(make_subject_key(SECRET, 1, "demo", ANN)[2:] + "==")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 22,
        "0." + "A" * 22,
        "8." + "A" * 22,
        "1." + "A" * 21,
        "1." + "A" * 23,
        "1." + "A" * 21 + "B",
        "1." + "A" * 22 + "\n",
        "1." + "+" + "A" * 21,
        "1-" + "A" * 22,
        "11." + "A" * 22,
        "\u0661." + "A" * 22,
        "ann@example.org",
    ],
)
def test_other_texts_are_no_subject_keys(text):
    assert not SUBJECT_KEY.fullmatch(text)


def test_a_persons_principal_begins_with_its_site():
    assert name_subject("demo", "1.AAAA") == "demo/s/1.AAAA"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (ANN, "A•••@example.org"),
        (email("a@example.org"), "a•••@example.org"),
        (email("m@xn--bcher-kva.example"), "m•••@bücher.example"),
        (email("م@xn--mgbh0fb.example"), "م•••@مثال.example"),
        (PHONE, "+44 •••• 123"),
        (phone("+16502530000"), "+1 •••• 000"),
        (phone("+79121234567"), "+7 •••• 567"),
        (phone("+35312345678"), "+353 •••• 678"),
        (phone("+80012345678"), "+800 •••• 678"),
    ],
)
def test_a_page_shows_an_address_masked(address, shown):
    assert mask_address(address) == shown


@given(st.from_regex(re.compile(r"[a-z0-9]{1,20}(?:\.[a-z0-9]{1,20})?", re.ASCII), fullmatch=True))
def test_a_mask_hides_all_but_the_first_letter_and_how_many_there_are(local_part):
    assert mask_address(email(f"{local_part}@example.org")) == f"{local_part[0]}•••@example.org"
