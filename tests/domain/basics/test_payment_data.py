"""Card data: numbers whose check digit is right and fields that are made for them, and nothing else."""

import time

import pytest

from consent_service.domain.basics.payment_data import (
    MASK,
    find_payment_data,
    has_card_number,
    hide_card_number,
    is_card_field,
    mask_card_numbers,
)

CARDS = (
    *("4111111111111111", "5555555555554444", "2223003122003222", "378282246310005", "6011111111111117"),
    *("30569309025904", "3530111333300000", "4222222222222", "6304000000000000000"),
)


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("around", ["{}", "order {} paid", "id:{};", "x{}y", "{} 12/27", "({})", "no.{}"])
def test_a_card_number_is_found_whatever_stands_around_it(number, around):
    assert has_card_number(around.format(number))


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "3782 822463 10005",
        *(
            f"4111{gap}1111{gap}1111{gap}1111"
            for gap in ("  ", "_", "/", ":", "+", "%20", "\t", "\u200b", " - ", "\u00a0")
        ),
        "3782_822463_10005",
        "+4111111111111111",
        "card+4111+1111+1111+1111",
        "４１１１１１１１１１１１１１１１",
    ],
)
def test_a_card_number_is_found_however_it_is_written(text):
    assert has_card_number(text)
    assert hide_card_number(text) == ""


@pytest.mark.parametrize(
    "between",
    [
        *(
            "  ",
            "\t",
            "\n",
            "\r\n",
            "/",
            "_",
            " - ",
            ",",
            ":",
            "|",
            "*",
            "'",
            ")(",
            "\u00a0",
            "\u00ad",
            "\u00b7",
            "\u200b",
        ),
        *("\u2003", "\u2060", "\u2212", "\ufeff"),
    ],
)
@pytest.mark.parametrize("groups", [("4111", "1111", "1111", "1111"), ("3782", "822463", "10005")])
def test_a_card_number_in_its_groups_is_found_whatever_stands_between_them(between, groups):
    number = between.join(groups)
    assert has_card_number(f"paid {number}.")
    assert mask_card_numbers(f"paid {number}.") == f"paid {MASK}."


def test_masking_takes_time_in_proportion_to_the_numbers_in_a_text():
    def measure(numbers):
        text = " x".join(f"4{number:015d}" for number in range(numbers))
        began = time.process_time()
        mask_card_numbers(text)
        return time.process_time() - began

    assert measure(40_000) < 20 * (measure(4_000) + 0.01)


@pytest.mark.parametrize(
    "text",
    [
        *("01/01/2026 - 31/12/2026", "2026.  1800-123-4567", "2222,3333,4444,5556"),
        *("4111111111111112", "+4915112345678901", "1700000000000", "20240131083000", "2024-01-31 08:30:00.123456"),
        *("2024/01/31 08:30:00", "2024-01-31T08:30:00.123456+00:00", "4111:1111:1111:1112", "2001:4860:4860:8888"),
        *("0d0f1234-1234-4123-8123-123456789012", "f" * 24 + "4111111111111111" + "0" * 24, "41111111111", "order 17"),
    ],
)
def test_other_numbers_are_none(text):
    assert not has_card_number(text)
    assert hide_card_number(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "card_number",
        "cardNumber",
        "Card Number",
        "card-no",
        "PAN",
        "cvv",
        "CVC2",
        "cc_exp",
        "credit card",
        "cardholder_name",
        *(
            "card[number]",
            "card__number",
            "payment.card.number",
            "cardSecurityCode",
            "Kartennummer",
            "Kartenprüfnummer",
        ),
        *("número de tarjeta", "numéro de carte bancaire", "卡号", "信用卡号"),
    ],
)
def test_a_field_for_card_data_is_known_by_its_name(name):
    assert is_card_field(name)


@pytest.mark.parametrize(
    "name", ["span", "company", "discard", "loyalty_card_number", "gift_card", "expiry", "postcard"]
)
def test_a_field_for_something_else_is_none(name):
    assert not is_card_field(name)


def test_it_is_found_however_deep_and_not_in_what_is_passed_over():
    assert find_payment_data({"a": [{"b": CARDS[0]}]})
    assert find_payment_data({"evidence": {"cvv": "123"}})
    assert find_payment_data({CARDS[0]: "x"})
    assert find_payment_data({"evidence": {"phone": CARDS[0]}}, passed=("phone",))
    assert not find_payment_data({"all": [{"phone": CARDS[0]}]}, passed=("phone",))
    assert not find_payment_data({"phone": CARDS[0], "a": [1, True, None, 2.5]}, passed=("phone",))


def test_a_log_line_keeps_everything_but_the_number():
    assert mask_card_numbers(f"paid with {CARDS[0]} today") == f"paid with {MASK} today"
