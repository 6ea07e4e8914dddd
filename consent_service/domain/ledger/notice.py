"""Notices: the immutable text a person was shown, and what of it is material."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.duration import Duration, Unit, count_least_days, parse_duration
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site

SCHEMA = "notice/1"
PLACEHOLDER = "notice-digest-goes-here"
"""Stands in the archived page where the page sent out carries the digest of that archive."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of what is shown; ``digest`` is the SHA-256 of the canonical ``document``.

    ``fingerprints`` are those the purposes had in this version, so that a choice made on an old form is measured
    against the text it was made on; ``policy`` and ``validity`` are what it told. ``signal`` says that it is the
    version for browsers that send the opt-out signal.
    """

    digest: str
    site: str
    surface: str
    language: str
    signal: bool
    policy: str
    validity: Duration
    fingerprints: dict[str, str]
    document: bytes

    @property
    def purposes(self) -> tuple[str, ...]:
        """The keys of the purposes on the form, in their order."""
        return tuple(self.fingerprints)

    def content(self) -> dict[str, Any]:
        """Read the document: everything that was shown, with its texts."""
        return dict(json.loads(self.document))


def make_fingerprint(site: Site, purpose: Purpose) -> str:
    """Digest what is material about a purpose: meaning, data, cookies, recipients, controller and durations.

    Titles, descriptions and looks are left out: a change of wording that changes the meaning raises the purpose's
    ``revision``.
    """
    retention = site.retention_by_key.get(purpose.retention)
    material = {
        "controller": site.controller.name,
        "purpose": purpose.key,
        "kind": purpose.kind,
        "channel": purpose.channel,
        "basis": purpose.basis,
        "category": purpose.category,
        "revision": purpose.revision,
        "sensitive": purpose.sensitive,
        "data": sorted(purpose.data),
        "recipients": sorted(site.recipient_by_key[key].name for key in purpose.recipients),
        "retention": retention.duration if retention else "",
        "cookies": sorted([c.name, c.provider, c.party, c.domain, c.duration] for c in purpose.cookies),
        **_list_message_material(purpose),
    }
    return hashlib.sha256(write_canonical_json(material)).hexdigest()[:32]


def _list_message_material(purpose: Purpose) -> dict[str, Any]:
    # What a purpose does not use is left out, so that the fingerprints made before there was such a thing hold.
    used = {
        "topic": "" if purpose.topic == purpose.usual_topic else purpose.topic,
        "tracks_opens": purpose.tracks_opens,
        "own_similar_goods": purpose.own_similar_goods,
        "ends_after_days": purpose.ends_after_days,
        "ends_after": purpose.ends_after,
    }
    return {name: value for name, value in used.items() if value}


@lru_cache(maxsize=256)
def make_fingerprints(site: Site) -> dict[str, str]:
    """Fingerprint every purpose of a site."""
    return {purpose.key: make_fingerprint(site, purpose) for purpose in site.purposes}


def make_notice(
    site: Site,
    *,
    surface: str,
    language: str,
    signal: bool,
    purposes: tuple[Purpose, ...],
    page: str,
    stylesheet: str,
) -> Notice:
    """Fix what is shown as a notice: the page with its placeholder, and all that the page was made of."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "site": site.id,
        "surface": surface,
        "language": language,
        "signal": signal,
        "controller": {
            "name": site.controller.name,
            "address": site.controller.address,
            "jurisdiction": site.controller.jurisdiction,
            "contacts": [[c.channel, c.address] for c in site.controller.contacts],
        },
        "policy": {"version": site.policy.version, "url": site.policy.url[language]},
        "validity": str(site.choice_validity),
        "valid_days": count_least_days(site.choice_validity),
        "purposes": [_describe_for_document(site, purpose, language) for purpose in purposes],
        "stylesheet": hashlib.sha256(stylesheet.encode()).hexdigest(),
        "page": page,
    }
    return read_notice(write_canonical_json(document))


def read_notice(encoded: bytes) -> Notice:
    """Rebuild a notice from its canonical document."""
    document = json.loads(encoded)
    return Notice(
        digest=hashlib.sha256(encoded).hexdigest(),
        site=document["site"],
        surface=document["surface"],
        language=document["language"],
        signal=document["signal"],
        policy=document["policy"]["version"],
        validity=_read_validity(document),
        fingerprints={purpose["key"]: purpose["fingerprint"] for purpose in document["purposes"]},
        document=encoded,
    )


def _read_validity(document: dict[str, Any]) -> Duration:
    """Read the validity that a notice told; older ones say it in days alone."""
    told = parse_duration(document["validity"]) if "validity" in document else None
    return told or Duration(document["valid_days"], Unit.DAY)


def _describe_for_document(site: Site, purpose: Purpose, language: str) -> dict[str, Any]:
    return {
        "key": purpose.key,
        "fingerprint": make_fingerprints(site)[purpose.key],
        "title": purpose.title[language],
        "description": purpose.description[language],
        "impact": purpose.impact.get(language, ""),
        "data": list(purpose.data),
        "sensitive": purpose.sensitive,
        "signal": purpose.signal,
        "retention": purpose.retention,
        "recipients": [site.recipient_by_key[key].name for key in purpose.recipients],
        "cookies": [
            {
                "name": c.name,
                "provider": c.provider,
                "party": c.party,
                "duration": c.duration,
                "does": c.does[language],
            }
            for c in purpose.cookies
        ],
    }
