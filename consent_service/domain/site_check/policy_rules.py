"""The rules of the policy section: links, version, claims, and a clock that fits its kind."""

import re
from collections.abc import Iterator

from consent_service.domain.site.site import ClockKind, Policy, PolicyClock
from consent_service.domain.site_check.field_rules import require_good_link, require_known, require_unique
from consent_service.domain.site_check.policy_claim import POLICY_CLAIMS
from consent_service.domain.site_check.site_fault import Fault, quote_value

PUBLICITY_CHANNELS = ("site", "email", "social", "messenger", "platform", "store")
MAX_NOTICE = 365

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_PUBLIC = (ClockKind.PUBLICITY, ClockKind.PUBLICITY_OR_CONFIRMATION)


def find_policy_faults(policy: Policy) -> Iterator[Fault]:
    """Find what is wrong with the policy section."""
    for language, url in policy.url.items():
        yield from require_good_link(f"policy.url.{language}", url)
    if not _VERSION.fullmatch(policy.version):
        yield Fault(
            "policy.version", f"{quote_value(policy.version)} is not a version: up to 32 letters, digits, . _ and -"
        )
    for index, claim in enumerate(policy.claims):
        yield from require_known(f"policy.claims[{index}]", claim, POLICY_CLAIMS)
    yield from require_unique("policy.claims", policy.claims)
    yield from _find_clock_faults(policy.clock)


def _find_clock_faults(clock: PolicyClock) -> Iterator[Fault]:
    kind = ("policy.clock.kind",)
    least = 1 if clock.kind in _PUBLIC else 0
    most = 0 if clock.kind is ClockKind.IMMEDIATE else MAX_NOTICE
    if not least <= clock.days <= most:
        expected = f"{least} to {most} days" if most else "no days"
        yield Fault("policy.clock.days", f"a clock of kind {clock.kind} has {expected}, not {clock.days}", kind)
    if clock.kind in _PUBLIC and not clock.channels:
        yield Fault("policy.clock.channels", "say where a change is made public", kind)
    for index, channel in enumerate(clock.channels):
        yield from require_known(f"policy.clock.channels[{index}]", channel, PUBLICITY_CHANNELS)
    yield from require_unique("policy.clock.channels", clock.channels)
