"""Texts that are no e-mail addresses, and what is said about them."""

import pytest

from consent_service.addressing.email_address import read_email
from consent_service.domain.errors import AddressFault
from tests.addressing.outcome import outcome

INVISIBLE = "\0\t\n\r\x1f\x7f\x85\u00ad\u034f\u061c\u115f\u180e\u200b\u200d\u200e\u202a\u202e\u2028\u2066\u2800"
MORE_INVISIBLE = "\u3164\ufe0f\ufeff\uffa0\U000e0041\U000e0100\ud800\ue000\U0001d173"


@pytest.mark.parametrize("character", INVISIBLE + MORE_INVISIBLE, ids=ascii)
@pytest.mark.parametrize(
    "text", ["a{}nn@example.org", "ann@exa{}mple.org", "ann{}@example.org", "\u00fc{}@example.org"]
)
def test_an_invisible_character_is_refused_by_name(text, character):
    with pytest.raises(AddressFault, match=f"U\\+{ord(character):04X}") as caught:
        read_email(text.format(character))
    assert caught.value.code == "invisible_character"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \t\u3000", "empty"),
        ("a" * 243 + "@example.org", "too_long"),
        ("\u00e9" * 122 + "@example.org", "too_long"),
        ("a" * 100_000, "too_long"),
        ("ann", "email_malformed"),
        ("ann@", "email_malformed"),
        ("@example.org", "email_malformed"),
        ("ann@@example.org", "email_malformed"),
        ("ann@example", "email_malformed"),
        ("ann@test", "email_malformed"),
        ("ann@localhost", "email_malformed"),
        ("ann@shop.localhost", "email_malformed"),
        ("ann@shop.invalid", "email_malformed"),
        ("ann@example.org.", "email_malformed"),
        ("ann@exa_mple.org", "email_malformed"),
        ("ann@[192.0.2.1]", "email_malformed"),
        ("ann@192.0.2.1", "email_malformed"),
        (".ann@example.org", "email_malformed"),
        ("an..n@example.org", "email_malformed"),
        ("an n@example.org", "email_malformed"),
        ("an\u00a0n@example.org", "email_malformed"),
        ("ann@example.org, bob@example.org", "email_malformed"),
        ("Ann <ann@example.org>", "email_malformed"),
        ("<ann@example.org>", "email_malformed"),
        ('"ann"@example.org', "email_malformed"),
        ('"an n"@example.org', "email_malformed"),
        ("a\u037eb@example.org", "email_malformed"),
        ("ann@xn---bbk.example", "email_malformed"),
        ("ann@1.\u05d0\u05d1.example", "email_malformed"),
        ("mailto:ann@example.org?cc=b@example.org", "email_malformed"),
        ("5d41402abc4b2a76b9719d911017c592", "email_malformed"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_is_no_address_is_refused_with_the_reason(text, code):
    assert outcome(read_email, text) == code


@pytest.mark.parametrize("text", ["zebra", "zebra@@x.org", "zebra@z\u200b.org", "zebra@localhost", "zebra" * 100])
def test_a_fault_says_what_is_wrong_without_quoting_the_address(text):
    with pytest.raises(AddressFault, match=r"\A[ -~]+\Z") as caught:
        read_email(text)
    assert "zebra" not in caught.value.detail


@pytest.mark.parametrize("letter", "\ufffd\ufffc", ids=ascii)
@pytest.mark.parametrize("text", ["m{}ller@example.org", "ann@b{}cher.example", "{}ann@example.org"])
def test_what_stands_for_a_letter_that_could_not_be_read_is_in_nobodys_address(text, letter):
    assert outcome(read_email, text.format(letter)) == "email_malformed"


@pytest.mark.parametrize("name", ["m\u00fcller", "jos\u00e9", "na\u00efve", "\u0161imek", "\u00df", "\u4f8b\u3048"])
def test_a_file_of_utf_8_that_was_read_as_windows_1252_or_latin_1_names_nobody(name):
    for encoding in ("cp1252", "latin-1"):
        misread = name.encode().decode(encoding, errors="replace")
        assert outcome(read_email, f"{misread}@example.org") in ("email_malformed", "invisible_character")
        assert outcome(read_email, f"{name}@example.org") != "email_malformed"


@pytest.mark.parametrize("text", ["\u00e1\u0161@example.org", "luk\u00e1\u0161@example.org", "c\u0153ur@example.org"])
def test_letters_that_only_resemble_a_misread_file_are_read(text):
    assert read_email(text).normal == text


@pytest.mark.parametrize("text", ["a..b@example.org", "a.@example.org", ".a@docomo.ne.jp", "a..b@docomo.ne.jp.example"])
def test_dots_in_a_row_are_refused_where_no_such_address_was_ever_given_out(text):
    assert outcome(read_email, text) == "email_malformed"
