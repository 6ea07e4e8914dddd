"""Naming buckets: what is counted stands under a keyed name, which does not tell whose it is."""

import hmac

from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources


def name_bucket(resources: Resources, site: Site, kind: str, text: str) -> str:
    """Name what is counted under, for one site, one kind and one text."""
    _, secret = resources.keys.secrets.subject
    return f"{kind}/" + hmac.digest(secret, f"{kind}\0{site.id}\0{text}".encode(), "sha256").hex()[:32]
