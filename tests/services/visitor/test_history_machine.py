"""Any history of choices, time, changed notices, keys, erasures and replays, against a plain model of it."""

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from consent_service.domain.basics.moment import DAY
from consent_service.keys.key_ring import create_key
from consent_service.services.audit.checking_store import check_store
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.rights.erasing import erase_visitor
from consent_service.services.visitor.reading_visitors import verify_cookie
from consent_service.verifier.export_verification import verify_export
from tests.cast import SECOND, Clock, change_purpose, choose, cookie_text, make_notice_for, make_resources, make_site

VISITORS = range(3)
SITES = ("one", "two")
COVERED = "marketing"
ASKED = ("preferences", "analytics", COVERED)
BUTTONS = ("accept", "reject", "save", "withdraw")


@dataclass
class Said:
    """What the model remembers about one purpose: state, time, version of its text, and how it came about."""

    state: str
    at: int
    version: int
    under_signal: bool
    by_signal: bool = False


@dataclass
class Person:
    """A browser as the model knows it: its present cookie, older ones, and what it said."""

    cookie: str | None = None
    old_cookies: list[str] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    records: int = 0


def end_half_year(at):
    """Find the same day and time six months on, or the last day of that month, by trying one day after the other."""
    begin = datetime.fromtimestamp(at / SECOND, UTC)
    days = [begin + timedelta(days=number) for number in range(170, 190)]
    sought = [day for day in days if (day.month - begin.month) % 12 == 6]
    end = next((day for day in sought if day.day == begin.day), sought[-1])
    return at + (end - begin).days * DAY


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.resources = make_resources(Path(self.folder.name), self.clock)
        self.sites = {name: make_site(name) for name in SITES}
        self.versions = {name: dict.fromkeys(ASKED, 1) for name in SITES}
        self.people = {(name, number): Person() for name in SITES for number in VISITORS}
        self.left_behind = dict.fromkeys(SITES, 0)
        self.removals = dict.fromkeys(SITES, 0)

    def teardown(self) -> None:
        # Once at the end: what answers come from is what the records say.
        faults = check_store(self.resources).faults
        self.resources.database.close()
        self.folder.cleanup()
        assert faults == []

    @rule(
        name=st.sampled_from(SITES),
        number=st.sampled_from(VISITORS),
        button=st.sampled_from(BUTTONS),
        shown=st.sets(st.sampled_from(ASKED), min_size=1),
        yes=st.sets(st.sampled_from(ASKED)),
        signal=st.booleans(),
        replayed=st.integers(0, 5),
    )
    def choose(self, name, number, button, shown, yes, signal, replayed):
        self.clock.advance(60 * SECOND)
        person, site = self.people[name, number], self.sites[name]
        sent = person.cookie if replayed or not person.old_cookies else person.old_cookies[0]
        cookie = verify_cookie(self.resources, sent)
        assert (cookie is None) == (sent is None)
        named = yes & shown if button in ("save", "withdraw") else set()
        notice = make_notice_for(site, *sorted(shown), signal=signal)
        visitor = cookie.visitor if cookie else None
        recorded = choose(self.resources, site, button, visitor=visitor, yes=named, signal=signal, notice=notice)
        if person.records:
            person.old_cookies.append(person.cookie)
        else:
            assert visitor != recorded.cookie.visitor
        self.say(name, person, button, shown, named, signal)
        person.cookie = cookie_text(self.resources, recorded)
        assert recorded.cookie.seq == person.records
        allowed = {key for key in ASKED if self.expected(name, person, key, signal) == "granted"}
        assert recorded.allowed == allowed
        assert recorded.cookie.letters == "".join(sorted(key[0] for key in allowed))

    @precondition(lambda self: any(person.cookie for person in self.people.values()))
    @rule(data=st.data(), number=st.sampled_from(VISITORS))
    def somebody_comes_with_a_cookie_of_the_other_site(self, data, number):
        other, whose = data.draw(st.sampled_from(sorted(place for place, who in self.people.items() if who.cookie)))
        name = SITES[1 - SITES.index(other)]
        foreign = verify_cookie(self.resources, self.people[other, whose].cookie)
        recorded = choose(self.resources, self.sites[name], "reject", visitor=foreign.visitor)
        assert recorded.cookie.visitor != foreign.visitor
        self.left_behind[name] += self.people[name, number].records
        person = self.people[name, number] = Person(cookie=cookie_text(self.resources, recorded))
        self.say(name, person, "reject", set(ASKED), set(), signal=False)

    def say(self, name, person, button, shown, named, signal):
        """Do to the model what a choice does."""
        person.records += 1
        states = {}
        for key in shown:
            before = person.said.get(key)
            no = "withdrawn" if before and before.state in ("granted", "withdrawn") else "refused"
            if button == "accept" and not (signal and key == COVERED):
                states[key] = "granted"
            elif button == "reject":
                states[key] = no
            elif button == "save":
                states[key] = "granted" if key in named else no
            elif button == "withdraw" and (key in named or not named):
                states[key] = "withdrawn"
        for key, state in states.items():
            person.said[key] = Said(state, self.clock.now, self.versions[name][key], signal)
        before = person.said.get(COVERED)
        if signal and COVERED not in states and (not before or (before.state == "granted" and not before.under_signal)):
            person.records += 1
            person.said[COVERED] = Said("refused", self.clock.now, self.versions[name][COVERED], signal, by_signal=True)

    @rule(days=st.sampled_from([0, 1, 90, 180, 181, 182, 183, 184]))
    def time_passes(self, days):
        self.clock.advance(days * DAY)

    @rule(name=st.sampled_from(SITES), key=st.sampled_from(ASKED))
    def a_purpose_changes_materially(self, name, key):
        self.versions[name][key] += 1
        self.sites[name] = change_purpose(self.sites[name], key, revision=self.versions[name][key])

    @rule(name=st.sampled_from(SITES), key=st.sampled_from(ASKED), title=st.text("abc", max_size=3))
    def a_purpose_gets_another_title(self, name, key, title):
        self.sites[name] = change_purpose(self.sites[name], key, title={"en": title})

    @rule()
    def the_signing_key_changes(self):
        create_key(self.resources.database.folder / "keys", self.clock.now)

    @precondition(lambda self: any(person.records for person in self.people.values()))
    @rule(data=st.data())
    def a_visitor_is_erased(self, data):
        known = sorted(place for place, person in self.people.items() if person.records)
        name, number = data.draw(st.sampled_from(known))
        person = self.people[name, number]
        visitor = verify_cookie(self.resources, person.cookie).visitor
        assert erase_visitor(self.resources, self.sites[name], visitor, "test") == person.records
        self.removals[name] += 1
        # The browser still has its cookies; they now belong to nobody.
        self.people[name, number] = Person(cookie=person.cookie, old_cookies=[])

    @invariant()
    def every_answer_is_that_of_the_model(self):
        for (name, number), person in self.people.items():
            cookie = verify_cookie(self.resources, person.cookie)
            visitor = cookie.visitor if cookie else None
            for signal in (False, True):
                answers = check_visitor(self.resources, self.sites[name], visitor, ASKED, signal=signal)
                told = {key: str(answer.reason) for key, answer in answers.items()}
                assert told == {key: self.expected(name, person, key, signal) for key in ASKED}, (name, number)
                assert all(answer.allowed == (answer.reason == "granted") for answer in answers.values())

    def expected(self, name, person, key, signal):
        said = person.said.get(key)
        if said is None:
            return "never_asked"
        if said.by_signal:
            return "signal"
        if said.state != "granted":
            return said.state
        if signal and key == COVERED and not said.under_signal:
            return "signal"
        if self.clock.now >= end_half_year(said.at):
            return "expired"
        return "granted" if said.version == self.versions[name][key] else "outdated"

    @invariant()
    def every_export_verifies_and_holds_what_the_model_counts(self):
        for name, site in self.sites.items():
            verdict = verify_export(export_records(self.resources, site, None), self.resources.keys.public_keys)
            counted = sum(person.records for (where, _), person in self.people.items() if where == name)
            counted += self.left_behind[name] + self.removals[name]
            assert (verdict.faults, verdict.records) == ([], counted)


Histories.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
TestHistories = pytest.mark.threat("T27")(Histories.TestCase)
