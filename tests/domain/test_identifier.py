"""Identifiers: visitor ids of 16 random bytes, record ids as UUIDv7."""

import base64
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.identifier import (
    RECORD_ID,
    VISITOR_ID,
    is_visitor,
    make_uuid7,
    name_visitor,
    write_visitor_id,
)

MOMENTS = st.integers(0, 2**48 * 1000 - 1)


@given(st.binary(min_size=16, max_size=16))
def test_a_visitor_id_carries_its_16_bytes_and_nothing_else(randomness):
    written = write_visitor_id(randomness)
    assert VISITOR_ID.fullmatch(written)
    assert base64.urlsafe_b64decode(written + "==") == randomness


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_visitor_id_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="16 bytes"):
        write_visitor_id(bytes(length))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 21,
        "A" * 23,
        "A" * 22 + "\n",
        "A" * 21 + "B",
        "A" * 21 + "=",
        "A" * 20 + "+A",
        "A" * 20 + "/A",
        "A" * 20 + "\u0660A",
        " " + "A" * 21,
    ],
)
def test_what_16_bytes_never_look_like_is_no_visitor_id(text):
    assert not VISITOR_ID.fullmatch(text)


def test_a_record_id_is_the_uuid_of_the_standards_example():
    randomness = bytes.fromhex("0cc3" + "18c4dc0c0c07398f")
    assert make_uuid7(0x017F22E279B0 * 1000, randomness) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(MOMENTS, st.binary(min_size=10, max_size=10))
def test_a_record_id_is_a_uuid_of_version_7(now, randomness):
    identifier = uuid.UUID(make_uuid7(now, randomness))
    assert (identifier.version, identifier.variant) == (7, uuid.RFC_4122)
    assert identifier.int >> 80 == now // 1000
    assert RECORD_ID.fullmatch(str(identifier))


@given(MOMENTS, MOMENTS, st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_record_ids_sort_by_the_millisecond_they_were_made(one, other, first, second):
    if one // 1000 < other // 1000:
        assert make_uuid7(one, first) < make_uuid7(other, second)


def test_two_ids_of_one_moment_differ():
    assert make_uuid7(1000, b"0123456789") != make_uuid7(1000, b"0123456788")


@pytest.mark.parametrize(
    "text",
    [
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n",
        "",
    ],
)
def test_other_identifiers_are_no_record_ids(text):
    assert not RECORD_ID.fullmatch(text)


def test_a_principal_begins_with_its_site():
    assert name_visitor("demo", "AAAA") == "demo/v/AAAA"


@pytest.mark.parametrize(
    ("principal", "visitor"),
    [
        ("demo/v/rdVnel7MCW2LRtv_aRI0AQ", True),
        ("v/s/1.rdVnel7MCW2LRtv_aRI0AQ", False),
        ("demo/s/1.rdVnel7MCW2LRtv_aRI0AQ/v/", False),
        ("demo/e/01a20263-31ee-7a4d-817c-d1416fe0bdef", False),
        ("", False),
    ],
)
def test_a_principal_says_whether_it_is_a_visitor(principal, visitor):
    assert is_visitor(principal) is visitor
