"""Phone numbers: E.164 or a fault, and never a guess."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.addressing import read_phone
from consent_service.domain.subject.subject import Address, AddressKind, mask_address
from tests.addressing.outcome import outcome

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
REGIONS = st.sampled_from(["", "GB", "DE", "US", "IT", "AR", "CN", "MX", "BR"])
NUMBERS = st.builds("+{}{}".format, st.sampled_from(CODES), st.text("0123456789", min_size=3, max_size=13))
TEXTS = NUMBERS | st.text("+0123456789 ()-./", max_size=20) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+442079460123", ""),
        ("+44 20 7946 0123", ""),
        ("+44 (0)20 7946-0123", "DE"),
        ("(+44) 20 7946 0123", ""),
        ("\uff0b\uff14\uff142079460123", ""),
        ("020 7946 0123", "GB"),
        ("(020) 7946.0123", "gb"),
        ("00 44 20 7946 0123", "DE"),
        ("011 44 20 7946 0123", "US"),
        (" +44\u00a020\u20117946\u20110123\n", ""),
        ("+\u0664\u0664 \u0662\u0660 \u0667\u0669\u0664\u0666 \u0660\u0661\u0662\u0663", ""),
    ],
    ids=ascii,
)
def test_all_spellings_of_a_number_have_one_form(text, region):
    assert read_phone(text, region) == Address(AddressKind.PHONE, "+442079460123", "+442079460123")


def test_the_same_digits_are_another_number_in_another_country():
    assert read_phone("0301234567", "DE").normal == "+49301234567"
    assert read_phone("0301234567", "IT").normal == "+390301234567"


@pytest.mark.parametrize("text", ["020 7946 0123", "0044 20 7946 0123", "442079460123"])
@pytest.mark.parametrize("region", ["", "XX"])
def test_a_number_without_a_country_is_refused_where_none_is_set(text, region):
    assert outcome(read_phone, text, region) == "region_missing"


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("", "GB", "empty"),
        ("  ", "GB", "empty"),
        ("+44 20 7946 0123" + " " * 16 + "4", "", "too_long"),
        ("1" * 100_000, "", "too_long"),
        ("\u202a+44 20 7946 0123\u202c", "", "invisible_character"),
        ("+44\u200b2079460123", "", "invisible_character"),
        ("+44 20\n7946 0123", "", "invisible_character"),
        ("ann@example.org", "GB", "phone_malformed"),
        ("+", "GB", "phone_malformed"),
        ("-", "GB", "phone_malformed"),
        ("++442079460123", "", "phone_malformed"),
        ("+44+2079460123", "", "phone_malformed"),
        ("+999 123456", "", "phone_malformed"),
        ("+44 20 7946", "", "phone_malformed"),
        ("+44 20 7946 0123 4567", "", "phone_malformed"),
        ("+49 30 123456789012", "", "phone_malformed"),
        ("+52 1 55 1234 5678", "", "phone_malformed"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_is_no_number_is_refused_with_the_reason(text, region, code):
    assert outcome(read_phone, text, region) == code


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("253-0000", "US"),
        ("112", "DE"),
        ("1-800-FLOWERS", "US"),
        ("call +44 20 7946 0123", ""),
        ("+1 650 253 0000 x123", ""),
        ("+1 650 253 0000;ext=123", ""),
        ("tel:+442079460123", ""),
        ("+490030123456", ""),
    ],
)
def test_local_numbers_letters_extensions_and_numbers_within_a_text_are_not_guessed_at(text, region):
    assert outcome(read_phone, text, region) == "phone_malformed"


@given(TEXTS, REGIONS)
def test_a_form_once_made_reads_as_itself_in_every_country(text, region):
    read = outcome(read_phone, text, region)
    if isinstance(read, Address):
        assert read_phone(read.normal, "") == read_phone(read.entered, "US") == read


@given(TEXTS, REGIONS)
def test_what_is_accepted_is_a_plus_and_at_most_15_digits(text, region):
    read = outcome(read_phone, text, region)
    if isinstance(read, Address):
        assert read.normal.isascii()
        assert read.normal[0] == "+"
        assert read.normal[1:].isdigit()
        assert len(read.normal) <= 16


@pytest.mark.parametrize("code", CODES)
def test_a_mask_shows_the_whole_country_code_and_no_more_of_the_front(code):
    number = f"+{code}123456789"
    assert mask_address(Address(AddressKind.PHONE, number, number)) == f"+{code} •••• 789"
