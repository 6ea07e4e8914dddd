"""Claims: a write inside another takes nothing that the outer one does not hold, on any engine."""

import pytest

from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.subject.recording_acts import act_together, record_act
from consent_service.storage.engine.claims import claim_feed, claim_key, claim_ledger, claim_principal, claim_site

KEY = "1.AAAAAAAAAAAAAAAAAAAAAA"
NO = {"newsletter": State.WITHDRAWN}


def test_claims_are_taken_in_one_order():
    key, first, second, feed, site = (
        *(claim_key("a", "k"), claim_principal("a/v/9"), claim_principal("b/v/2")),
        *(claim_feed("a"), claim_site("b")),
    )
    assert sorted([site, second, key, feed, first]) == [key, first, second, feed, site]


def test_an_inner_write_has_what_the_outer_one_claimed(resources):
    database = resources.database
    with database.write(claim_feed("demo"), claim_ledger("demo")), database.write(claim_ledger("demo")):
        database.change("INSERT INTO attempt (bucket, at, id) VALUES ('one', 1, 'one')")
    assert len(resources.database.rows("SELECT * FROM attempt")) == 1


def test_an_inner_write_claims_nothing_more(resources):
    def write_more():
        with resources.database.write(claim_feed("other")):
            resources.database.change("INSERT INTO attempt (bucket, at, id) VALUES ('one', 1, 'one')")
            with resources.database.write(claim_feed("demo"), claim_principal("demo/v/anna")):
                pass

    with pytest.raises(RuntimeError, match=r"has to claim this as well: principal demo/v/anna, feed demo$"):
        write_more()
    assert resources.database.rows("SELECT * FROM attempt") == []


def test_what_one_write_claimed_the_next_does_not_hold(resources):
    feed = claim_feed("demo")
    with resources.database.write(feed):
        pass
    with pytest.raises(RuntimeError, match="feed demo"), resources.database.write(), resources.database.write(feed):
        pass


def test_an_act_on_a_subject_needs_the_feed(resources, site):
    act = Act(method=Method.API, actor="key:x", at=resources.clock(), states=NO)
    with pytest.raises(RuntimeError, match="feed demo"), resources.database.write():
        record_act(resources, site, name_subject(site.id, KEY), act)
    with act_together(resources, site):
        assert record_act(resources, site, name_subject(site.id, KEY), act).record
