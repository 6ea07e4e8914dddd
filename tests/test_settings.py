"""Settings: read once from the environment, loud on anything missing or odd."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from consent_service.domain.errors import SettingsFault
from consent_service.domain.messages.mail_route import MailFolder
from consent_service.settings import Settings

SECRET_URL = "smtp://shop:hunter2@mail.example:587"


def test_an_empty_environment_gives_the_defaults():
    assert Settings.from_environ({"PATH": "/bin", "HOME": "/root"}) == Settings()


def test_every_setting_is_read():
    environ = {
        "CONSENT_HOME": "/srv/consent",
        "CONSENT_SITES": "/etc/consent/sites",
        "CONSENT_OWN_HOSTS": "consent.internal, 10.0.0.7,[fd00::7],Consent-2",
        "CONSENT_HSTS_SECONDS": "31536000",
        "CONSENT_LOG_LEVEL": "warning",
        "CONSENT_SMTP_URL": "file:///srv/mail",
        "CONSENT_WEBHOOK_LOOPBACK": "yes",
    }
    settings = Settings.from_environ(environ)
    assert (settings.home, settings.sites) == (Path("/srv/consent"), Path("/etc/consent/sites"))
    assert settings.own_hosts == {"consent.internal", "10.0.0.7", "[fd00::7]", "consent-2"}
    assert (settings.hsts_seconds, settings.log_level) == (31_536_000, "warning")
    assert (settings.smtp_url, settings.webhook_loopback) == (MailFolder("/srv/mail"), True)


def test_database_and_keys_lie_in_the_home_folder():
    settings = Settings(home=Path("/srv"))
    assert (settings.database, settings.keys) == (Path("/srv/consent.sqlite3"), Path("/srv/keys"))


def test_settings_stay_as_they_were_read():
    with pytest.raises(FrozenInstanceError):
        Settings().home = Path("elsewhere")


@pytest.mark.parametrize("name", ["CONSENT_HOEM", "CONSENT_", "CONSENT_SECRET_KEY", "CONSENT_DATABASE"])
def test_a_setting_that_does_not_exist_is_named(name):
    with pytest.raises(SettingsFault, match="there is no such setting"):
        Settings.from_environ({name: "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONSENT_HOME", ""),
        ("CONSENT_HOME", "  "),
        ("CONSENT_HOME", "a\0b"),
        ("CONSENT_SITES", ""),
        ("CONSENT_OWN_HOSTS", "consent.internal:8000"),
        ("CONSENT_OWN_HOSTS", "http://consent.internal"),
        ("CONSENT_OWN_HOSTS", "a,,b"),
        ("CONSENT_OWN_HOSTS", "a,"),
        ("CONSENT_OWN_HOSTS", "*"),
        ("CONSENT_OWN_HOSTS", "fd00::7"),
        ("CONSENT_HSTS_SECONDS", ""),
        ("CONSENT_HSTS_SECONDS", "-1"),
        ("CONSENT_HSTS_SECONDS", "1.5"),
        ("CONSENT_HSTS_SECONDS", "one year"),
        ("CONSENT_HSTS_SECONDS", "99999999999"),
        ("CONSENT_HSTS_SECONDS", "\u0661"),
        ("CONSENT_HSTS_SECONDS", "63072001"),
        ("CONSENT_LOG_LEVEL", ""),
        ("CONSENT_LOG_LEVEL", "loud"),
        ("CONSENT_LOG_LEVEL", "INFO "),
        ("CONSENT_SMTP_URL", ""),
        ("CONSENT_SMTP_URL", "mail.example"),
        ("CONSENT_SMTP_URL", "smtp://mail.example?tls=yes"),
        ("CONSENT_SMTP_URL_FILE", ""),
        ("CONSENT_SMTP_URL_FILE", "/nowhere/smtp"),
        ("CONSENT_WEBHOOK_LOOPBACK", ""),
        ("CONSENT_WEBHOOK_LOOPBACK", "true"),
    ],
    ids=ascii,
)
def test_an_odd_value_is_refused_with_the_name_of_its_setting(name, value):
    with pytest.raises(SettingsFault, match=f"{name}: expected"):
        Settings.from_environ({name: value})


def test_a_secret_can_stand_in_a_file(tmp_path):
    (tmp_path / "smtp").write_text(f"{SECRET_URL}\n")
    from_file = Settings.from_environ({"CONSENT_SMTP_URL_FILE": str(tmp_path / "smtp")})
    assert from_file == Settings.from_environ({"CONSENT_SMTP_URL": SECRET_URL})


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"smtp://u:hunter2@mail.example?x\n", b"smtp://u:hunter2@m.example\nmore"]
)
def test_a_file_with_something_else_is_refused_and_not_repeated(tmp_path, content):
    (tmp_path / "smtp").write_bytes(content)
    with pytest.raises(SettingsFault, match=r"CONSENT_SMTP_URL(_FILE)?: expected") as caught:
        Settings.from_environ({"CONSENT_SMTP_URL_FILE": str(tmp_path / "smtp")})
    assert "hunter2" not in str(caught.value)


def test_a_secret_and_its_file_together_are_refused(tmp_path):
    (tmp_path / "smtp").write_text(SECRET_URL)
    with pytest.raises(
        SettingsFault, match="CONSENT_SMTP_URL: expected either this or CONSENT_SMTP_URL_FILE"
    ) as caught:
        Settings.from_environ({"CONSENT_SMTP_URL": SECRET_URL, "CONSENT_SMTP_URL_FILE": str(tmp_path / "smtp")})
    assert "hunter2" not in str(caught.value)


def test_what_is_no_secret_stands_in_no_file(tmp_path):
    with pytest.raises(SettingsFault, match="CONSENT_HOME_FILE: there is no such setting"):
        Settings.from_environ({"CONSENT_HOME_FILE": str(tmp_path)})


def test_settings_do_not_show_their_secrets():
    assert "hunter2" not in repr(Settings.from_environ({"CONSENT_SMTP_URL": SECRET_URL}))
