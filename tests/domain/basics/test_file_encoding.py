"""Encodings: UTF-8 or what is stated, found wrong with the line, and never guessed."""

import pytest

from consent_service.domain.basics.file_encoding import ENCODINGS, check_encoding, read_as_utf8
from consent_service.domain.basics.row_fault import ImportFault
from tests.domain.imports.import_samples import chunks

TEXT = "address,status,name\nada@example.org,unsubscribed,Zoë\n"


def fault_of(content: bytes, encoding: str = "utf-8", size: int = 7) -> ImportFault:
    with pytest.raises(ImportFault) as caught:
        check_encoding(chunks(content, size), encoding)
    return caught.value


@pytest.mark.parametrize("size", [1, 3, 10_000])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_byte_that_is_no_utf_8_refuses_the_file_and_names_the_line(size, end):
    fault = fault_of(TEXT.replace("\n", end).encode("windows-1252"), size=size)
    assert (fault.code, fault.detail.partition(";")[0]) == ("not_utf8", "line 2 is not UTF-8 (byte 0xEB)")
    assert "windows-1252" in fault.detail


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-15", "utf-16", "utf-16-le", "utf-16-be", "mac-roman"])
@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_a_stated_encoding_is_read(encoding, size):
    content = TEXT.encode(encoding)
    check_encoding(chunks(content, size), encoding)
    assert b"".join(read_as_utf8(chunks(content, size), encoding)).decode() == TEXT


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-1", "koi8-r"])
def test_what_is_utf_8_is_taken_for_nothing_else(encoding):
    assert fault_of(TEXT.encode(), encoding).code == "encoding_conflict"
    check_encoding(chunks(TEXT.replace("ë", "e")), encoding)


def test_utf_16_is_told_from_everything_else():
    content = TEXT.encode("utf-16")
    for encoding in ("utf-8", "windows-1252"):
        fault = fault_of(content, encoding, size=10_000)
        assert fault.code == "not_utf8"
        assert "state utf-16" in fault.detail


def test_a_byte_that_the_stated_encoding_does_not_have_names_the_line():
    fault = fault_of(b"address\nada@example.org\n\x81\n", "windows-1252")
    assert (fault.code, fault.detail) == ("encoding_conflict", "line 3 is not WINDOWS-1252 (byte 0x81)")


@pytest.mark.parametrize("size", [1, 2, 10_000])
@pytest.mark.parametrize("written", ["utf-8", "windows-1252", "utf-16-le"])
def test_utf_16_without_its_mark_is_refused_and_not_guessed(written, size):
    fault = fault_of("address\nada@example.org\n".encode(written), "utf-16", size)
    assert (fault.code, fault.detail.partition(" (")[0]) in {
        ("encoding_conflict", "line 1 is not UTF-16"),
        ("not_utf8", "the file is UTF-16 or UTF-32; save it as UTF-8, or state utf-16"),
    }


def test_half_a_letter_at_the_end_is_no_utf_8():
    assert fault_of(b"address\nZo\xc3").code == "not_utf8"


def test_an_encoding_there_is_not_is_refused_with_those_there_are():
    assert fault_of(b"x", "rot13").code == "unknown_encoding"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_that_may_be_stated_can_be_read(encoding):
    check_encoding([b""], encoding)
    assert list(filter(None, read_as_utf8([b""], encoding))) == []
