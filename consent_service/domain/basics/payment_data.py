"""Card numbers and the names of fields that hold card data: nothing that this service may ever keep."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

REFUSAL = "card data may not be sent here; nothing was kept"
MASK = "[card data]"
_GAP = r"(?:\W|_|%20){1,3}"
"""What may stand between the groups of a number that is grouped as on a card, each time the same."""
_MANY_DIGITS = re.compile(rf"\d(?:(?:{_GAP})?\d){{12}}")
_RUNS = (
    re.compile(r"(?<![\d+])\d(?:[ .\-\u2010-\u2015]?\d){12,18}(?!\d)"),
    # What stands beside other digits, such as the date on which a card ends, has to look like a card by itself.
    re.compile(r"(?<![\d+])[2-6]\d{12,18}(?!\d)"),
    re.compile(rf"(?<!\d)[2-6]\d{{3}}({_GAP})\d{{4}}\1\d{{4}}\1\d{{4}}(?!\d)"),
    re.compile(rf"(?<![\d+])3\d{{3}}({_GAP})\d{{6}}\1\d{{4,5}}(?!\d)"),
    # A telephone number has 15 digits at most.
    re.compile(r"(?<=\+)[2-6]\d{15}(?!\d)"),
)
_NO_NUMBER = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])", re.IGNORECASE
)
"""Digests and UUIDs, in which digits stand by chance."""
_CARD_FIELD = re.compile(
    r"(?:(?:credit|debit|payment|bank)_?cards?|(?:(?:credit|debit|payment|bank)_?)?"
    r"card_?(?:holder|num(?:ber)?|no|nr|exp(?:iry|iration)?|cvv2?|cvc2?|csc|pan)(?:_?(?:name|date|month|year))?"
    r"|(?:credit|debit|payment|bank)_?card_?(?:holder|num(?:ber)?|no|nr|code|exp(?:iry)?)"
    r"|cc_?(?:num(?:ber)?|no|nr|exp(?:iry|iration)?|cvv2?|cvc2?|csc|holder)(?:_?(?:date|month|year))?"
    r"|(?:(?:credit|debit|payment|bank)_?)?card_?(?:security_?code|data)"
    r"|pan|primary_account_number|cvv2?|cvc2?|kreditkarten?_?(?:nummer)?|karten(?:nummer|pr[uü]fnummer|inhaber)"
    r"|n[uú]m[eé]ro_de_(?:la_)?(?:carte|tarjeta)(?:_bancaire|_de_cr[eé]dito)?|tarjeta_de_cr[eé]dito|carte_bancaire"
    r"|(?:信用卡|银行卡)卡?号码?|卡号)"
)
_BETWEEN_WORDS = re.compile(r"[\s\-._\[\]]+")


def has_card_number(text: str) -> bool:
    """Say whether a text holds a number that a payment card could have: 13 to 19 digits whose check digit is right.

    Blanks, full stops and hyphens may stand between the digits, and more between groups of four. Of the shorter ones
    only those that begin as cards do, because times in milliseconds and telephone numbers are as long; what follows a
    plus is a telephone number, unless it is longer than one.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return next(_find_cards(plain), None) is not None


def mask_card_numbers(text: str, mask: str = MASK) -> str:
    """Replace every card number in a text."""
    parts, end = [], 0
    for start, stop in sorted(_find_cards(text)):
        if start >= end:
            parts += [text[end:start], mask]
        end = max(end, stop)
    return "".join([*parts, text[end:]])


def hide_card_number(text: str) -> str:
    """Give back what somebody typed, for them to see again, and nothing where it holds a card number."""
    return "" if has_card_number(text) else text


def is_card_field(name: str) -> bool:
    """Say whether a field or a column of this name is for data of a card."""
    plain = _BETWEEN_WORDS.sub("_", unicodedata.normalize("NFKC", name)).strip("_")
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", plain).casefold()
    return bool(_CARD_FIELD.fullmatch(snake))


def find_payment_data(value: object, *, passed: Iterable[str] = ()) -> bool:
    """Say whether a value, or anything inside it, holds card data.

    Members with a ``passed`` name are not looked at, but for those of a member: there the sender chooses the names.
    """
    if isinstance(value, str):
        return has_card_number(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return has_card_number(str(value))
    if isinstance(value, Mapping):
        inner = [(str(name), one) for name, one in value.items() if name not in passed]
        return any(
            is_card_field(name)
            or has_card_number(name)
            or find_payment_data(one, passed=() if isinstance(one, Mapping) else passed)
            for name, one in inner
        )
    if isinstance(value, list | tuple):
        return any(find_payment_data(one, passed=passed) for one in value)
    return False


def _find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Find where card numbers begin and end."""
    if not _MANY_DIGITS.search(text):
        return
    bare = _NO_NUMBER.sub(lambda found: " " * len(found[0]), text)
    for found in (one for run in _RUNS for one in run.finditer(bare)):
        digits = "".join(filter(str.isdigit, found[0].replace("%20", "")))
        if (len(digits) > 15 or digits[0] in "3456") and _has_check_digit(digits):
            yield found.span()


def _has_check_digit(digits: str) -> bool:
    """Check the last digit as ISO/IEC 7812 and Luhn say."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0
