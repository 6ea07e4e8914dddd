"""Query plans: what every request asks is planned once for each connection, whatever is looked for."""

import apsw
import pytest

from consent_service.domain.identifier import name_visitor
from consent_service.storage.changes import find_head
from consent_service.storage.records import find_last_record
from consent_service.storage.standings import CURRENT_AND_NEWEST, find_visitor_state
from consent_service.storage.webhooks import list_webhooks_of

pytestmark = pytest.mark.one_file

ASKED = {
    "the newest record": lambda database, name: find_last_record(database, name_visitor("demo", name)),
    "the state of a visitor": lambda database, name: find_visitor_state(database, name_visitor("demo", name)),
    "the head of the feed": find_head,
    "the webhooks": list_webhooks_of,
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=list(ASKED))
def test_a_query_is_not_planned_again_for_another_value(resources, ask):
    planned = []
    # The engine asks for leave whenever it plans, and only then.
    connection = resources.database.engine.connection()
    connection.authorizer = lambda *what: planned.append(what) or apsw.SQLITE_OK
    ask(resources.database, "anna")
    assert planned
    planned.clear()
    ask(resources.database, "berta")
    ask(resources.database, "clara")
    connection.authorizer = None
    assert not planned


def test_the_state_of_a_visitor_is_two_descents_and_no_sorting(resources):
    plan = [row[3] for row in resources.database.rows(f"EXPLAIN QUERY PLAN {CURRENT_AND_NEWEST}", ("demo/v/x",))]
    assert [step.split()[0] for step in plan] == ["SEARCH", "SEARCH"]
