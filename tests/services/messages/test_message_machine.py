"""Any history of what people, shops, files, time and operators do about messages, against a plain model of it."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from consent_service.domain.basics.moment import DAY, write_time
from consent_service.domain.ledger.decision import Method
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkToken,
    make_purpose_code,
    write_base32_token,
    write_base64url_token,
    write_token,
)
from consent_service.domain.site.purpose import Channel
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.adjusting_preferences import (
    Adjustment,
    adjust_preferences,
    read_centre,
    stop_everything,
)
from consent_service.services.messages.confirming_requests import confirm_request, disown_request, read_confirmation
from consent_service.services.messages.recording_grants import Grant, record_grant
from consent_service.services.messages.recording_withdrawals import Withdrawal, record_withdrawal
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.messages.suppressing_addresses import lift_suppression, purge_minor, suppress_address
from consent_service.services.messages.unsubscribing import read_link, unsubscribe
from consent_service.services.operator.housekeeping import do_housekeeping
from consent_service.services.rights.erasing import erase_subject
from tests.cast import NOON, change_purpose
from tests.services.imports.import_desk import HEADER, ImportDesk
from tests.services.messages.message_model import ALLOWED, BLOCKS
from tests.services.messages.message_strategies import EMAIL, FORM, LATE, ago, names, places, rows
from tests.services.messages.message_world import ADDRESSES, SITES, MessageWorld


class Messaging(MessageWorld):
    @rule(place=places, keys=st.sets(st.sampled_from(FORM), min_size=1), goes_on=st.integers(0, 2))
    def somebody_asks_by_the_form(self, place, keys, goes_on):
        self.begin(place)
        site, who, _ = self.at(place)
        if purposes := self.purposes(place, *keys):
            notice = self.notice(place, purposes)
            wanted = tuple(p.key for p in purposes)
            wish = Wish(person=who, purposes=wanted, notice=notice, origin=site.origins[0], source="form")
            request_subscription(self.resources, site, wish)
            if self.mail_is_answered(place, purposes) and goes_on:
                if goes_on == 1:
                    self.a_purpose_changes_materially(place[0], "newsletter")
                self.a_mailed_link_is_answered(0, mine=True)

    @precondition(lambda self: self.links)
    @rule(number=st.sampled_from((0, 0, 1, 2, 3)), mine=st.sampled_from((True, True, False)))
    def a_mailed_link_is_answered(self, number, mine):
        place, asked = self.links[-1 - number % len(self.links)]
        now = self.begin(place)
        site, _, person = self.at(place)
        other = self.sites[SITES[1 - SITES.index(place[0])]]
        assert read_confirmation(self.resources, other, asked.token).status == "unknown"
        found = read_confirmation(self.resources, site, asked.token)
        still = [p for p in self.purposes(place, *asked.versions) if p.revision == asked.versions.get(p.key)]
        assert found.status == ("expired" if asked.status(now) == "open" and not still else asked.status(now))
        done = confirm_request(self.resources, site, found) if mine else disown_request(self.resources, found)
        if found.status != "open":
            assert done == found.status
        elif not mine or person.blocks:
            assert mine <= (done == "expired")
            person.settle(asked, "expired" if mine else "not_me", now)
        else:
            self.raised.add(place)
            person.yes(still, now, fresh=True)
            person.settle(asked, "confirmed", now)
            person.known = True

    @rule(place=places, scope=st.sampled_from(("newsletter", "offers", "email", "sms", "all")), mailto=st.booleans())
    def a_link_in_a_message_is_clicked(self, place, scope, mailto):
        now = self.begin(place)
        site, who, person = self.at(place)
        channel = None if scope == "all" else Channel.SMS if scope == "sms" else Channel.EMAIL
        code = make_purpose_code(scope) if scope in FORM else 0
        token = write_token(
            self.resources.keys.secrets.links, site.id, LinkToken(LinkKind.UNSUBSCRIBE, who.key, channel, code)
        )
        text = write_base32_token(token).upper() if mailto else write_base64url_token(token)
        other = self.sites[SITES[1 - SITES.index(place[0])]]
        assert read_link(self.resources, other, text, LinkKind.UNSUBSCRIBE) is None
        assert read_link(self.resources, site, text, LinkKind.PREFERENCES) is None
        read = read_link(self.resources, site, text, LinkKind.UNSUBSCRIBE)
        for _ in range(2):
            unsubscribe(self.resources, site, read, method=Method.ONE_CLICK, source="mail")
        covered = [p.key for p in self.purposes(place, *[scope] * bool(code)) if channel in (None, p.channel)]
        person.no(covered, now, all=scope == "all")

    @rule(
        place=places,
        answers=st.dictionaries(st.sampled_from((*EMAIL, "texts")), st.booleans()),
        pause=st.sampled_from((None, None, 0, 3)),
    )
    def somebody_changes_their_preferences(self, place, answers, pause):
        now = self.begin(place)
        site, who, person = self.at(place)
        centre = read_centre(self.resources, site, who.key)
        shown = [p for p in self.purposes(place) if person.shown(p)]
        assert [topic.purpose for topic in centre.topics] == shown
        until = now + pause * DAY if pause else pause
        named = [p for p in shown if p.key in answers and not person.blocks]
        has = {p.key for p in named if person.reason(p, now) in {*ALLOWED, "pending", "paused"}}
        wanted = tuple(p for p in named if answers[p.key] and p.key not in has)
        ended = [p.key for p in named if not answers[p.key] and person.has_said_yes(p.key)]
        notice = self.notice(place, wanted or shown)
        adjusted = adjust_preferences(
            self.resources, site, centre, Adjustment(answers, until), notice=notice, origin=site.origins[0]
        )
        assert adjusted.stopped == tuple(ended)
        assert adjusted.awaiting + adjusted.unsent == tuple(p.key for p in wanted)
        assert not (adjusted.awaiting if not person.known else adjusted.unsent)
        person.no(ended, now)
        if until is not None and not person.erased:
            person.paused = until
        if adjusted.awaiting:
            self.mail_is_answered(place, wanted)

    @rule(place=places)
    def somebody_stops_everything(self, place):
        now = self.begin(place)
        site, who, person = self.at(place)
        stop_everything(self.resources, site, read_centre(self.resources, site, who.key))
        person.no([p.key for p in self.purposes(place)], now, all=True)

    @rule(place=places, keys=st.sets(st.sampled_from((*EMAIL, "texts")), min_size=1), back=ago, all=st.booleans())
    def a_no_came_another_way(self, place, keys, back, all):  # noqa: A002
        self.begin(place)
        site, who, person = self.at(place)
        at, purposes = self.past(person, back), self.purposes(place, *(() if all else keys))
        told = Withdrawal(purposes=purposes, method=Method.API, actor="key", at=at, source="phone", stops_all=all)
        record_withdrawal(self.resources, site, who.principal, told)
        person.no([p.key for p in purposes], min(at, self.clock.now), all=all)

    @rule(place=places, key=st.sampled_from(("similar", "texts")), back=ago)
    def the_shop_collected_a_yes_itself(self, place, key, back):
        self.begin(place)
        site, who, person = self.at(place)
        at, purposes = self.past(person, back), self.purposes(place, key)
        notice = self.notice(place, purposes)
        record_grant(
            self.resources,
            site,
            Grant(person=who, purposes=purposes, notice=notice, at=at, actor="key", source="till"),
        )
        person.yes(purposes, min(at, self.clock.now))

    @rule(place=places, block=st.sampled_from(BLOCKS[:-1]), back=ago)
    def an_address_is_suppressed(self, place, block, back):
        self.begin(place)
        site, who, person = self.at(place)
        suppress_address(
            self.resources, site, who.principal, Block(block), actor="key", at=self.past(person, back), source="mta"
        )
        person.blocks.add(block)
        if block == "minor":
            purge_minor(self.resources, site, who.principal, actor="key")
            person.erase("minor")

    @precondition(lambda self: any(person.blocks for person in self.people.values()))
    @rule(data=st.data())
    def a_block_is_lifted(self, data):
        blocked = [(place, block) for place, person in self.people.items() for block in sorted(person.blocks)]
        place, block = data.draw(st.sampled_from(blocked))
        self.begin(place)
        site, who, person = self.at(place)
        lift_suppression(
            self.resources, site, who.principal, Block(block), actor="key", source="desk", evidence={"note": "T-1"}
        )
        person.blocks.discard(block)
        self.raised.add(place)

    @rule(place=places)
    def somebody_is_erased(self, place):
        self.begin(place)
        site, who, person = self.at(place)
        erase_subject(self.resources, site, who.principal, "key")
        person.erase()

    @rule(name=names, lines=st.lists(rows, min_size=1, max_size=3))
    def a_file_is_imported(self, name, lines):
        now = self.begin(*((name, address) for address in ADDRESSES))
        dated = [
            (who, status, None if back is None else self.past(self.people[name, who], back), topics)
            for who, status, back, topics in lines
        ]
        text = HEADER + "".join(
            f'{who},{status},{write_time(at) if at else ""},"{",".join(topics)}"\n' for who, status, at, topics in dated
        )
        desk = ImportDesk(self.resources, self.sites[name])
        source = f"move {now:x}"
        desk.run(text, topics=(), source=source)
        for row in dated:
            self.row_counts(name, *row, self.first_imports.setdefault((name, text), now))
        again = desk.run(text, topics=(), source=source)
        assert "applied" not in again.counts

    def row_counts(self, name, who, status, at, topics, imported):
        """Do to the model what a row does."""
        person = self.people[name, who]
        here = [p for p in self.purposes((name, who)) if p.channel is Channel.EMAIL]
        named = [p for p in here if p.key in topics]
        asked = [p for p in named if p.asked]
        if status == "granted" and at:
            person.yes(asked, min(at, self.clock.now))
        elif status == "pending" and at:
            person.pend([p.key for p in asked], at)
        elif status == "withdrawn" and (named or not topics):
            # The column says when the row was written and not when the no was said, so it counts from the import.
            person.no([p.key for p in named or here], imported)
        elif status in BLOCKS and not person.erased:
            person.blocks.add(status)

    @precondition(lambda self: self.clock.now < NOON + 300 * DAY)
    @rule(days=st.sampled_from((1, 3, 7, 30)))
    def time_passes(self, days):
        self.clock.advance(days * DAY)

    @rule()
    def house_is_kept(self):
        now = self.begin(*self.people)
        do_housekeeping(self.resources, self.sites.values())
        for person in self.people.values():
            person.house_is_kept(now)

    @rule(name=names, key=st.sampled_from(("newsletter", "offers", "similar")))
    def a_purpose_changes_materially(self, name, key):
        site = self.sites[name]
        self.sites[name] = change_purpose(site, key, revision=site.purpose_by_key[key].revision + 1)

    @rule(name=names)
    def a_shop_begins_with_other_messages(self, name):
        site = self.sites[name]
        if LATE.key not in site.purpose_by_key:
            self.sites[name] = replace(site, purposes=(*site.purposes, LATE))


Messaging.TestCase.settings = settings(max_examples=120, stateful_step_count=25)
TestMessaging = pytest.mark.threat("T32")(pytest.mark.timeout(600)(Messaging.TestCase))  # a minute when idle
