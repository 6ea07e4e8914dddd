"""Addresses: what a person typed, checked and brought to one normal form."""

import re
import string
import unicodedata

from consent_service.domain.errors import AddressFault
from consent_service.domain.subject.subject import Address, AddressKind

MAX_EMAIL_LENGTH = 254
"""In octets (RFC 5321, 4.5.3.1.3, less the angle brackets)."""
MAX_PHONE_LENGTH = 32
"""In characters, as typed."""
MAX_PLAIN_LENGTH = 64
"""So short that no label of the domain can be too long."""
E164_LENGTH = 16
"""The plus sign and 15 digits (ITU-T E.164)."""

_PLAIN = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?!(?:arpa|invalid|local|localhost|onion)\Z)[a-z]{2,}"
)
"""What nearly everybody types: ASCII, no hyphens in a row, no special-use domain (RFC 6761)."""

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
"""Letters, marks and symbols that leave no trace on the screen; most are Default_Ignorable_Code_Point in Unicode."""

_DIALLED = re.compile(r"[(（]?[+＋]?[\d\s()（）./．／\-‐-―−－]+")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def read_email(text: str) -> Address:
    """Read an e-mail address; raises AddressFault.

    Plain addresses are read here, all others by the full rules, which would read the plain ones the same.
    """
    entered = text.strip()
    if normal := _find_plain_address(entered):
        return Address(AddressKind.EMAIL, normal, entered)
    return read_email_by_full_rules(entered)


def read_normal_email(text: str) -> str:
    """Read an e-mail address like ``read_email``, for lists, that want its normal form alone."""
    entered = text.strip()
    return _find_plain_address(entered) or read_email_by_full_rules(entered).normal


def _find_plain_address(entered: str) -> str:
    normal = entered.lower()
    return normal if len(entered) <= MAX_PLAIN_LENGTH and entered.isascii() and _PLAIN.fullmatch(normal) else ""


def read_email_by_full_rules(text: str) -> Address:
    """Read an e-mail address with all that RFC 6531 and IDNA allow; raises AddressFault.

    Nothing under ``.test`` can exist (RFC 6761), so accepting it lets nobody be mailed by mistake.
    """
    from email_validator import EmailNotValidError, validate_email

    entered = _trim_address(text, MAX_EMAIL_LENGTH)
    if len(entered.encode()) > MAX_EMAIL_LENGTH:
        raise AddressFault("too_long", f"more than {MAX_EMAIL_LENGTH} octets")
    try:
        domain = validate_email(entered, check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        domain = ""
    if "." not in domain:
        raise AddressFault("email_malformed", "expected an e-mail address such as name@example.org")
    typed, _, typed_domain = entered.rpartition("@")
    local_part = unicodedata.normalize("NFC", typed)
    # A lower-case letter may join its accent where the capital could not, as in J and caron.
    normal = unicodedata.normalize("NFC", local_part.translate(_LOWER))
    mailed_domain = typed_domain if typed_domain.isascii() else domain
    return Address(AddressKind.EMAIL, f"{normal}@{domain}", f"{local_part}@{mailed_domain}")


def read_phone(text: str, region: str) -> Address:
    """Read a phone number; ``region`` is the country of numbers without ``+``, such as ``GB``, or empty for none.

    Raises AddressFault, also for a number that is complete only within its town and for one with an extension.
    """
    entered = _trim_address(text, MAX_PHONE_LENGTH)
    normal = _write_e164(entered, region) if _DIALLED.fullmatch(entered) else ""
    # A form that reads as yet another number, as after two trunk zeros, is no normal form.
    if not normal or len(normal) > E164_LENGTH or (normal != entered and _write_e164(normal, "") != normal):
        raise AddressFault("phone_malformed", "expected a phone number such as +44 20 7946 0123")
    return Address(AddressKind.PHONE, normal, normal)


def _trim_address(text: str, longest: int) -> str:
    entered = text.strip()
    if not entered:
        raise AddressFault("empty", "no address was given")
    if len(entered) > longest:
        raise AddressFault("too_long", f"more than {longest} characters")
    for character in entered:
        shown = character.isprintable() or unicodedata.category(character) == "Zs"
        if not shown or _BLANK.match(character):
            raise AddressFault("invisible_character", f"take out U+{ord(character):04X}, which cannot be seen")
    return entered


def _write_e164(text: str, region: str) -> str:
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except NumberParseException as fault:
        if fault.error_type == NumberParseException.INVALID_COUNTRY_CODE and not re.search("[+＋]", text):
            raise AddressFault("region_missing", "write the number with + and the code of its country") from None
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
