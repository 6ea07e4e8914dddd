"""What this process knows of visitors, so that a stale cookie never beats a withdrawal that was seen."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from consent_service.client.cookie_reader import VisitorConsent

MAX_VISITORS = 10_000


@dataclass(frozen=True, slots=True)
class Denial:
    """The service said no to a cookie of this ``seq``; ``learnt`` by the timer, ``at`` in unix seconds."""

    seq: int
    learnt: float
    at: float


@dataclass(slots=True)
class _Known:
    seq: int = 0
    denials: dict[str, Denial] = field(default_factory=dict)


class VisitorMemory:
    """The newest ``seq`` and the denials of the ``most`` visitors seen last."""

    def __init__(self, most: int = MAX_VISITORS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._visitors: OrderedDict[str, _Known] = OrderedDict()

    def learn(self, visitor: str, allowed: Mapping[str, bool], denial: Denial, *, asked: float) -> None:
        """Keep what the service answered to a question that left at ``asked`` by the timer.

        A yes lifts only denials from before its question: an answer that was under way while a later one
        denied is out of date.
        """
        with self._lock:
            known = self._known(visitor, denial.seq)
            for purpose, yes in allowed.items():
                if not yes:
                    known.denials[purpose] = denial
                elif purpose in known.denials and known.denials[purpose].learnt < asked:
                    del known.denials[purpose]

    def undisputed(self, consent: VisitorConsent) -> frozenset[str]:
        """Note a verified cookie and return those of its purposes that nothing known here speaks against.

        A newer cookie speaks against all of it. Only a cookie both newer in ``seq`` and issued after a denial
        undoes that denial.
        """
        with self._lock:
            known = self._known(consent.visitor, consent.seq)
            if consent.seq < known.seq:
                return frozenset()
            denied = {
                purpose
                for purpose, denial in known.denials.items()
                if consent.seq <= denial.seq or consent.issued <= denial.at
            }
            return consent.allowed - denied

    def _known(self, visitor: str, seq: int) -> _Known:
        known = self._visitors.setdefault(visitor, _Known())
        self._visitors.move_to_end(visitor)
        known.seq = max(known.seq, seq)
        if len(self._visitors) > self._most:
            self._visitors.popitem(last=False)
        return known
