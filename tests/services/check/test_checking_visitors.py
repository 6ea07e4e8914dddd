"""Checking: the stored decisions answer, and nothing a browser says."""

import base64
from dataclasses import replace

import pytest

from consent_service.domain.identifier import name_visitor, write_visitor_id
from consent_service.domain.ledger.decision_order import Reason
from consent_service.keys.key_ring import create_key
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.visitor.reading_visitors import list_purposes_to_ask, verify_cookie
from consent_service.storage.standings import read_current_decisions
from tests.cast import (
    HALF_YEAR,
    NOON,
    SECOND,
    change_purpose,
    choose,
    cookie_text,
    make_notice_for,
    make_purpose,
    make_site,
)

ALL = ["analytics", "basket", "gadgets", "marketing", "newsletter", "preferences"]


def reasons(resources, site, visitor, *, signal=False, purposes=ALL):
    answers = check_visitor(resources, site, visitor, purposes, signal=signal)
    return {key: str(answer.reason) for key, answer in answers.items()}


def asked(resources, site, visitor, *, signal=False):
    current = read_current_decisions(resources.database, name_visitor(site.id, visitor))
    return [purpose.key for purpose in list_purposes_to_ask(resources, site, current, signal=signal)]


@pytest.mark.parametrize("visitor", [None, "A" * 22])
def test_a_visitor_nobody_knows_was_never_asked(resources, site, visitor):
    assert reasons(resources, site, visitor) == {
        "analytics": "never_asked",
        "basket": "not_consent_based",
        "gadgets": "unknown_purpose",
        "marketing": "never_asked",
        "newsletter": "never_asked",
        "preferences": "never_asked",
    }


def test_every_reason_is_reached_from_stored_choices(resources, site, clock):
    visitor = choose(resources, site, "save", yes=["analytics", "marketing"]).cookie.visitor
    seen = set(reasons(resources, site, visitor).values())
    seen |= set(reasons(resources, site, visitor, signal=True).values())
    seen |= set(reasons(resources, change_purpose(site, "analytics", revision=2), visitor).values())
    clock.advance(HALF_YEAR)
    seen |= set(reasons(resources, site, visitor).values())
    choose(resources, site, "withdraw", visitor=visitor)
    seen |= set(reasons(resources, site, visitor).values())
    of_subjects = {Reason.PENDING, Reason.PAUSED, Reason.SOFT_OPT_IN}
    of_cookies = {Reason.STORE_BEHIND}
    assert seen == {r for r in Reason if not r.startswith("blocked")} - of_subjects - of_cookies


def test_an_answer_names_record_and_times(resources, site):
    recorded = choose(resources, site, "accept")
    answer = check_visitor(resources, site, recorded.cookie.visitor, ["analytics"], signal=False)["analytics"]
    assert (answer.record, answer.since, answer.valid_until) == (recorded.record, NOON, NOON + HALF_YEAR)


def test_yes_and_no_are_remembered_equally_long(resources, site, clock):
    visitors = [choose(resources, site, button).cookie.visitor for button in ("accept", "reject")]
    clock.now = NOON + HALF_YEAR - 1
    assert [asked(resources, site, visitor) for visitor in visitors] == [[], []]
    clock.now = NOON + HALF_YEAR
    everything = ["preferences", "analytics", "marketing"]
    assert [asked(resources, site, visitor) for visitor in visitors] == [everything, everything]


def test_a_new_purpose_is_asked_about_alone(resources, site):
    visitor = choose(resources, site, "reject").cookie.visitor
    grown = replace(site, purposes=(*site.purposes, make_purpose("video")))
    assert asked(resources, grown, visitor) == ["video"]


def test_a_material_change_asks_again_whoever_granted_and_nobody_else(resources, site):
    changed = change_purpose(site, "analytics", data=("usage", "location"))
    visitors = [choose(resources, site, button).cookie.visitor for button in ("accept", "reject")]
    assert [asked(resources, changed, visitor) for visitor in visitors] == [["analytics"], []]
    assert reasons(resources, changed, visitors[0])["analytics"] == "outdated"


def test_a_cosmetic_change_asks_nobody(resources, site):
    changed = change_purpose(site, "analytics", title={"en": "Statistics"})
    visitor = choose(resources, site, "accept").cookie.visitor
    assert asked(resources, changed, visitor) == []
    assert reasons(resources, changed, visitor)["analytics"] == "granted"


def test_what_the_signal_covers_is_not_asked_about_while_it_is_on(resources, site):
    assert asked(resources, site, None, signal=True) == ["preferences", "analytics"]
    assert asked(resources, site, None) == ["preferences", "analytics", "marketing"]


def test_the_banner_never_asks_about_what_is_sensitive(resources):
    site = make_site(extra=[make_purpose("health", sensitive=True)])
    visitor = choose(resources, site, "accept").cookie.visitor
    assert asked(resources, site, visitor) == []
    assert reasons(resources, site, visitor, purposes=["health"]) == {"health": "never_asked"}


def test_one_sites_visitor_is_nobody_on_another(resources, site):
    visitor = choose(resources, site, "accept").cookie.visitor
    other = make_site("demo2")
    assert reasons(resources, other, visitor, purposes=["analytics"]) == {"analytics": "never_asked"}


@pytest.mark.parametrize("visitor", ["", "%", "_" * 22, "../v/" + "A" * 22, "' OR 1=1 --", "A\0", "\u00e9"], ids=ascii)
def test_odd_visitors_find_nothing(resources, site, visitor):
    choose(resources, site, "accept")
    assert reasons(resources, site, visitor, purposes=["analytics"]) == {"analytics": "never_asked"}


@pytest.mark.threat("T6")
def test_the_replay_of_an_old_cookie_does_not_bring_a_grant_back(resources, site, clock):
    granted = choose(resources, site, "accept")
    clock.advance(60 * SECOND)
    choose(resources, site, "withdraw", visitor=granted.cookie.visitor)
    replayed = verify_cookie(resources, cookie_text(resources, granted))
    assert replayed.letters == "amp"
    assert set(reasons(resources, site, replayed.visitor, purposes=["analytics", "marketing"]).values()) == {
        "withdrawn"
    }


@pytest.mark.one_file
def test_a_cookie_is_believed_after_the_signing_key_changed(resources, site):
    before = choose(resources, site, "accept")
    old = cookie_text(resources, before)
    create_key(resources.database.folder / "keys", 2**62)
    after = choose(resources, site, "reject", visitor=before.cookie.visitor)
    new = cookie_text(resources, after)
    assert before.cookie.kid != after.cookie.kid
    assert verify_cookie(resources, old) == before.cookie
    assert verify_cookie(resources, new) == after.cookie


def test_a_cookie_of_which_any_part_was_exchanged_is_not_believed(resources, site, clock):
    one = cookie_text(resources, choose(resources, site, "reject")).split(".")
    clock.advance(60 * SECOND)
    notice = make_notice_for(site, "analytics")
    visitor = choose(resources, site, "reject").cookie.visitor
    other = cookie_text(resources, choose(resources, site, "accept", visitor=visitor, notice=notice)).split(".")
    for place in range(len(one)):
        mixed = ".".join([*one[:place], other[place], *one[place + 1 :]])
        assert (verify_cookie(resources, mixed) is None) == (one[place] != other[place])


@pytest.mark.parametrize(
    "text", [None, "", "-", "v1", "v1.-.A.1.1.k.s", "x" * 10_000, "\u00e9", "\0", "\ud800"], ids=ascii
)
def test_what_is_no_cookie_is_not_believed(resources, text):
    assert verify_cookie(resources, text) is None


@pytest.mark.threat("T10")
def test_nobody_is_found_by_ids_near_those_that_are_known(resources, site):
    """Whoever counts up or changes a few bits of an id of their own finds no other visitor."""
    known = {choose(resources, site, "accept").cookie.visitor for _ in range(10)}
    numbers = [int.from_bytes(base64.urlsafe_b64decode(f"{visitor}==")) for visitor in sorted(known)]
    near = {number + step for number in numbers for step in range(-1250, 1251)}
    near |= {number ^ 1 << one ^ 1 << other for number in numbers for one in range(128) for other in range(one)}
    guesses = [write_visitor_id(number.to_bytes(16)) for number in near if 0 <= number < 1 << 128]
    assert len(guesses) > 100_000
    found = [
        guess
        for guess in guesses
        if reasons(resources, site, guess, purposes=["analytics"]) != {"analytics": "never_asked"}
    ]
    assert set(found) <= known
    assert len(found) == len(known)
