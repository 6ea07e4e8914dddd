"""Checking messages: may this be sent, to one person now or to everybody on a list as of one moment."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from consent_service.addressing.email_address import read_normal_email
from consent_service.addressing.phone_number import list_phone_forms, read_phone
from consent_service.domain.basics.repeat_count import Repeats
from consent_service.domain.errors import AddressFault
from consent_service.domain.feed.feed_cursor import write_cursor
from consent_service.domain.identifier import name_subject, read_subject_key
from consent_service.domain.ledger.decision_order import Answer
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.asked_row import AskedRow
from consent_service.domain.subject.message_decision import decide_message
from consent_service.domain.subject.standing import NO_STANDING, Standing, join_standings
from consent_service.domain.subject.subject import AddressKind
from consent_service.domain.subject.subject_keys import make_key_maker
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import (
    Identified,
    identify_key,
    name_key_owner,
    read_standing_of,
)
from consent_service.storage.changes import find_feed_end
from consent_service.storage.engine.database import Readable
from consent_service.storage.standings import GROUP, list_standings_on


class SubjectAnswers(NamedTuple):
    """The answers by purpose; ``as_of`` is the cursor of the change feed from which to hear of what came later."""

    answers: dict[str, Answer]
    as_of: str


MAILED = frozenset({Channel.EMAIL, Channel.POST})
"""Channels on which nobody is known by a phone number."""
MAX_AT_ONCE = GROUP
"""How many rows of a list are answered at a time."""

Checked = tuple[str | None, Answer | None, str]
"""What became of one row: the subject's key and the answer, or the code of what is wrong with the row."""


def check_subject(resources: Resources, site: Site, subject: Identified, purposes: Iterable[str]) -> SubjectAnswers:
    """Answer for one person and each purpose; somebody unknown was never asked."""
    # The cursor is read first: a change in between is told again, and never missed.
    as_of = read_feed_head(resources, site)
    standing = read_standing_of(resources, site, subject.principal, subject.others)
    prints = make_fingerprints(site)
    known = site.purpose_by_key
    now = resources.clock()
    answers = {
        key: decide_message(known.get(key), standing, fingerprint=prints.get(key, ""), now=now) for key in purposes
    }
    return SubjectAnswers(answers, as_of)


def read_feed_head(resources: Resources, site: Site) -> str:
    """Tell the cursor behind the newest change of a site."""
    return write_cursor(site.id, find_feed_end(resources.database, site.id))


class ListCheck:
    """Answers about one purpose, group by group, all as of the one moment at which it was opened."""

    def __init__(self, resources: Resources, site: Site, purpose: Purpose, snapshot: Readable) -> None:
        self.as_of = write_cursor(site.id, find_feed_end(snapshot, site.id))
        self._resources, self._site, self._purpose = resources, site, purpose
        self._snapshot = snapshot
        number, secret = resources.keys.secrets.subject
        self._email_key = make_key_maker(secret, number, site.id, AddressKind.EMAIL)
        self._phone_key = make_key_maker(secret, number, site.id, AddressKind.PHONE)
        self._region = site.messages.phone_region if site.messages else ""
        self._fingerprint = make_fingerprints(site).get(purpose.key, "")
        self._now = resources.clock()
        self._unknown = decide_message(purpose, NO_STANDING, fingerprint=self._fingerprint, now=self._now)
        self._prefix = name_subject(site.id, "")
        self._repeats = Repeats()

    @property
    def repeats(self) -> int:
        """How many rows named somebody whom an earlier one had named."""
        return self._repeats.count()

    def answer(self, rows: Sequence[AskedRow]) -> list[Checked]:
        """Answer up to ``MAX_AT_ONCE`` rows in their order."""
        named = [self._find_keys(row) for row in rows]
        prefix, add, now, fingerprint = self._prefix, self._repeats.add, self._now, self._fingerprint
        purpose = self._purpose
        found = self._find_standings({prefix + key for keys in named if isinstance(keys, tuple) for key in keys})
        checked: list[Checked] = []
        for keys in named:
            if isinstance(keys, AddressFault):
                checked.append((None, None, keys.code))
                continue
            known = [key for key in keys if prefix + key in found] if len(keys) > 1 else keys
            key = known[0] if known else keys[0]
            add(key)
            answer = self._unknown
            if standing := found.get(prefix + key):
                if len(known) > 1:
                    standing = join_standings([found[prefix + one] for one in known])
                answer = decide_message(purpose, standing, fingerprint=fingerprint, now=now)
            checked.append((key, answer, ""))
        return checked

    def _find_standings(self, principals: Collection[str]) -> dict[str, Standing]:
        left = iter(principals)
        found: dict[str, Standing] = {}
        while group := list(islice(left, GROUP)):
            found |= list_standings_on(self._snapshot, group, self._purpose.key)
        return found

    def _find_keys(self, row: AskedRow) -> tuple[str, ...] | AddressFault:
        """Find the keys of every form that a row's address ever had; only phone numbers have several."""
        if row.fault:
            return AddressFault(row.fault, "the row cannot be read")
        try:
            if row.kind == "email":
                return (self._email_key(read_normal_email(row.text)),)
            if row.kind == "subject":
                if self._purpose.channel in MAILED:
                    return (name_key_owner(self._site, row.text).key,)
                person = identify_key(self._resources, self._site, row.text)
                return (person.key, *map(read_subject_key, person.others))
            return tuple(map(self._phone_key, list_phone_forms(read_phone(row.text, self._region).normal)))
        except AddressFault as fault:
            return fault


@contextmanager
def open_list_check(resources: Resources, site: Site, purpose: Purpose) -> Iterator[ListCheck]:
    """Begin to check a list; everything in it is answered from one state of the database."""
    with resources.database.snapshot() as snapshot:
        yield ListCheck(resources, site, purpose, snapshot)
