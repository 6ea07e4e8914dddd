"""Comparing the feeds with what the records say: every change stands there once, under a number without a gap."""

from dataclasses import dataclass, field

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import DAY
from consent_service.domain.evidence.multiset_tally import MultisetTally
from consent_service.domain.feed.feed_change import FeedChange
from consent_service.domain.identifier import RECORD_ID
from consent_service.services.audit.collecting_faults import StoreVerdict
from consent_service.storage.engine.database import Readable
from consent_service.storage.evidence.store_pages import stream_changes

FEED, RECORDS = "feed", "records"


@dataclass(slots=True)
class FeedComparer:
    """Counts the changes that records tell against those of the feeds.

    Of changes older than ``kept_since`` some are pruned and some not yet; they are looked at no more.
    """

    verdict: StoreVerdict
    changes: MultisetTally
    kept_since: int
    _young: set[str] = field(default_factory=set)

    def expect(self, site: str, change: FeedChange) -> None:
        """Take a change that a record tells."""
        if _read_id_time(change.record) >= self.kept_since + DAY:
            self.changes.add(_write_thing(site, change), RECORDS, f"the record {change.record}", -1)

    def compare(self, snapshot: Readable, erased_at: dict[str, int]) -> None:
        """Read every feed; ``erased_at`` tells for each site when somebody was erased last."""
        heads: dict[str, int] = {}
        for site, change in stream_changes(snapshot):
            self.verdict.changes += 1
            if site in heads and change.seq != heads[site] + 1:
                self.verdict.add_fault(f"change {site} {change.seq}: between it and {heads[site]} one is gone")
            heads[site] = change.seq
            if change.kind:
                self._take(site, change)
            elif change.at > erased_at.get(site, 0):
                self.verdict.add_fault(f"change {site} {change.seq}: it is empty, and nobody was erased since")

    def _take(self, site: str, change: FeedChange) -> None:
        label = f"change {site} {change.seq}"
        if not isinstance(change.record, str) or not RECORD_ID.fullmatch(change.record):
            self.verdict.add_fault(f"{label}: it names no record")
        elif _read_id_time(change.record) >= self.kept_since + DAY:
            self._young.add(site)
            self.changes.add(_write_thing(site, change), FEED, label, 1)
        elif site in self._young:
            self.verdict.add_fault(f"{label}: it is of an older record than those before it")


def explain_change(lies: list[tuple[str, str]]) -> str | None:
    """Say what is wrong with a change that stands in these places; None where nothing is."""
    feed = [label for side, label in lies if side == FEED]
    records = [label for side, label in lies if side == RECORDS]
    if len(feed) == len(records):
        return None
    if len(feed) > len(records):
        return (
            f"{feed[-1]}: no record tells it" if not records else f"{feed[-1]}: it stands there already, as {feed[0]}"
        )
    return f"{records[0]}: a change that it tells is not in the feed, or another than it tells"


def _write_thing(site: str, change: FeedChange) -> bytes:
    """Write what a record tells of a change: all but its number, when it was recorded, and the shop's reference."""
    told = change._replace(seq=0, at=0, ref=None)
    return write_canonical_json([site, *(str(value) if value is not None else None for value in told)])


def _read_id_time(identifier: str | None) -> int:
    """Read the time out of a record's id, in microseconds."""
    digits = str(identifier).replace("-", "")[:12]
    return int(digits, 16) * 1000
