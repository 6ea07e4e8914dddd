"""Denials: whatever takes a permission away, in the few words by which a restore can say it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from consent_service.domain.basics.moment import read_time, write_time

TYPE = "consent-denial+jwt"
_NO_TEXTS = frozenset({"kind", "at", "seq", "states", "valid_until", "stop_all", "pause_until"})


class DenialKind(StrEnum):
    """What took the permission away."""

    NO = "no"
    REQUEST = "request"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedDenial:
    """One denial; times in microseconds, ``at`` is from when it counts.

    Of a no, ``states`` names what was refused or withdrawn, and ``seq`` the record of a visitor that says so.
    ``block`` is a block that was put up, with an erasure the one that stays. ``request`` is the hash of a request that
    the owner of the address disowned. ``record`` is the id of the record in which it was signed.
    """

    kind: DenialKind
    principal: str
    at: int
    seq: int = 0
    states: Mapping[str, str] = field(default_factory=dict)
    valid_until: int = 0
    block: str = ""
    stop_all: bool = False
    pause_until: int = 0
    request: str = ""
    record: str = ""


def describe_denial(denial: NotedDenial, previous: str) -> dict[str, Any]:
    """Describe a denial as an entry of the journal behind another one, which ``previous`` is the digest of."""
    told: dict[str, Any] = {
        "kind": str(denial.kind),
        "principal": denial.principal,
        "at": write_time(denial.at),
        "seq": denial.seq,
        "states": {purpose: str(state) for purpose, state in denial.states.items()},
        "valid_until": write_time(denial.valid_until) if denial.valid_until else "",
        "block": denial.block,
        "stop_all": denial.stop_all,
        "pause_until": write_time(denial.pause_until) if denial.pause_until else "",
        "request": denial.request,
        "record": denial.record,
        "previous": previous,
    }
    return {name: value for name, value in told.items() if value}


def read_denial(told: Any) -> NotedDenial:
    """Read an entry of the journal; raises ValueError where it is none."""
    if not isinstance(told, dict):
        raise ValueError("not an entry of the journal of denials")
    known = dict(told)
    known.pop("previous", None)
    try:
        for name in ("at", "valid_until", "pause_until"):
            if name in known:
                known[name] = read_time(known[name])
        denial = NotedDenial(**known | {"kind": DenialKind(known.get("kind", ""))})
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not an entry of the journal of denials: {error}") from None
    texts = [getattr(denial, name) for name in NotedDenial.__slots__ if name not in _NO_TEXTS]
    if not isinstance(denial.states, dict) or not all(
        isinstance(text, str) for text in [*texts, *denial.states.values()]
    ):
        raise ValueError("not an entry of the journal of denials: a text was expected")
    if type(denial.seq) is not int or type(denial.stop_all) is not bool:
        raise ValueError("not an entry of the journal of denials: seq or stop_all is odd")
    return denial
