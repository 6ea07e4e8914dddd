import hashlib
import re
import string
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.api_key import ApiKey, Scope, hash_key, is_key_shaped, make_key

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
KEY = make_key(bytes(range(32)))


def test_a_key_is_one_word_that_a_secret_scanner_can_match():
    assert re.fullmatch(r"cs_[0-9A-Za-z]{36}", KEY)


def test_the_digits_of_a_key_are_an_ordinary_base_62_number():
    assert make_key(bytes(32))[:33] == "cs_" + "0" * 30
    assert make_key(bytes(31) + b"\x3f")[:33] == "cs_" + "0" * 28 + "11"
    assert make_key(b"\xff" * 32)[3:33] == "".join(DIGITS[(2**256 - 1) // 62**at % 62] for at in range(29, -1, -1))


def test_the_checksum_is_the_crc_32_of_the_random_part():
    number = 0
    for digit in KEY[33:]:
        number = number * 62 + DIGITS.index(digit)
    assert number == zlib.crc32(KEY[3:33].encode())


@given(st.binary(min_size=32, max_size=32))
def test_every_new_key_looks_like_one(randomness):
    assert is_key_shaped(make_key(randomness))


def test_different_randomness_makes_different_keys():
    keys = {make_key(hashlib.sha256(bytes([number])).digest()) for number in range(200)}
    assert len(keys) == 200


def test_the_last_bits_of_randomness_matter():
    assert make_key(bytes(31) + b"\x01") != make_key(bytes(32))


def test_the_randomness_has_to_be_whole():
    for length in (0, 16, 31, 33):
        with pytest.raises(ValueError, match="exactly 32 bytes"):
            make_key(bytes(length))


def test_every_single_typing_error_is_noticed():
    alphabet = string.ascii_letters + string.digits + "_- "
    wrong = {KEY[:at] + letter + KEY[at + 1 :] for at in range(len(KEY)) for letter in alphabet} - {KEY}
    assert len(wrong) > 2000
    assert not any(is_key_shaped(text) for text in wrong)


def test_two_letters_swapped_are_noticed():
    for at in range(len(KEY) - 1):
        swapped = KEY[:at] + KEY[at + 1] + KEY[at] + KEY[at + 2 :]
        assert swapped == KEY or not is_key_shaped(swapped)


@pytest.mark.parametrize(
    "text",
    ["", "cs_", KEY[:-1], f"{KEY}0", f" {KEY}", f"{KEY}\n", KEY.upper(), KEY.replace("cs_", "ck_"), KEY[3:], KEY * 2],
)
def test_what_has_another_shape_is_no_key(text):
    assert not is_key_shaped(text)


@given(st.from_regex(r"cs_[0-9A-Za-z]{36}", fullmatch=True))
def test_the_right_shape_is_not_enough(text):
    assert not is_key_shaped(text)


def test_only_a_digest_of_the_key_is_kept():
    assert hash_key(KEY) == hashlib.sha256(KEY.encode()).hexdigest()


def make_api_key(**changes) -> ApiKey:
    given_values = {
        "id": "0190a8d2-7e2c-7000-8000-000000000001",
        "site": "demo",
        "label": "shop",
        "scopes": frozenset({Scope.CHECK}),
        "purposes": None,
        "created_at": 100,
    }
    return ApiKey(**given_values | changes)


def test_a_key_sees_its_purposes_only():
    key = make_api_key(purposes=frozenset({"analytics"}))
    assert key.sees("analytics")
    assert not key.sees("marketing")
    assert not make_api_key(purposes=frozenset()).sees("analytics")
    assert make_api_key(purposes=None).sees("anything")
