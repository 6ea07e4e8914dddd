"""Query plans: what every request asks is planned once for each connection, whatever is looked for."""

import apsw
import pytest

from consent_service.domain.identifier import visitor_principal
from consent_service.storage.changes import head
from consent_service.storage.records import latest_records
from consent_service.storage.webhooks import webhooks_of

ASKED = {
    "the newest record": lambda database, name: latest_records(database, visitor_principal("demo", name), 1),
    "the head of the feed": head,
    "the webhooks": webhooks_of,
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
