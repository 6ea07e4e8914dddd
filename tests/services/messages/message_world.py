"""Two shops and the people they write to, as a machine plays them: set up, looked up, and checked after each step."""

import tempfile
from pathlib import Path

from hypothesis.stateful import RuleBasedStateMachine, invariant

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.notice import make_notice
from consent_service.domain.site.purpose import Basis, Channel
from consent_service.domain.site.site import Messages
from consent_service.services.audit.checking_store import check_store
from consent_service.services.check.checking_subjects import check_subject
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.queueing_jobs import Attempt
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.settings import Settings
from consent_service.storage.changes import list_changes_after
from consent_service.storage.standings import find_standing
from consent_service.texts import Catalogue
from consent_service.verifier.export_verification import verify_export
from consent_service.worker.job_handlers import list_job_handlers
from consent_service.worker.job_worker import Worker
from tests.cast import NOON, SECOND, Clock, make_resources, make_site
from tests.services.feed.feed_follower import follow_feed, read_export
from tests.services.imports.import_desk import messages_purpose
from tests.services.messages.message_model import ALLOWED, VALID, Asked, Person

SITES = ("one", "two")
ADDRESSES = ("ada@example.org", "ben@example.org")
ORDERS = "orders"


def site_of(name):
    """Make a shop with messages of every sort."""
    extra = (
        messages_purpose("offers", ends_after_days=30),
        messages_purpose("similar", basis=Basis.SOFT_OPT_IN, own_similar_goods=True),
        messages_purpose("texts", Channel.SMS),
        messages_purpose(ORDERS, basis=Basis.CONTRACT),
    )
    return make_site(name, extra=extra, messages=Messages(sender=f"news@{name}.example"))


class MessageWorld(RuleBasedStateMachine):
    """``touched`` and ``raised`` name the people whom the present step may change, and bring from a no to a yes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.moments = [NOON - days * DAY for days in (60, 40, 31, 20, 10, 5, 3, 2, 1)]
        self.resources = make_resources(Path(self.folder.name), self.clock)
        self.sites = {name: site_of(name) for name in SITES}
        self.people = {(name, address): Person() for name in SITES for address in ADDRESSES}
        self.letters, self.links = [], []
        self.first_imports = {}
        self.touched, self.raised, self.standings, self.told = set(), set(), {}, {}

    def teardown(self) -> None:
        # Once at the end: what answers come from is what the records say.
        faults = check_store(self.resources).faults
        self.resources.database.close()
        self.folder.cleanup()
        assert faults == []

    def at(self, place):
        """Go to a person: the site, who it is there, and what the model knows."""
        site = self.sites[place[0]]
        return site, identify_email(self.resources, site, place[1]), self.people[place]

    def begin(self, *touched):
        """Let a second pass before somebody does something."""
        self.clock.advance(SECOND)
        self.moments.append(self.clock.now)
        self.touched |= set(touched)
        return self.clock.now

    def past(self, person, back):
        """Pick a time of before, an even one out of what counts now; 0 is by a clock that goes fast."""
        if back == 0:
            return self.clock.now + 200 * SECOND
        said = sorted(said.at for said in person.said.values())
        return said[back % len(said)] if said and back % 2 == 0 else self.moments[-back]

    def purposes(self, place, *keys):
        """Name the messages that a person decides on; the keys of those that are not there yet are left out."""
        return tuple(p for p in self.sites[place[0]].message_purposes if not keys or p.key in keys)

    def notice(self, place, purposes):
        site = self.sites[place[0]]
        shown = {"surface": "subscribe", "language": "en", "signal": False, "page": "<p>News</p>", "stylesheet": ""}
        return make_notice(site, purposes=tuple(purposes), **shown)

    def keep(self, resources, site, job, body):
        self.letters.append(body)
        return Attempt("kept")

    def mail_is_answered(self, place, purposes):
        """Let the worker answer a request of now, and the model too; say whether a link went out."""
        handlers = list_job_handlers(Settings(), Catalogue()) | {"mail": self.keep}
        worker = Worker(self.resources, self.sites, handlers)
        while worker.run_once():
            pass
        person, now = self.people[place], self.clock.now
        mail = person.asks(purposes, now)
        assert [letter["template"] for letter in self.letters] == [mail] * bool(mail)
        if mail == "confirm":
            token = self.letters[0]["link"].rpartition("/")[2].partition("?")[0]
            asked = Asked(token, {p.key: p.revision for p in purposes}, now + VALID)
            person.asked.append(asked)
            self.links.append((place, asked))
            person.pend(asked.versions, now, asked)
        self.letters.clear()
        return mail == "confirm"

    @invariant()
    def every_answer_is_that_of_the_model(self):
        for place, person in self.people.items():
            site, who, _ = self.at(place)
            purposes = (*self.purposes(place), site.purpose_by_key[ORDERS])
            answers = check_subject(self.resources, site, who, [p.key for p in purposes]).answers
            told = {key: str(answer.reason) for key, answer in answers.items()}
            assert told == {p.key: person.reason(p, self.clock.now) for p in purposes}, place
            assert all(answer.allowed == (answer.reason in ALLOWED) for answer in answers.values())
            for key, reason in self.told.get(place, {}).items():
                was_no = reason == "withdrawn" or reason.startswith("blocked")
                assert not (was_no and answers[key].allowed) or place in self.raised, (place, key)
            self.told[place] = told

    @invariant()
    def nobody_else_was_touched(self):
        for place in self.people:
            standing = find_standing(self.resources.database, self.at(place)[1].principal)
            assert place in self.touched or standing == self.standings.get(place, standing), place
            self.standings[place] = standing
        self.touched, self.raised = set(), set()

    @invariant()
    def the_feed_has_no_gap_and_leads_to_what_the_export_shows(self):
        for site in self.sites.values():
            numbers = [change.seq for change in list_changes_after(self.resources.database, site.id, 0, 10_000)]
            assert numbers == list(range(1, len(numbers) + 1))
            assert follow_feed(self.resources, site) == read_export(self.resources, site)

    @invariant()
    def all_records_verify_with_the_public_keys(self):
        for site in self.sites.values():
            verdict = verify_export(export_records(self.resources, site, None), self.resources.keys.public_keys)
            assert verdict.faults == []
