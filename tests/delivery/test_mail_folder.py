"""A folder takes mail where there is no mail server: one file a message, for its owner alone."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from consent_service.delivery.smtp import MailRefused, send_mail
from consent_service.domain.messages.mail_message import compose
from consent_service.domain.messages.mail_route import MailFolder
from tests.cast import NOON, SECOND


def make_message(number=1, *, at=NOON, to="anna@customer.example"):
    message_id = f"<msg_{number}@shop.example>"
    return compose("news@shop.example", to, "Bitte bestätigen", "Grüße\n", at=at, message_id=message_id, language="de")


def test_a_message_becomes_a_file_that_mail_programs_read(tmp_path):
    send_mail(MailFolder(str(tmp_path / "new" / "mail")), make_message())
    (file,) = (tmp_path / "new" / "mail").iterdir()
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert (message["To"], message["Subject"]) == ("anna@customer.example", "Bitte bestätigen")
    assert message.get_content().replace("\r\n", "\n") == "Grüße\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_names_sort_by_time_and_end_in_eml(tmp_path):
    for number in (3, 1, 2):
        send_mail(MailFolder(str(tmp_path)), make_message(number, at=NOON + number * SECOND))
    names = sorted(file.name for file in tmp_path.iterdir())
    assert [name[:17] for name in names] == ["20260101T120001Z-", "20260101T120002Z-", "20260101T120003Z-"]
    assert {Path(name).suffix for name in names} == {".eml"}


def test_the_same_message_sent_again_stays_one_file(tmp_path):
    for _ in range(3):
        send_mail(MailFolder(str(tmp_path)), make_message())
    send_mail(MailFolder(str(tmp_path)), make_message(2))
    assert len(list(tmp_path.iterdir())) == 2


def test_an_address_beyond_ascii_stands_as_it_is(tmp_path):
    send_mail(MailFolder(str(tmp_path)), make_message(to="zoë@müller.example"))
    (file,) = tmp_path.iterdir()
    assert "\r\nTo: zoë@müller.example\r\n" in file.read_bytes().decode()


def test_a_folder_that_cannot_be_written_is_worth_another_try(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MailRefused) as caught:
        send_mail(MailFolder(str(tmp_path / "file" / "mail")), make_message())
    assert (caught.value.permanent, caught.value.code) == (False, None)
    assert "customer" not in str(caught.value)
