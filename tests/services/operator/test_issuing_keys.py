"""Issuing API keys: shown once, two live at once, revoked at once, and never guessed."""

import random
import string
from dataclasses import replace

import pytest

from consent_service.domain.api_key import Scope, hash_key, is_key_shaped, make_key
from consent_service.domain.basics.moment import DAY
from consent_service.domain.errors import NotFound
from consent_service.services.operator.issuing_keys import (
    TooManyKeys,
    find_key,
    issue_key,
    list_keys,
    revoke_key_of_site,
)
from tests.cast import NOON
from tests.engines import open_again

MUTATIONS = 200_000
SYMBOLS = string.ascii_letters + string.digits


@pytest.fixture
def issue(resources):
    def make(**changes):
        plain = {"site": "demo", "label": "shop", "scopes": [Scope.CHECK], "purposes": None, "valid_for": None}
        return issue_key(resources, **(plain | changes))

    return make


def test_a_key_is_found_by_its_text_with_what_it_may_do(resources, issue):
    text, made = issue(scopes=[Scope.CHECK, Scope.ADMIN], purposes=frozenset({"analytics", "marketing"}))
    assert is_key_shaped(text)
    assert find_key(resources, text) == made
    assert (made.scopes, made.purposes) == ({Scope.CHECK, Scope.ADMIN}, {"analytics", "marketing"})


@pytest.mark.one_file
def test_the_database_holds_nothing_that_could_be_used_as_a_key(resources, issue):
    text, _ = issue()
    resources.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert text.encode() not in resources.database.file.read_bytes()
    assert text[3:33].encode() not in resources.database.file.read_bytes()
    assert resources.database.rows("SELECT hash FROM api_key") == [(hash_key(text),)]


@pytest.mark.threat("T28")
def test_two_keys_of_a_name_live_at_once_and_a_third_is_refused(resources, issue):
    issue()
    issue()
    with pytest.raises(TooManyKeys, match="'shop' already has 2 live keys; run: consent-service key revoke"):
        issue()
    assert len(list_keys(resources)) == 2


def test_keys_of_other_names_and_sites_do_not_count(resources, issue):
    made = [issue()[1], issue()[1], issue(label="mail")[1], issue(site="other")[1]]
    assert list_keys(resources) == sorted(made, key=lambda key: key.id)


def test_a_revoked_or_expired_key_makes_room(resources, issue, clock):
    _, revoked = issue()
    issue(valid_for=DAY)
    revoke_key_of_site(resources, revoked.id)
    issue()
    clock.advance(DAY)
    issue()
    assert len(list_keys(resources)) == 4


def test_every_worker_sees_that_a_key_was_revoked_from_its_next_look_on(resources, issue, clock):
    text, made = issue()
    worker = replace(resources, database=open_again(resources.database))
    assert find_key(worker, text).revoked_at is None
    revoke_key_of_site(resources, made.id)
    assert find_key(worker, text).revoked_at == clock()


def test_a_key_knows_when_it_expires(resources, issue):
    text, _ = issue(valid_for=DAY)
    assert find_key(resources, text).expires_at == NOON + DAY


@pytest.mark.parametrize("identifier", ["", "unknown", "%"])
def test_what_is_no_live_key_cannot_be_revoked(resources, issue, identifier):
    _, made = issue()
    with pytest.raises(NotFound, match="no live key has the id"):
        revoke_key_of_site(resources, identifier)
    revoke_key_of_site(resources, made.id)
    with pytest.raises(NotFound):
        revoke_key_of_site(resources, made.id)


@pytest.mark.one_file
def test_an_issue_that_fails_leaves_no_key(resources, issue):
    resources.database.rows("CREATE TRIGGER fails AFTER INSERT ON api_key BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(Exception, match="cannot be written"):
        issue()
    assert list_keys(resources) == []


def mutations(key: str, dice: random.Random) -> str:
    """Change a key as a typing error, a truncation or a guess would."""
    place, other = dice.randrange(len(key)), dice.randrange(len(key))
    low, high = min(place, other), max(place, other)
    return dice.choice(
        [
            key[:place] + dice.choice(SYMBOLS) + key[place + 1 :],
            key[:place] + key[place + 1 :],
            key[:place] + dice.choice(SYMBOLS) + key[place:],
            key[:low] + key[high] + key[low + 1 : high] + key[low] + key[high + 1 :] if low < high else key[1:],
            key[:place] + key[place].swapcase() + key[place + 1 :],
            make_key(dice.randbytes(32)),
            key[:3] + "".join(dice.choices(SYMBOLS, k=36)),
            dice.choice((" ", "\n", "\0", "Bearer ")) + key,
            key + dice.choice((" ", "\n", "\0", "=", key)),
        ]
    )


@pytest.mark.threat("T28")
def test_no_mutated_key_is_accepted(resources, issue):
    issued = [issue(label=str(number))[0] for number in range(20)]
    dice = random.Random(3)
    accepted, well_formed = [], 0
    for number in range(MUTATIONS):
        key = issued[number % len(issued)]
        mutated = mutations(key, dice)
        if mutated != key and is_key_shaped(mutated):
            well_formed += 1
            if find_key(resources, mutated) is not None:
                accepted.append(mutated)
    assert not accepted
    # Only guesses with a right checksum get as far as the database.
    assert MUTATIONS // 20 < well_formed < MUTATIONS // 5


@pytest.mark.threat("T5")
def test_no_mutated_key_is_in_the_database_either(resources, issue):
    key, _ = issue()
    dice = random.Random(4)
    mutated = {mutations(key, dice) for _ in range(MUTATIONS // 10)} - {key}
    assert not [text for text in mutated if find_key(resources, text) is not None]
