"""Addresses with dots in a row, which Japanese phone companies gave out, on their way to a mail server."""

import pytest

from consent_service.domain.messages.mail_message import compose, write_addr_spec, write_message
from tests.cast import NOON


def make(to):
    sent = {"at": NOON, "message_id": "<msg_1@shop.example>", "language": "en"}
    return compose("Shop <news@shop.example>", to, "Please confirm", "Hello\n", **sent)


@pytest.mark.parametrize("local", ["a..b", "a.", "a..b."])
def test_an_address_with_dots_in_a_row_is_quoted_as_mail_servers_want_it(local):
    message = make(f"{local}@docomo.ne.jp")
    assert f'To: "{local}"@docomo.ne.jp\r\n'.encode() in write_message(message)
    assert write_addr_spec(message["To"].addresses[0]) == f'"{local}"@docomo.ne.jp'
    assert write_addr_spec(make("anna@customer.example")["To"].addresses[0]) == "anna@customer.example"
