"""Commands for API keys and the signing key."""

from datetime import datetime

import pytest

from consent_service.domain.api_key import Scope, is_key_shaped
from consent_service.domain.identifier import RECORD_ID
from consent_service.keys.key_ring import KeyRing
from consent_service.services.operator.issuing_keys import find_key
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings

CREATE = ("key", "create", "--site", "demo", "--scope", "check")


def listed(run):
    header, *rows = (line.split("\t") for line in run("key", "list").stdout.splitlines())
    assert header == ["id", "site", "label", "scopes", "purposes", "created", "last used", "state"]
    return rows


def test_the_key_stands_alone_on_the_last_line(ready, home):
    result = ready(*CREATE)
    assert result.exit_code == 0
    assert result.stdout == f"{result.stdout.strip()}\n"
    assert is_key_shaped(result.stdout.strip())
    found = find_key(open_resources(Settings(home=home)), result.stdout.strip())
    assert (found.site, found.scopes, found.purposes) == ("demo", {Scope.CHECK}, None)


def test_a_key_is_made_with_everything_that_was_asked(ready, home):
    options = ("--scope", "admin", "--purpose", "analytics", "--label", "back office", "--days", "30")
    found = find_key(open_resources(Settings(home=home)), ready(*CREATE, *options).stdout.strip())
    assert (found.scopes, found.purposes, found.label) == ({"check", "admin"}, {"analytics"}, "back office")
    assert found.expires_at - found.created_at == 30 * 86_400_000_000


@pytest.mark.parametrize("scope", [scope.value for scope in Scope])
def test_every_scope_can_be_given(ready, scope):
    assert ready("key", "create", "--site", "demo", "--scope", scope).exit_code == 0
    assert listed(ready)[0][3] == scope


def test_keys_are_listed_without_their_text(ready):
    key = ready(*CREATE, "--label", "shop", "--purpose", "analytics").stdout.strip()
    [(identifier, *rest)] = listed(ready)
    assert RECORD_ID.fullmatch(identifier)
    created = rest.pop(4)
    assert datetime.fromisoformat(created).tzinfo
    assert rest == ["demo", "shop", "check", "analytics", "never", "live"]
    assert key not in ready("key", "list").output


def test_a_revoked_key_is_listed_as_such_and_works_no_more(ready, home):
    key = ready(*CREATE).stdout.strip()
    identifier = listed(ready)[0][0]
    assert ready("key", "revoke", identifier).stdout == f"revoked {identifier}\n"
    assert listed(ready)[0][-1].startswith("revoked 20")
    assert find_key(open_resources(Settings(home=home)), key).revoked_at


def test_a_third_live_key_of_a_name_is_refused(ready, refused):
    assert [ready(*CREATE).exit_code for _ in range(2)] == [0, 0]
    assert "already has 2 live keys; run: consent-service key revoke" in refused(ready(*CREATE))


def test_a_new_signing_key_signs_and_the_old_one_verifies(ready, home):
    before = KeyRing(home / "keys")
    (old, _) = before.current
    new = ready("key", "rotate").stdout.split()[-1]
    assert KeyRing(home / "keys").current[0] == new != old
    assert set(KeyRing(home / "keys").public_keys) == {old, new}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", "--site", "nowhere", "--scope", "check"), "there is no site 'nowhere'"),
        (("create", "--site", "demo", "--scope", "everything"), "'everything' is not one of"),
        (
            ("create", "--site", "demo", "--scope", "check", "--purpose", "gadgets"),
            "has no purpose 'gadgets'; there",
        ),
        (("create", "--site", "dmeo", "--scope", "check"), "; the nearest is 'demo'"),
        (
            ("create", "--site", "demo", "--scope", "check", "--purpose", "offer_email"),
            "site 'demo' has no purpose 'offer_email'; the nearest is 'offers_email'",
        ),
        (("create", "--site", "demo", "--scope", "check", "--days", "0"), "--days"),
        (("create", "--site", "demo", "--scope", "check", "--days", "soon"), "--days"),
        (("create", "--scope", "check"), "--site"),
        (("create", "--site", "demo"), "--scope"),
        (("revoke", "019b796d-d600-7998-9071-faebc0db7432"), "no live key has the id"),
        (("revoke",), "ID"),
        (("destroy",), "No such command 'destroy'"),
        (("list", "--all"), "--all"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(ready, refused, arguments, message):
    assert message in refused(ready("key", *arguments))


@pytest.mark.parametrize("command", [("key", "list"), ("key", "rotate"), CREATE, ("key", "revoke", "x")])
def test_a_home_without_keys_says_what_to_run(run, refused, command):
    assert "there is no signing key; run: consent-service init, or set CONSENT_HOME to" in refused(run(*command))


@pytest.mark.parametrize(
    "command", [("key", "list"), ("key", "rotate"), ("migrate",), ("records", "export", "--site", "demo")]
)
def test_a_key_that_others_can_read_is_refused(ready, refused, home, command):
    for file in (home / "keys").iterdir():
        file.chmod(0o644)
    assert "other users may read this; run: chmod 600" in refused(ready(*command))
