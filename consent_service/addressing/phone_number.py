"""Phone numbers: what a person or a text provider wrote, checked and brought to one normal form."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from consent_service.addressing.entered_text import trim_entered
from consent_service.domain.errors import AddressFault
from consent_service.domain.subject.phone_forms import list_number_forms, reach_number, renew_number
from consent_service.domain.subject.subject import Address, AddressKind, find_country_code

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

MAX_PHONE_LENGTH = 32
"""In characters, as typed."""
E164_LENGTH = 16
"""The plus sign and 15 digits (ITU-T E.164)."""

_DIALLED = re.compile(r"[(（]?[+＋]?[\d\s()（）./．／\-‐-―−－]+")
_SCHEME = re.compile(r"^(?:tel|sms|whatsapp): *", re.IGNORECASE)
"""What some text providers write before a sender."""
_DECIMAL = re.compile(r"(\+?\d{7,15})[.,]0")
"""A number that a spreadsheet took for an amount."""
_MALFORMED = "expected a phone number such as +44 20 7946 0123"


def read_phone(text: str, region: str, *, from_gateway: bool = False) -> Address:
    """Read a phone number; ``region`` is the country of numbers without ``+``, such as ``GB``, or empty for none.

    ``from_gateway`` is for the senders that a text provider names: their digits begin with the country code, with or
    without ``+``. Raises AddressFault, also for a number that is complete only within its town, for one with an
    extension, and for digits that may be read with and without a country code.
    """
    entered = trim_entered(text, MAX_PHONE_LENGTH)
    if from_gateway:
        entered = _SCHEME.sub("", entered)
    if amount := _DECIMAL.fullmatch(entered):
        entered = amount[1]
    if not _DIALLED.fullmatch(entered):
        raise AddressFault("phone_malformed", _MALFORMED)
    number = _choose_reading(entered, region, from_gateway=from_gateway)
    reached = reach_number(number)
    # A form that reads as yet another number, as after two trunk zeros, is no normal form.
    if not _is_possible(reached) or (reached != entered and _read_e164(reached, "") != reached):
        raise AddressFault("phone_malformed", _MALFORMED)
    return Address(AddressKind.PHONE, renew_number(reached), reached)


def list_phone_forms(normal: str) -> tuple[str, ...]:
    """List every normal form under which the owner of a number may be kept, today's first.

    Besides those that its country gave it there is what bare digits led to: once, those of a mobile that began with
    its country code were read as a number inside that country.
    """
    code = find_country_code(normal)
    meant = f"+{normal.removeprefix(code)}"
    if normal.startswith(f"{code}{code[1:]}") and _find_misread_form(meant) == normal:
        return (*list_number_forms(meant), normal)
    forms = list_number_forms(normal)
    misread = _find_misread_form(forms[0])
    return (*forms, misread) if misread and misread not in forms else forms


def _find_misread_form(number: str) -> str:
    """Find what the bare digits of a mobile were read as inside its country; empty where that was right or nothing."""
    import phonenumbers
    from phonenumbers import PhoneNumberType

    code, digits = find_country_code(number), number[1:]
    # This is by what phonenumbers decides whether digits already begin with the country code.
    inside = _describe_national(code)
    if inside is None or len(digits) not in inside.lengths or not inside.pattern.fullmatch(digits):
        return ""
    mobile = phonenumbers.number_type(_take_apart(number)) is PhoneNumberType.MOBILE
    return f"{code}{digits}" if mobile and len(code) + len(digits) <= E164_LENGTH else ""


def _choose_reading(entered: str, region: str, *, from_gateway: bool) -> str:
    """Choose between the reading that begins with a country code and the one inside the region."""
    if re.search("[+＋]", entered):
        return _read_e164(entered, "")
    digits = "".join(str(int(sign)) for sign in entered if sign.isdecimal())
    abroad = "" if digits.startswith("0") else _read_e164(f"+{digits}", "")
    if from_gateway and abroad and (_is_assigned(abroad) or not region):
        return abroad
    inside = _read_e164(entered, region)
    if not abroad or renew_number(inside) == renew_number(abroad) or _is_written_inside(inside, digits):
        return inside
    if from_gateway:
        return abroad if _is_possible(abroad) else inside
    own = _has_code_of(abroad, region) and _is_possible(abroad)
    if own or _is_assigned(abroad):
        raise AddressFault("phone_ambiguous", "it reads with and without a country code; write the code, with a +")
    return inside


def _is_written_inside(number: str, digits: str) -> bool:
    """Say whether the digits are a number just as its country writes it, which nobody reads in another way."""
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    if not _is_assigned(number):
        return False
    written = phonenumbers.format_number(_take_apart(number), PhoneNumberFormat.NATIONAL)
    return re.sub(r"\D", "", written) == digits


def _is_possible(number: str) -> bool:
    import phonenumbers
    from phonenumbers import ValidationResult

    if not 1 < len(number) <= E164_LENGTH:
        return False
    return phonenumbers.is_possible_number_with_reason(_take_apart(number)) == ValidationResult.IS_POSSIBLE


def _is_assigned(number: str) -> bool:
    """Say whether the numbering plan of its country has a place for a number."""
    import phonenumbers

    renewed = renew_number(number)
    return _is_possible(renewed) and phonenumbers.is_valid_number(_take_apart(renewed))


def _take_apart(number: str) -> "PhoneNumber":
    """Take a number in E.164 apart without parsing it, which costs ten times as much."""
    from phonenumbers import PhoneNumber

    code = find_country_code(number)
    national = number.removeprefix(code)
    zeros = len(national) - len(national.lstrip("0"))
    return PhoneNumber(
        country_code=int(code or 0),
        national_number=int(national or 0),
        italian_leading_zero=zeros > 0,
        number_of_leading_zeros=zeros or None,
    )


def _has_code_of(number: str, region: str) -> bool:
    import phonenumbers

    return find_country_code(number) == f"+{phonenumbers.country_code_for_region(region.upper())}"


class _National(NamedTuple):
    """What the numbers inside a country look like."""

    lengths: frozenset[int]
    pattern: re.Pattern[str]


@lru_cache(maxsize=300)
def _describe_national(code: str) -> _National | None:
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(int(code[1:])) if code else ""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    described = metadata.general_desc if metadata else None
    if described is None or not described.national_number_pattern:
        return None
    return _National(frozenset(described.possible_length), re.compile(described.national_number_pattern))


def _read_e164(text: str, region: str) -> str:
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat

    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except NumberParseException as fault:
        if fault.error_type == NumberParseException.INVALID_COUNTRY_CODE and not re.search("[+＋]", text):
            raise AddressFault("region_missing", "write the number with + and the code of its country") from None
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
