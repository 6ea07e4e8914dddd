"""Phone numbers: E.164 or a fault, and never a guess."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consent_service.addressing.phone_number import list_phone_forms, read_phone
from consent_service.domain.subject.phone_forms import renew_number
from consent_service.domain.subject.subject import Address, AddressKind, mask_address
from tests.addressing.outcome import outcome

MOBILE = phonenumbers.PhoneNumberType.MOBILE
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
REGIONS = st.sampled_from(["", "GB", "DE", "US", "IT", "AR", "CN", "MX", "BR"])
NUMBERS = st.builds("+{}{}".format, st.sampled_from(CODES), st.text("0123456789", min_size=3, max_size=13))
TEXTS = NUMBERS | st.text("+0123456789 ()-./", max_size=20) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+442079460123", ""),
        ("\u202a+44 20 7946 0123\u202c", ""),
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
        ("+44 20\u202a7946 0123\u202c", "", "invisible_character"),
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
        ("+52 2 55 1234 5678", "", "phone_malformed"),
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
        assert read_phone(read.entered, "US") == read
        assert read_phone(read.normal, "").normal == read.normal


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


@pytest.mark.parametrize(
    ("spellings", "region"),
    [
        (["+54 11 2345 6789", "+54 9 11 2345 6789", "011 15-2345-6789", "11 2345 6789"], "AR"),
        (["+55 11 8765-4321", "+55 11 98765-4321", "(11) 8765-4321", "11 98765 4321"], "BR"),
        (["+52 55 1234 5678", "+52 1 55 1234 5678", "044 55 1234 5678", "045 55 1234 5678", "55 1234 5678"], "MX"),
        (["+229 97 12 34 56", "+229 01 97 12 34 56", "97 12 34 56", "01 97 12 34 56"], "BJ"),
        (["+225 07 12 34 56", "+225 07 07 12 34 56", "07 12 34 56"], "CI"),
        (["+225 45 12 34 56", "+225 05 45 12 34 56"], "CI"),
        (["+241 06 12 34 56", "+241 66 12 34 56", "+241 6 12 34 56", "066 12 34 56"], "GA"),
        (["+84 120 123 4567", "+84 70 123 4567", "0120 123 4567", "070 123 4567"], "VN"),
    ],
)
def test_all_spellings_of_a_mobile_whose_country_has_two_or_changed_its_numbers_have_one_form(spellings, region):
    assert len({read_phone(spelling, region).normal for spelling in spellings}) == 1


def test_a_message_goes_to_the_digits_of_today_and_in_argentina_to_those_that_were_given():
    assert read_phone("+55 11 8765-4321", "").entered == "+5511987654321"
    assert read_phone("+52 1 55 1234 5678", "").entered == "+525512345678"
    assert read_phone("+54 11 4321 1234", "").entered == "+541143211234"


def test_fixed_lines_keep_their_digits():
    assert read_phone("+55 11 3765-4321", "").normal == "+551137654321"
    assert read_phone("+54 800 123 4567", "").normal == "+548001234567"


@pytest.mark.parametrize("text", ["4915112345678", "49 151 12345678", "33612345678", "4921012345"])
def test_digits_that_read_with_and_without_a_country_code_are_refused(text):
    assert outcome(read_phone, text, "DE") == "phone_ambiguous"


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("13012345678", "CN", "+8613012345678"),
        ("(51) 98765-4321", "BR", "+5551987654321"),
        ("659 234 5678", "US", "+16592345678"),
        ("393 123 4567", "IT", "+393931234567"),
        ("447911123456", "GB", "+447911123456"),
        ("79161234567", "RU", "+79161234567"),
        ("16502530000", "US", "+16502530000"),
    ],
)
def test_digits_as_their_country_writes_them_and_those_that_mean_one_number_both_ways_are_read(text, region, expected):
    assert read_phone(text, region).normal == expected


@pytest.mark.parametrize("region", ["DE", "US", ""])
@pytest.mark.parametrize("text", ["4915112345678", "+4915112345678", "49 151 12345678"])
def test_the_digits_of_a_gateway_begin_with_the_country_code(text, region):
    assert read_phone(text, region, from_gateway=True).normal == "+4915112345678"


@pytest.mark.parametrize(
    "text", ["whatsapp:+4915112345678", "WhatsApp: 4915112345678", "sms:+4915112345678", "tel:+4915112345678"]
)
def test_a_gateway_may_say_by_what_a_reply_came(text):
    assert read_phone(text, "", from_gateway=True).normal == "+4915112345678"


@pytest.mark.parametrize(
    ("text", "region"), [("447400123456.0", "GB"), ("+447400123456.0", ""), ("447400123456,0", "GB")]
)
def test_the_decimals_of_a_spreadsheet_are_no_digits_of_a_number(text, region):
    assert read_phone(text, region).normal == "+447400123456"


def test_a_gateway_that_leaves_out_its_own_country_is_understood():
    assert read_phone("6502530000", "US", from_gateway=True).normal == "+16502530000"
    assert read_phone("015112345678", "DE", from_gateway=True).normal == "+4915112345678"


@pytest.mark.parametrize(
    ("number", "forms"),
    [
        ("+442079460123", ()),
        ("+5491123456789", ("+541123456789",)),
        ("+5511987654321", ("+551187654321",)),
        ("+525512345678", ("+5215512345678",)),
        ("+2290197123456", ("+22997123456",)),
        ("+2250707123456", ("+22507123456",)),
        ("+4915112345678", ("+494915112345678",)),
    ],
)
def test_every_form_that_a_number_had_is_known(number, forms):
    for form in (number, *forms):
        assert list_phone_forms(form) == (number, *forms)


@given(NUMBERS, REGIONS)
def test_every_form_of_a_number_leads_back_to_it(text, region):
    read = outcome(read_phone, text, region)
    if isinstance(read, Address):
        first, *older = list_phone_forms(read.normal)
        assert read.normal in (first, *older)
        assert all(renew_number(form) in (first, form) for form in older)


@given(NUMBERS)
@example("+4915112345678")
@example("+62812345678")
def test_a_number_that_was_misread_once_is_known_by_what_the_library_read(text):
    read = outcome(read_phone, text, "")
    if isinstance(read, Address) and phonenumbers.number_type(phonenumbers.parse(read.normal)) == MOBILE:
        number = phonenumbers.parse(read.normal)
        inside = phonenumbers.parse(read.normal[1:], phonenumbers.region_code_for_country_code(number.country_code))
        form = phonenumbers.format_number(inside, phonenumbers.PhoneNumberFormat.E164)
        possible = phonenumbers.is_possible_number(inside) and len(form) <= 16
        assert not possible or form in (read.normal, *list_phone_forms(read.normal))
