"""Comparing two multitudes in whatever order they come, in memory that does not grow with them.

Each thing goes into one of some thousand sums, as a keyed hash: added from the one side, taken away from the other. A
sum that is not zero in the end has something that the other side has not; looking once more names the things in it. The
key is random, so nobody can choose things whose hashes make up for each other.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

BUCKETS = 4096
NAMED_BUCKETS = 64
"""Of so many unequal sums the things are named: a sixtieth of all there are."""


class MultisetTally:
    """Counts things of two sides against each other; of those in the ``named`` buckets it keeps what they are."""

    def __init__(self, key: bytes, named: frozenset[int] = frozenset()) -> None:
        self._key, self._named = key, named
        self._sums = [0] * BUCKETS
        self._kept: dict[bytes, list[tuple[str, str]]] = defaultdict(list)

    def add(self, thing: bytes, side: str, label: str, times: int) -> None:
        """Add a thing so many times, or take it away with a negative number; the label says where it lies."""
        digest = hashlib.blake2b(thing, key=self._key, digest_size=18).digest()
        bucket = int.from_bytes(digest[:2]) % BUCKETS
        self._sums[bucket] += times * int.from_bytes(digest[2:])
        if bucket in self._named:
            self._kept[thing].append((side, label))

    def list_unequal(self) -> list[int]:
        """List the buckets in which the two sides are not alike."""
        return [bucket for bucket, total in enumerate(self._sums) if total]

    def list_kept(self) -> Iterator[list[tuple[str, str]]]:
        """Hand out of each thing in the named buckets where it lies, by side."""
        yield from self._kept.values()
