"""The way outgoing mail takes is one URL, read strictly, and its password is shown nowhere."""

import pytest

from consent_service.domain.messages.mail_route import Encryption, MailFolder, SmtpAddress, parse_mail_route

REQUIRED = Encryption.STARTTLS


def smtp(host, port, encryption, user="", password=""):
    return SmtpAddress(host=host, port=port, encryption=encryption, user=user, password=password)


@pytest.mark.parametrize(
    ("url", "route"),
    [
        ("smtp://mail.example", smtp("mail.example", 587, REQUIRED)),
        ("smtp://mail.example/", smtp("mail.example", 587, REQUIRED)),
        ("SMTP://Mail.Example:2525", smtp("mail.example", 2525, REQUIRED)),
        ("smtp://mail.example:25?starttls=never", smtp("mail.example", 25, Encryption.NONE)),
        ("smtp://u:p@mail.example:587?starttls=require", smtp("mail.example", 587, REQUIRED, "u", "p")),
        (
            "smtp://a%40b.example:p%3A%2F%40%25%3F@mail.example",
            smtp("mail.example", 587, REQUIRED, "a@b.example", "p:/@%?"),
        ),
        ("smtps://u:p@mail.example", smtp("mail.example", 465, Encryption.TLS, "u", "p")),
        ("smtps://[2001:db8::1]:4650", smtp("2001:db8::1", 4650, Encryption.TLS)),
        ("smtp://localhost:25", smtp("localhost", 25, Encryption.NONE)),
        ("smtp://127.0.0.1:1025", smtp("127.0.0.1", 1025, Encryption.NONE)),
        ("smtp://[::1]:25", smtp("::1", 25, Encryption.NONE)),
        ("smtp://localhost:25?starttls=require", smtp("localhost", 25, REQUIRED)),
        ("smtp://mail_relay:25?starttls=never", smtp("mail_relay", 25, Encryption.NONE)),
        ("file:///srv/consent/mail", MailFolder("/srv/consent/mail")),
        ("file:///srv/my%20mail", MailFolder("/srv/my mail")),
    ],
)
def test_a_route_is_read(url, route):
    assert parse_mail_route(url) == route


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "mail.example",
        "mail.example:587",
        "//mail.example",
        "http://mail.example",
        "smtp:mail.example",
        "smtp://",
        "smtp:///",
        "smtp://:587",
        "smtp://hunter2@mail.example",
        "smtp://:hunter2@mail.example",
        "smtp://u:@mail.example",
        "smtp://@mail.example",
        "smtp://u:hunter2/x@mail.example",
        "smtp://u:hunter2?x@mail.example",
        "smtp://u:hunter2#x@mail.example",
        "smtp://u:hunter2[@mail.example",
        "smtp://u:hunter2%0d%0a@mail.example",
        "smtp://u:hunter2%C3%A9@mail.example",
        "smtp://u:hunter2%ff@mail.example",
        "smtp://u:hunter2 x@mail.example",
        "smtp://u:hunter2\u00e9@mail.example",
        "smtp://u:hunter2@mail.example\n",
        "smtp://u:hunter2@mail.exa\tmple",
        "smtp://u:hunter2@m\u00fcller.example",
        "smtp://u:hunter2@mail..example",
        "smtp://u:hunter2@[::g]",
        "smtp://u:hunter2@[::1",
        "smtp://u:hunter2@mail.example:0",
        "smtp://u:hunter2@mail.example:65536",
        "smtp://u:hunter2@mail.example:smtp",
        "smtp://u:hunter2@mail.example/inbox",
        "smtp://u:hunter2@mail.example#x",
        "smtp://u:hunter2@mail.example?starttls",
        "smtp://u:hunter2@mail.example?starttls=",
        "smtp://u:hunter2@mail.example?starttls=maybe",
        "smtp://u:hunter2@mail.example?starttls=never&starttls=require",
        "smtp://u:hunter2@mail.example?tls=yes",
        "smtp://u:hunter2@mail.example?starttls=never&timeout=5",
        "smtps://u:hunter2@mail.example?starttls=require",
        "smtps://u:hunter2@mail.example?verify=no",
        "file://",
        "file:///",
        "file://host/srv/mail",
        "file:srv/mail?hunter2",
        "file:///srv/mail?hunter2",
        "file:///srv/mail%0ahunter2",
        "file:///srv/mail%00hunter2",
    ],
    ids=ascii,
)
def test_anything_odd_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match=r"^[a-z]") as caught:
        parse_mail_route(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_user_and_password_are_not_shown():
    shown = repr(parse_mail_route("smtp://somebody:hunter2@mail.example:2525"))
    assert "mail.example" in shown
    assert "hunter2" not in shown
    assert "somebody" not in shown
