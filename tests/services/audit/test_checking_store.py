"""Checking the store: a sound one has no fault, and every row that is not what was signed is named."""

import apsw
import pytest

from tests.services.audit.whole_store import FILE, make_whole_store

pytestmark = pytest.mark.one_file


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return make_whole_store(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def spoil(store, tmp_path):
    """Change a copy by SQL, and return what a check finds in it."""

    def spoil(*statements: str) -> list[str]:
        home = store.copy(tmp_path / "copy")
        connection = apsw.Connection(str(home / FILE))
        for statement in statements:
            connection.execute(statement).fetchall()
            assert connection.changes() > 0, statement
        connection.close()
        return store.check(home).faults

    return spoil


def test_a_sound_store_has_no_fault(store):
    for home in (store.home, store.earlier):
        verdict = store.check(home)
        assert verdict.faults == []
    assert (verdict.people, verdict.sealed > 10, verdict.changes > 5) == (10, True, True)


def test_checking_writes_nothing(store, tmp_path):
    home = store.copy(tmp_path / "copy")
    before = (home / FILE).read_bytes()
    store.check(home)
    assert (home / FILE).read_bytes() == before


SEALED = "principal LIKE 'demo/v/%' AND principal NOT IN (SELECT principal FROM unsealed)"
FIRST_VISITOR = f"(SELECT min(principal) FROM standing WHERE {SEALED})"
GRANTED = "(SELECT min(principal) FROM ending)"
SAID_YES = "(SELECT number FROM dictionary WHERE text LIKE '[\"accept_all\"%')"


@pytest.mark.threat("T1")
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            f"UPDATE record SET signature = zeroblob(64) WHERE principal = {FIRST_VISITOR}",
            "the signature does not match",
        ),
        (f"UPDATE record SET at = at + 1 WHERE principal = {FIRST_VISITOR}", "the signature does not match"),
        (f"UPDATE record SET act = zeroblob(16) WHERE principal = {FIRST_VISITOR}", "its act is not the digest"),
        (f"DELETE FROM record WHERE principal = {FIRST_VISITOR}", "its record was deleted or changed"),
        (f"UPDATE standing SET decisions = x'00' WHERE principal = {FIRST_VISITOR}", "it cannot be read"),
        (f"DELETE FROM standing WHERE principal = {FIRST_VISITOR}", "is not in force, though the record"),
        (f"UPDATE standing SET principal = 'demo/v/x' WHERE principal = {FIRST_VISITOR}", "no record says so"),
        ("UPDATE standing SET blocks = NULL WHERE blocks LIKE '%erased%'", "the block erased is not what"),
        ("UPDATE standing SET stopped_at = NULL WHERE stopped_at > 0", "when everything was stopped"),
        ("UPDATE standing SET paused_until = 1 WHERE paused_until > 0", "until when it is paused"),
        (f"UPDATE ending SET at = at + 1 WHERE principal = {GRANTED}", "ending demo/s/"),
        (f"DELETE FROM ending WHERE principal = {GRANTED}", "ending demo/s/"),
        (
            "INSERT INTO ending (principal, purpose, site, at) VALUES ('demo/s/x', 'offers', 'demo', 7)",
            "ending demo/s/x",
        ),
        ("DELETE FROM change WHERE seq = 3", "change demo 4: between it and 2 one is gone"),
        ("DELETE FROM change WHERE seq = (SELECT max(seq) FROM change)", "a change that it tells is not in the feed"),
        ("UPDATE change SET after = 'granted' WHERE after = 'withdrawn'", "no record tells it"),
        ("UPDATE change SET record = NULL WHERE seq = 2", "change demo 2: it names no record"),
        ("UPDATE change SET kind = '', at = at + 9e12 WHERE seq = 2", "it is empty, and nobody was erased since"),
        ("UPDATE notice SET document = document || x'20'", "it is not what its digest says"),
        ("UPDATE dictionary SET text = replace(text, 'granted', 'refused')", "is not what its number says"),
        ("UPDATE ledger SET size = size - 1", "leaves"),
        ("UPDATE checkpoint SET size = size + 1", "it lies where another checkpoint belongs"),
        ("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", "the newest checkpoint signs"),
        ("UPDATE ledger_tile SET hashes = substr(hashes, 1, 64) WHERE level = 0", "a part of the tree is missing"),
        ("UPDATE ledger_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0", "it signs another tree"),
        ("DELETE FROM unsealed", "was never sealed and is not in line"),
        ("UPDATE unsealed SET leaf = zeroblob(32)", "was never sealed and is not in line"),
        ("DELETE FROM record WHERE principal LIKE 'demo/e/%'", "no removal names it"),
    ],
)
def test_a_row_that_is_not_what_was_signed_is_named(spoil, statement, named):
    found = spoil(statement)
    assert any(named in fault for fault in found), found


@pytest.mark.threat("T1")
def test_a_withdrawal_that_is_deleted_with_all_that_follows_from_it_is_named(spoil):
    """The record and the standing go back to what they were, and only the tree still knows."""
    found = spoil(
        "DELETE FROM record WHERE principal LIKE 'demo/v/%' AND seq > 1",
        "DELETE FROM standing WHERE principal IN (SELECT principal FROM record WHERE principal LIKE 'demo/v/%')",
    )
    assert any("its record was deleted or changed, and no removal names it" in fault for fault in found)
