"""Verifying an export: whatever visitors and operators did, nothing of it is taken for a tampering."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent_service.keys.key_ring import create_key
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.rights.erasing import erase_visitor
from consent_service.verifier.export_verification import verify_export
from tests.cast import NOON, SECOND, choose, make_site

BUTTONS = st.sampled_from(["accept", "reject", "save", "withdraw", "erase", "rotate"])


@pytest.mark.threat("T1")
@given(acts=st.lists(st.tuples(BUTTONS, st.integers(0, 3), st.booleans(), st.integers(-5, 40)), max_size=25))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_history_raises_a_false_alarm(resources, clock, acts):
    site = make_site(f"site{clock.now - NOON}")
    visitors = {}
    for button, who, signal, seconds in acts:
        clock.advance(seconds * SECOND)
        if button == "rotate":
            create_key(resources.database.file.parent / "keys", clock.now)
        elif button == "erase" and who in visitors:
            erase_visitor(resources, site, visitors[who], "test")
        elif button != "erase":
            yes = ["analytics"] if button == "save" else []
            recorded = choose(resources, site, button, visitor=visitors.get(who), yes=yes, signal=signal)
            visitors[who] = recorded.cookie.visitor
    clock.advance(1)
    assert verify_export(export_records(resources, site, None), resources.keys.public_keys).faults == []
