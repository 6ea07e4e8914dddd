"""The rules of engines that shard: what lies where, and that what is asked often names the key of where it lies."""

import re
from collections import Counter
from pathlib import Path

import pytest
from playhouse.apsw_ext import APSWDatabase

from consent_service.domain.errors import SettingsFault
from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.check.checking_subjects import check_subject
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.operator.distributing_database import distribute_database
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.engine.migrating import _Runner
from consent_service.storage.engine.postgresql.distribution import EVERYWHERE, IN_ONE_PLACE, SPREAD, list_placements
from consent_service.storage.engine.postgresql.postgresql_database import PostgresqlDatabase
from consent_service.storage.engine.postgresql.whole_schema import list_statements
from tests.cast import SECOND, choose
from tests.engines import list_workers

ROOT = Path(__file__).resolve().parents[4]
SUBJECT = name_subject("demo", f"1.{1:022}")
COLUMNS = {spread.table: spread.column for spread in SPREAD}
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)", re.IGNORECASE)
KEY = re.compile(r'CREATE TABLE "(\w+)" .*PRIMARY KEY \(([^)]*)\)')
OF_ONE_PRINCIPAL = {"standing", "record", "unsealed", "seal_mark", "ending", "subject", "declaration", "claim"}


@pytest.fixture(scope="module")
def statements():
    whole = APSWDatabase(":memory:")
    _Runner(whole).up()
    yield list(list_statements(whole))
    whole.close()


@pytest.fixture
def asked(resources, monkeypatch):
    """Note whatever is asked of the server from now on."""
    seen = []
    for name in ("rows", "change", "change_many"):
        real = getattr(PostgresqlDatabase, name)

        def note(self, statement, *values, real=real):
            seen.append(" ".join(statement.split()))
            return real(self, statement, *values)

        monkeypatch.setattr(PostgresqlDatabase, name, note)
    return seen


def test_every_table_has_one_place(statements):
    made = {match[1] for text in statements if (match := KEY.search(text))} | {"claim", "schema_migration"}
    placed = Counter([*COLUMNS, *EVERYWHERE, *IN_ONE_PLACE])
    assert set(placed) == made
    assert set(placed.values()) == {1}


def test_what_is_spread_has_its_column_in_every_unique_key(statements):
    keys = dict(match.groups() for text in statements if (match := KEY.search(text))) | {"claim": '"name"'}
    assert not {table: keys[table] for table, column in COLUMNS.items() if f'"{column}"' not in keys[table].split(", ")}
    assert not [text for text in statements if "UNIQUE" in text]


def test_what_lies_together_is_placed_behind_what_it_lies_beside():
    placed = set()
    for table, _, beside in SPREAD:
        assert beside == "none" or beside in placed
        placed.add(table)
    assert {table for table, _, beside in SPREAD if "standing" in (table, beside)} == OF_ONE_PRINCIPAL


def test_only_what_lies_in_one_place_is_locked_by_more_than_its_key():
    statements = list(list_placements(8))
    assert len(statements) == len(SPREAD) + len(EVERYWHERE)
    assert not [text for text in statements for table in IN_ONE_PLACE if f"'{table}'" in text]


def names_its_key(statement):
    """Say whether a statement names the column of every table in it that is spread."""
    tables = [table for table in NAMED.findall(statement) if table in COLUMNS]
    inserted = re.match(r"INSERT INTO \w+ \(([^)]*)\)", statement)
    columns = inserted[1].split(", ") if inserted else re.findall(r"(\w+) (?:=|IN) ", statement)
    return all(COLUMNS[table] in columns for table in tables)


def test_checks_and_choices_name_the_shard_of_their_visitor(resources, site, asked):
    made = choose(resources, site, "accept")
    choose(resources, site, "withdraw", visitor=made.cookie.visitor)
    check_visitor(resources, site, made.cookie.visitor, site.purpose_by_key, signal=False)
    assert len(asked) > 8
    assert [statement for statement in asked if not names_its_key(statement)] == []
    touched = {table for statement in asked for table in NAMED.findall(statement) if table in COLUMNS}
    assert touched <= OF_ONE_PRINCIPAL


def test_checks_and_acts_of_subjects_name_the_shard_of_their_subject_or_site(resources, site, clock, asked):
    for state in (State.GRANTED, State.WITHDRAWN):
        clock.advance(SECOND)
        act = Act(
            method=Method.API, actor="key:x", at=clock.now, happens_now=True, states={"news": state}, revives=True
        )
        assert record_act(resources, site, SUBJECT, act).record
    check_subject(resources, site, Identified("1", SUBJECT), site.purpose_by_key)
    assert [statement for statement in asked if not names_its_key(statement)] == []


def test_no_statement_moves_a_row_to_another_shard():
    source = "".join(file.read_text() for file in (ROOT / "consent_service" / "storage").glob("**/*.py"))
    updates = [match.groups() for match in re.finditer(r"UPDATE (\w+) SET ([^\"]*)", source) if match[1] in COLUMNS]
    assert {table for table, _ in updates} >= {"change", "declaration"}
    assert not [pair for pair in updates if re.search(rf"\b{COLUMNS[pair[0]]} = ", pair[1].partition("WHERE")[0])]


@pytest.mark.skipif(bool(list_workers()), reason="is about a server without Citus")
def test_a_server_that_does_not_shard_is_refused_with_what_to_do(resources):
    with pytest.raises(SettingsFault, match="Citus is not in this database; as its superuser, run"):
        list(distribute_database(resources, 8))


@pytest.mark.skipif(not list_workers(), reason="needs CONSENT_TEST_CITUS_WORKERS")
def test_on_a_cluster_what_one_visitor_touches_lies_on_one_machine(resources, site):
    assert list(distribute_database(resources, 8)) == []
    made = choose(resources, site, "accept")
    query = """
    SELECT DISTINCT p.nodeport FROM pg_dist_shard_placement p
    WHERE p.shardid = get_shard_id_for_distribution_column('{}'::regclass, ?::text)
    """
    principal = f"demo/v/{made.cookie.visitor}"
    machines = [resources.database.rows(query.format(table), (principal,)) for table in sorted(OF_ONE_PRINCIPAL)]
    assert len({tuple(found) for found in machines}) == 1
    assert len(machines[0]) == 1
