"""Mail goes to a real server, encrypted where it must be, and every refusal says whether to try again."""

import logging

import pytest

from consent_service.delivery.smtp import MailRefused, send_mail
from consent_service.domain.messages.mail_message import compose
from consent_service.domain.messages.mail_route import Encryption, SmtpAddress
from tests.cast import NOON
from tests.delivery.mail_server import PASSWORD, USER, mail_server
from tests.delivery.rude_server import dripping, rude_server, saying, silent
from tests.ports import free_port

TEXT = "Hallo Zoë,\n\n.\n..zwei Punkte\nFrom hier\nhttps://shop.example/consent/c/" + "x" * 90 + "\n"
HANDSHAKE = b"\x16\x03\x03\x3f\x00"
"""How a long TLS handshake message starts."""
OFFERING_STARTTLS = [b"220 hello\r\n", b"250-mail\r\n250 STARTTLS\r\n", b"220 go on\r\n"]
WORDY = "No anna@customer.example here, Anna Muster"


def make_message(to="anna@customer.example"):
    return compose(
        "Müller, Söhne <news@shop.example>",
        to,
        "Bitte bestätigen",
        TEXT,
        at=NOON,
        message_id="<msg_1@shop.example>",
        language="de",
    )


def address(port, encryption=Encryption.NONE, *, host="127.0.0.1", login=False):
    user, password = (USER, PASSWORD) if login else ("", "")
    return SmtpAddress(host=host, port=port, encryption=encryption, user=user, password=password)


def refusal_of(*args, **kwargs) -> MailRefused:
    with pytest.raises(MailRefused) as caught:
        send_mail(*args, **kwargs)
    return caught.value


def test_a_message_arrives_as_it_was_written():
    with mail_server() as server:
        send_mail(address(server.port), make_message())
    (message,) = server.messages
    assert message.get_content().replace("\r\n", "\n") == TEXT
    assert message["From"].addresses[0].display_name == "Müller, Söhne"
    assert (message["To"], message["Subject"]) == ("anna@customer.example", "Bitte bestätigen")
    assert server.envelopes[0].mail_from == "news@shop.example"
    assert server.envelopes[0].rcpt_tos == ["anna@customer.example"]


def test_the_service_introduces_itself_by_the_domain_of_the_sender():
    with mail_server() as server:
        send_mail(address(server.port), make_message())
    assert server.greeted_by == ["shop.example"]


def test_starttls_comes_before_the_password_and_the_message(authority):
    context = authority.server_context("127.0.0.1")
    with mail_server(starttls=context, require_starttls=True, login=True) as server:
        send_mail(address(server.port, Encryption.STARTTLS, login=True), make_message(), tls=authority.trusting)
    assert server.logins == [(USER.encode(), PASSWORD.encode())]
    assert server.encrypted == [True]


def test_implicit_tls_is_spoken_from_the_first_byte(authority):
    with mail_server(implicit=authority.server_context("localhost")) as server:
        send_mail(address(server.port, Encryption.TLS, host="localhost"), make_message(), tls=authority.trusting)
    assert server.encrypted == [True]


def test_a_server_that_hides_starttls_gets_neither_password_nor_message(authority):
    with mail_server(login=True) as server:
        refused = refusal_of(
            address(server.port, Encryption.STARTTLS, login=True), make_message(), tls=authority.trusting
        )
    assert (refused.permanent, server.logins, server.envelopes) == (False, [], [])


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
@pytest.mark.parametrize(("vouched", "trusted"), [("127.0.0.2", True), ("127.0.0.1", False)])
def test_a_server_that_cannot_prove_its_name_gets_nothing(authority, encryption, vouched, trusted):
    context = authority.server_context(vouched)
    way = {"implicit": context} if encryption is Encryption.TLS else {"starttls": context}
    with mail_server(**way) as server:
        tls = {"tls": authority.trusting} if trusted else {}
        refused = refusal_of(address(server.port, encryption), make_message(), **tls)
    assert (refused.permanent, refused.detail) == (False, "the server's certificate does not fit")
    assert not server.envelopes


@pytest.mark.parametrize(
    ("command", "answer", "permanent"),
    [
        ("RCPT", f"550 5.1.1 {WORDY}", True),
        ("RCPT", f"553 {WORDY}", True),
        ("RCPT", f"451 4.7.1 {WORDY}", False),
        ("RCPT", f"421 {WORDY}", False),
        ("DATA", f"554 5.7.1 {WORDY}", True),
        ("DATA", f"452 4.3.1 {WORDY}", False),
        ("MAIL", f"550 5.7.1 {WORDY}", False),
        ("MAIL", f"451 {WORDY}", False),
    ],
)
def test_only_a_5xx_to_recipient_or_message_is_final(command, answer, permanent):
    with mail_server() as server:
        server.refusals[command] = answer
        refused = refusal_of(address(server.port), make_message())
    assert (refused.permanent, refused.code) == (permanent, int(answer[:3]))
    assert not server.envelopes


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (f"550 5.1.1 {WORDY}", "the recipient was refused: 550 5.1.1"),
        (f"550 5.1.1{WORDY}", "the recipient was refused: 550"),
        ("550 anna@customer.example", "the recipient was refused: 550"),
    ],
)
def test_a_refusal_repeats_the_codes_of_the_server_and_not_its_words(answer, detail):
    with mail_server() as server:
        server.refusals["RCPT"] = answer
        assert str(refusal_of(address(server.port), make_message())) == detail


def test_a_wrong_password_is_worth_another_try(authority):
    with mail_server(login=True) as server:
        wrong = SmtpAddress(host="127.0.0.1", port=server.port, encryption=Encryption.NONE, user=USER, password="wrong")
        refused = refusal_of(wrong, make_message())
    assert (refused.permanent, refused.code) == (False, 535)
    assert "wrong" not in str(refused)


def test_a_login_that_the_server_does_not_know_is_worth_another_try():
    with mail_server() as server:
        refused = refusal_of(address(server.port, login=True), make_message())
    assert (refused.permanent, refused.code, server.envelopes) == (False, None, [])


def test_a_server_that_turns_everybody_away_is_worth_another_try():
    with rude_server(saying(b"554 5.3.2 Go away\r\n")) as server:
        refused = refusal_of(address(server.port), make_message())
    assert (refused.permanent, refused.code) == (False, 554)


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"\xff\xfe\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220-" * 50_000],
    ids=["nothing", "bytes", "HTTP", "an endless line"],
)
def test_a_server_that_speaks_something_else_is_worth_another_try(nonsense):
    with rude_server(saying(nonsense)) as server:
        assert not refusal_of(address(server.port), make_message()).permanent


def test_a_server_that_nobody_runs_is_worth_another_try():
    refused = refusal_of(address(free_port()), make_message())
    assert (refused.permanent, refused.code) == (False, None)


@pytest.mark.parametrize(
    ("encryption", "manners"),
    [
        (Encryption.NONE, silent),
        (Encryption.NONE, dripping(b"220-")),
        (Encryption.NONE, dripping(b"", b"220-hello\r\n")),
        (Encryption.STARTTLS, dripping(HANDSHAKE, dialogue=OFFERING_STARTTLS)),
        (Encryption.TLS, silent),
        (Encryption.TLS, dripping(HANDSHAKE)),
    ],
    ids=["silent", "half a line", "endless greeting", "STARTTLS", "silent TLS", "TLS"],
)
def test_a_server_that_stalls_is_left_when_the_time_is_up(authority, encryption, manners):
    with rude_server(manners) as server:
        refused = refusal_of(address(server.port, encryption), make_message(), 0.3, tls=authority.trusting)
    assert (refused.permanent, refused.detail) == (False, "no answer in time")


def test_a_message_the_server_took_is_not_refused_for_a_missing_farewell():
    with mail_server() as server:
        server.refusals["QUIT"] = None
        send_mail(address(server.port), make_message())
    assert len(server.messages) == 1


def test_an_address_beyond_ascii_goes_to_a_server_that_takes_it():
    with mail_server(enable_SMTPUTF8=True) as server:
        send_mail(address(server.port), make_message("zoë@müller.example"))
    assert server.envelopes[0].rcpt_tos == ["zoë@müller.example"]


def test_an_address_beyond_ascii_is_refused_where_the_server_does_not_take_it():
    with mail_server() as server:
        refused = refusal_of(address(server.port), make_message("zoë@müller.example"))
    assert (refused.permanent, server.envelopes) == (False, [])


def test_an_address_beyond_ascii_is_refused_where_the_server_is_an_old_one():
    old = dripping(b"", dialogue=[b"220 hello\r\n", b"502 EHLO?\r\n", b"250 mail\r\n", b"250 OK\r\n"])
    with rude_server(old) as server:
        refused = refusal_of(address(server.port), make_message("zoë@müller.example"))
    assert not refused.permanent
    assert "beyond ASCII" in refused.detail


def test_nothing_is_logged(caplog, authority):
    caplog.set_level(logging.DEBUG)
    with mail_server() as server:
        send_mail(address(server.port), make_message())
        server.refusals["RCPT"] = f"550 {WORDY}"
        refusal_of(address(server.port), make_message())
    assert not [record for record in caplog.records if record.name.partition(".")[0] not in {"mail", "asyncio"}]
