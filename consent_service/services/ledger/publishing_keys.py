"""Publishing keys: what anybody needs to verify records and checkpoints without us."""

from typing import Any

from consent_service.domain.evidence.signed_note import VerifierKey, write_verifier_key
from consent_service.services.resources import Resources
from consent_service.storage.evidence.compromises import list_compromises
from consent_service.storage.evidence.tree import find_ledger, find_size_before


def list_compromised_keys(resources: Resources) -> list[str]:
    """List the ids of keys that somebody else may have: a cookie that one of them signed proves nothing by itself."""
    return sorted(list_compromises(resources.database))


def describe_ledger_keys(resources: Resources, site: str) -> dict[str, Any]:
    """Describe who signs the checkpoints of a site: as JSON Web Keys, and as other verifiers of such logs are told.

    ``compromised`` has for each key of records that was compromised how many records were sealed by then.
    """
    ledger = find_ledger(resources.database, site)
    checkpoints = resources.keys.checkpoints
    told: dict[str, Any] = {"keys": checkpoints.jwks()}
    if ledger:
        verifiers = [write_verifier_key(VerifierKey(ledger.origin, public)) for public in checkpoints.public_keys]
        told |= {"origin": ledger.origin, "verifiers": verifiers}
    compromises = list_compromises(resources.database)
    if compromises:
        sizes = {kid: find_size_before(resources.database, site, since) for kid, since in compromises.items()}
        told["compromised"] = sizes
    return told
