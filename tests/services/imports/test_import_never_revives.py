"""No import revives: whatever happened to a person before and whatever files come, a no stays a no."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_service.domain.basics.moment import write_time
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.standings import find_standing
from tests.cast import NOON, SECOND, Clock, make_resources
from tests.services.imports.import_desk import HEADER, ImportDesk, import_site

DAY = 86_400 * SECOND
PEOPLE = ("ada@example.org", "ben@example.org")
KEYS = ("newsletter", "offers")
ALLOWED = ("granted", "soft_opt_in")

moments = st.integers(-20, 0).map(lambda days: NOON + days * DAY)
deeds = st.sampled_from(("yes", "no", "refuse", "stop", "bounce", "complaint", "manual", "minor", "pause", "erase"))
events = st.tuples(deeds, st.sampled_from(PEOPLE), st.sampled_from(KEYS), moments)
rows = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(("granted", "granted", "granted", "pending", "withdrawn", "bounce", "complaint")),
    moments | st.none(),
    st.sampled_from(("newsletter", "offers", "newsletter,offers", "")),
)
files = st.lists(rows, min_size=1, max_size=6)


def act_of(deed: str, key: str, at: int) -> Act:
    """Make the act of a person, or of the shop about one."""
    match deed:
        case "yes":
            states = {key: State.GRANTED}
            return Act(method=Method.SUBSCRIBE_CONFIRM, actor="subject", at=at, states=states, revives=True)
        case "no" | "refuse":
            states = {key: State.WITHDRAWN if deed == "no" else State.REFUSED}
            return Act(method=Method.PREFERENCE_CENTRE, actor="subject", at=at, states=states)
        case "stop":
            return Act(method=Method.PREFERENCE_CENTRE, actor="subject", at=at, stop_all=True)
        case "pause":
            return Act(method=Method.PREFERENCE_CENTRE, actor="subject", at=at, pause_until=NOON + 30 * DAY)
        case _:
            return Act(method=Method.API, actor="key", at=at, block=Block(deed))


def file_of(lines: list[tuple[str, str, int | None, str]]) -> str:
    """Write a file."""
    written = (f'{who},{status},{write_time(at) if at else ""},"{topics}"\n' for who, status, at, topics in lines)
    return HEADER + "".join(written)


@pytest.mark.threat("T32")
@settings(max_examples=40)
@given(history=st.lists(events, max_size=8), imports=st.lists(files, min_size=1, max_size=2), stated=moments)
def test_no_import_turns_a_no_into_a_yes_and_a_second_one_changes_nothing(history, imports, stated):
    with tempfile.TemporaryDirectory() as folder:
        desk = ImportDesk(make_resources(Path(folder), Clock()), import_site())
        for deed, who, key, at in history:
            if deed == "erase":
                erase_subject(desk.resources, desk.site, desk.principal(who), "subject")
            else:
                record_act(desk.resources, desk.site, desk.principal(who), act_of(deed, key, at))
        for lines in imports:
            before = {who: find_standing(desk.resources.database, desk.principal(who)) for who in PEOPLE}
            reasons = {(who, key): desk.reason(who, key) for who in PEOPLE for key in KEYS}
            text = file_of(lines)
            tried = desk.run(text, dry_run=True, at=stated)
            assert {(who, key): desk.reason(who, key) for who, key in reasons} == reasons
            assert desk.run(text, at=stated).report == tried.report
            for (who, key), reason in reasons.items():
                holds(before[who], reason, desk.reason(who, key), key)
            ledger = desk.ledger()
            again = desk.run(text, at=stated)
            assert desk.ledger() == ledger
            assert "applied" not in again.counts
        desk.resources.database.close()


def holds(before, reason, after, key):
    """Check one person and purpose: only who never answered, or was asked and not confirmed, may come to be allowed."""
    if after in ALLOWED and reason not in ALLOWED:
        decision = before.decisions.get(key)
        assert reason in ("never_asked", "pending")
        assert not before.blocks
        assert before.stopped_at is None or (decision is not None and decision.at > before.stopped_at)
        assert decision is None or decision.state == State.PENDING
