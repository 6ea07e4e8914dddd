"""What a verifier prints: the faults, a line each, and the outcome."""

from collections.abc import Iterator

from consent_service.domain.basics.plain_text import count_noun
from consent_service.verifier.export_verification import Verification

FAULTS_SHOWN = 50


def describe_verification(verdict: Verification) -> Iterator[str]:
    """Say what came of it, line by line."""
    shown = verdict.faults[:FAULTS_SHOWN]
    yield from shown
    if verdict.faulty > len(shown):
        yield f"and {verdict.faulty - len(shown)} more"
    counted = [count_noun(verdict.records, "record"), count_noun(verdict.notices, "notice")]
    if verdict.proofs:
        counted.append(count_noun(verdict.proofs, "proof"))
    yield f"{', '.join(counted)}: {count_noun(verdict.faulty, 'fault') if verdict.faulty else 'all of it verifies'}"
