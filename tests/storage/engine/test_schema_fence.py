"""A version that goes on serving after the database was migrated writes nothing more, and says so."""

from dataclasses import replace

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.errors import LeftBehind
from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.services.operator.issuing_keys import find_key, issue_key
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.engine.migrating import GENERATION, migrate
from tests.cast import NOON, choose
from tests.engines import open_again

RAISE = "UPDATE schema_generation SET number = number + 1"


@pytest.fixture
def serving(resources):
    """A version that opened the database while it was its own."""
    return replace(resources, database=open_again(resources.database, GENERATION))


def migrate_further(resources):
    """Do to the database what the migration of a newer version does last."""
    with resources.database.write():
        resources.database.change(RAISE)


def test_a_migrated_database_has_the_generation_of_its_newest_migration(resources):
    migrate(resources.database)
    assert resources.database.rows("SELECT number FROM schema_generation") == [(GENERATION,)]
    open_again(resources.database, GENERATION).require_generation()


def test_no_choice_is_taken_by_a_version_that_was_left_behind(resources, serving, site):
    made = choose(serving, site, "accept")
    migrate_further(resources)
    with pytest.raises(LeftBehind, match="restart"):
        choose(serving, site, "withdraw", visitor=made.cookie.visitor)
    assert len(read_history(resources, site, made.cookie.visitor).statements) == 1


def test_a_withdrawal_that_would_change_nothing_is_refused_too(resources, serving, site):
    """What would be changed may lie where the new version keeps it."""
    no = Act(method=Method.ONE_CLICK, actor="subject", at=NOON, states={"newsletter": State.WITHDRAWN})
    principal = name_subject(site.id, f"1.{'a' * 21}A")
    assert record_act(serving, site, principal, no).record
    assert record_act(serving, site, principal, no).record is None
    migrate_further(resources)
    with pytest.raises(LeftBehind):
        record_act(serving, site, principal, no)


def test_a_write_that_was_open_while_the_schema_changed_is_seen_by_neither(resources, serving):
    with serving.database.write():
        serving.database.require_generation()
    migrate_further(resources)
    with pytest.raises(LeftBehind), serving.database.write():
        pytest.fail("nothing may be written here")


def test_no_key_is_found_by_a_version_that_was_left_behind(resources, serving, site):
    text, _ = issue_key(serving, site=site.id, label="shop", scopes=[Scope.CHECK], purposes=None, valid_for=None)
    assert find_key(serving, text)
    migrate_further(resources)
    with pytest.raises(LeftBehind):
        find_key(serving, text)


def test_a_version_that_was_left_behind_is_not_ready(resources, serving):
    check_ready(serving)
    migrate_further(resources)
    with pytest.raises(LeftBehind):
        check_ready(serving)
