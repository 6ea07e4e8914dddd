"""Checking the store: everything that answers come from is held against what was signed, and what was signed against
the tree. It reads one snapshot beside the service and writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from consent_service.domain.evidence.multiset_tally import NAMED_BUCKETS, MultisetTally
from consent_service.domain.feed.feed_change import CHANGES_KEPT
from consent_service.services.audit.collecting_faults import StoreVerdict
from consent_service.services.audit.comparing_feeds import FeedComparer, explain_change
from consent_service.services.audit.comparing_trees import compare_trees
from consent_service.services.audit.folding_people import PeopleFolder
from consent_service.services.audit.following_records import RecordFollower, explain_leaf
from consent_service.services.audit.gathering_people import gather_people
from consent_service.services.audit.reading_shared_texts import check_dictionary, read_notice_terms
from consent_service.services.resources import Resources
from consent_service.storage.engine.database import Readable
from consent_service.storage.evidence.compromises import list_compromises
from consent_service.verifier.record_chain import RecordChain

Tell = Callable[[int], None]
"""Is told how many records were checked since it was told last."""
TOLD_EVERY = 1000
KEY_BYTES = 32


def check_store(resources: Resources, tell: Tell = lambda _: None) -> StoreVerdict:
    """Check everything and name every row that is not what was signed.

    What is kept meanwhile does not grow with the number of people; where leaves or changes do not fit, everything is
    read a second time to name them.
    """
    keys = resources.randomness(KEY_BYTES), resources.randomness(KEY_BYTES)
    with resources.database.snapshot() as snapshot:
        leaves, changes = (MultisetTally(key) for key in keys)
        verdict = _StoreCheck(resources, snapshot, leaves, changes, tell).run()
        unequal = leaves.list_unequal(), changes.list_unequal()
        if any(unequal):
            named = [MultisetTally(key, frozenset(odd[:NAMED_BUCKETS])) for key, odd in zip(keys, unequal, strict=True)]
            _StoreCheck(resources, snapshot, named[0], named[1], lambda _: None).run()
            _name_unequal(verdict, named[0], named[1])
            left = sum(max(0, len(odd) - NAMED_BUCKETS) for odd in unequal)
            if left:
                verdict.add_fault(f"about {left} more leaves or changes do not fit; mend these and check again")
    return verdict


def _name_unequal(verdict: StoreVerdict, leaves: MultisetTally, changes: MultisetTally) -> None:
    explained = [
        *map(explain_leaf, leaves.list_kept()),
        *map(explain_change, changes.list_kept()),
    ]
    for fault in filter(None, explained):
        verdict.add_fault(fault)


@dataclass(frozen=True, slots=True)
class _StoreCheck:
    resources: Resources
    snapshot: Readable
    leaves: MultisetTally
    changes: MultisetTally
    tell: Tell

    def run(self) -> StoreVerdict:
        verdict = StoreVerdict()
        check_dictionary(self.snapshot, verdict)
        notices = read_notice_terms(self.snapshot, verdict)
        feeds = FeedComparer(verdict, self.changes, self.resources.clock() - CHANGES_KEPT)
        compromised = list_compromises(self.resources.database)
        chain = RecordChain(self.resources.keys.public_keys)
        follower = RecordFollower(self.resources, verdict, self.leaves, chain, compromised)
        folder = PeopleFolder(self.snapshot, verdict, notices, feeds.expect)
        told = 0
        for rows in gather_people(self.snapshot):
            records = follower.follow(rows)
            if rows.kind in ("v", "s"):
                folder.fold(rows, records)
            elif rows.standings or rows.endings or not rows.kind:
                verdict.add_fault(f"{rows.owner}: there is nobody of that name")
            if verdict.records - told >= TOLD_EVERY:
                self.tell(verdict.records - told)
                told = verdict.records
        compare_trees(self.resources, self.snapshot, verdict, self.leaves)
        feeds.compare(self.snapshot, follower.erased_at)
        return verdict
