"""The pipe command: a mail server's message ends what its recipient names, and no fault of ours makes it bounce."""

import pytest
from click.testing import CliRunner

from consent_service.cli import main
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.messages.link_token import LinkKind, LinkToken, write_base32_token, write_token
from consent_service.domain.subject.act import Act
from consent_service.keys.key_ring import KeyRing
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.services.subject.recording_acts import record_act
from consent_service.site_files.site_file import read_site
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.standings import find_standing
from tests.cli.conftest import SITES

NEWS = "offers_email"
HOST = "unsubscribe.willow-wren.example"


@pytest.fixture
def pipe(home, ready):
    def call(message, *arguments, **environ):
        given = {"CONSENT_HOME": home, "CONSENT_SITES": SITES, **environ}
        command = ["inbound", "--site", "demo", *arguments]
        return CliRunner().invoke(main, command, input=message, env={k: str(v) for k, v in given.items()})

    return call


@pytest.fixture
def resources(home, ready):
    return Resources(SqliteDatabase(home / "consent.sqlite3"), KeyRing(home / "keys"))


@pytest.fixture
def anna(resources):
    site = read_site(SITES / "demo.toml")
    person = identify_email(resources, site, "anna@home.example")
    yes = Act(
        method=Method.SUBSCRIBE_CONFIRM,
        actor="subject",
        at=resources.clock() - 1,
        states={NEWS: State.GRANTED},
        revives=True,
    )
    record_act(resources, site, person.principal, yes)
    return person


def address(resources, person):
    token = write_token(resources.keys.secrets.links, "demo", LinkToken(LinkKind.UNSUBSCRIBE, person.key))
    return f"unsub+{write_base32_token(token)}@{HOST}"


def state(resources, person):
    return find_standing(resources.database, person.principal).decisions[NEWS].state


def test_a_message_on_standard_input_ends_what_its_recipient_names(pipe, resources, anna):
    result = pipe(f"To: {address(resources, anna)}\n\nPlease.\n".encode())
    assert (result.exit_code, result.stdout) == (0, "unsubscribed\n")
    assert state(resources, anna) == State.WITHDRAWN


def test_the_recipient_of_the_envelope_may_be_given(pipe, resources, anna):
    assert pipe(b"To: x@y.example\n\n", "--recipient", address(resources, anna)).exit_code == 0
    assert state(resources, anna) == State.WITHDRAWN


@pytest.mark.parametrize("message", [b"", b"To: x@y.example\n\nstop\n", b"\xff" * 3_000_000])
def test_a_message_that_says_nothing_is_taken_all_the_same(pipe, message):
    result = pipe(message)
    assert (result.exit_code, result.stdout) == (0, "none\n")


def test_a_fault_of_ours_lets_the_mail_server_try_again(pipe, home, resources, anna):
    message = f"To: {address(resources, anna)}\n\n".encode()
    for changes in ({"CONSENT_HOME": home / "none"}, {"CONSENT_SITES": home}, {"CONSENT_NONSENSE": "1"}):
        result = pipe(message, **changes)
        assert (result.exit_code, result.stdout) == (75, "")
        [line] = result.stderr.splitlines()
        assert line.startswith("consent-service: ")
    assert pipe(message, "--site", "nobody").exit_code == 75
    resources.database.close()
    (home / "consent.sqlite3").write_bytes(b"this is no database" * 1000)
    assert pipe(message).exit_code == 75


def test_a_new_link_secret_signs_and_the_older_ones_go_on_verifying(pipe, run, resources, anna):
    old = address(resources, anna)
    result = run("key", "rotate", "--links")
    assert (result.exit_code, result.stdout) == (0, "new link secret 2\n")
    assert address(resources, anna) != old
    assert pipe(f"To: {old}\n\n".encode()).stdout == "unsubscribed\n"


def test_there_is_room_for_seven_link_secrets(run, ready, refused):
    for number in range(2, 8):
        assert run("key", "rotate", "--links").stdout == f"new link secret {number}\n"
    assert "at most 7" in refused(run("key", "rotate", "--links"))
