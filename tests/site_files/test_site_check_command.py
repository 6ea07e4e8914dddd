"""consent-service site check: what it prints and how it leaves."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent_service.cli.site_commands import keep_sites
from consent_service.domain.feed.webhook_event import Event
from consent_service.services.feed.keeping_webhooks import Changes, change_webhook, make_webhook
from consent_service.site_files.site_file import read_site
from tests.cast import Clock, make_resources
from tests.sound_site import SOUND

CLAIM = SOUND.replace('version = "1"', 'version = "1"\nclaims = ["consent_by_use"]')


def check(*files: Path) -> Result:
    return CliRunner().invoke(keep_sites, ["check", *map(str, files)])


@pytest.fixture
def file(tmp_path):
    def write(text: str, name: str = "shop.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_sound_file_is_clean(file):
    path = file(SOUND)
    result = check(path)
    assert result.exit_code == 0
    assert result.output == f"{path}: no faults, no findings\n"


def test_findings_alone_leave_with_1(file):
    path = file(CLAIM)
    result = check(path)
    assert result.exit_code == 1
    finding, summary = result.output.splitlines()
    assert finding.startswith(f"{path}: policy.claims[0]: the policy says that using the site counts as agreeing.")
    assert finding.endswith(" [policy-claims]")
    assert summary == f"{path}: no faults, 1 finding"


def test_faults_leave_with_2_and_stand_one_a_line(file):
    path = file(SOUND.replace('id = "shop"', "id = 5\ncolour = 1"))
    result = check(path)
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        f"{path}: colour: there is no such key",
        f"{path}: id: expected text, got a whole number",
        f"{path}: 2 faults",
    ]


def test_the_gravest_of_several_files_decides(file):
    clean, unfair, faulty = file(SOUND, "a.toml"), file(CLAIM, "b.toml"), file("=", "c.toml")
    assert check(clean, unfair).exit_code == 1
    result = check(faulty, unfair, clean)
    assert result.exit_code == 2
    assert [line.rpartition(": ")[2] for line in result.output.splitlines() if "fault" in line] == [
        "1 fault",
        "no faults, 1 finding",
        "no faults, no findings",
    ]


def test_a_missing_file_is_a_fault_and_the_others_are_still_checked(file, tmp_path):
    result = check(tmp_path / "nothing.toml", file(SOUND))
    assert result.exit_code == 2
    assert "nothing.toml: cannot be read: No such file or directory" in result.output
    assert "shop.toml: no faults, no findings" in result.output


def test_a_newsletter_whose_confirmations_nobody_sends_is_a_finding_where_there_is_a_home(file, tmp_path, monkeypatch):
    monkeypatch.setenv("CONSENT_HOME", str(tmp_path / "home"))
    told = SOUND.replace("[messages]", '[messages]\nconfirm_by = "webhook"')
    path = file(told)
    assert check(path).exit_code == 0
    resources = make_resources(tmp_path, Clock())
    result = check(path)
    assert result.exit_code == 1
    assert "messages.confirm_by: nobody sends the link" in result.output
    url, events = "https://hooks.shop.example/consent", [Event.CONFIRM_REQUESTED]
    made = make_webhook(resources, read_site(path), url, events, loopback_allowed=False)
    assert check(path).exit_code == 0
    change_webhook(resources, made.webhook, Changes(enabled=False), loopback_allowed=False)
    assert check(path).exit_code == 1


def test_without_a_file_it_says_how_it_is_called():
    assert check().exit_code == 2
    assert "FILE" in check().output
