"""Withdrawing: a no that reached the shop by another way than our links is recorded like any other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import read_standing_of
from consent_service.services.subject.recording_acts import Acted, record_act


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What a person takes back; ``at`` is when they said so, in microseconds, None for now.

    ``stops_all`` covers everything that comes by message, also purposes that are not named. ``evidence`` holds short
    codes.
    """

    purposes: tuple[Purpose, ...]
    method: Method
    actor: str
    at: int | None
    source: str
    stops_all: bool = False
    evidence: Mapping[str, str] = field(default_factory=dict)


def record_withdrawal(
    resources: Resources, site: Site, principal: str, withdrawal: Withdrawal, *, others: Sequence[str] | None = None
) -> Acted:
    """Record a withdrawal; one that changes nothing writes nothing.

    Nothing is collected again about a person who was erased. Raises ActFault for a time in the future.
    """
    standing = read_standing_of(resources, site, principal, others)
    if Block.ERASED in standing.blocks:
        return Acted(None, standing, {}, (), 0)
    act = Act(
        method=withdrawal.method,
        actor=withdrawal.actor,
        at=resources.clock() if withdrawal.at is None else withdrawal.at,
        happens_now=withdrawal.at is None,
        states={purpose.key: State.WITHDRAWN for purpose in withdrawal.purposes},
        stop_all=withdrawal.stops_all,
        source=withdrawal.source,
        evidence=withdrawal.evidence,
    )
    return record_act(resources, site, principal, act, others=others)
