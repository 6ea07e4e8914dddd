"""The receipt of the Kantara Initiative, version 1.1: consents as JSON."""

from collections.abc import Mapping
from typing import Any

from consent_service.domain.basics.moment import SECOND, read_time
from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.receipt import (
    Document,
    Line,
    describe_purposes,
    find_policy_address,
    find_service_name,
)
from consent_service.domain.site.data_category import DATA_CATEGORIES
from consent_service.domain.site.site import Site

VERSION = "KI-CR-v1.1.0"


def write_kantara_receipt(record: ConsentRecord, notice: Document, site: Site, *, origin: str) -> dict[str, Any]:
    """Write a Kantara Consent Receipt 1.1: only what was granted counts as a service consented to.

    ``notice`` is the archived document that the record names, ``origin`` the shop's origin for links. The
    ``publicKey`` is the address of the keys that verify the record.
    """
    granted = [line for line in describe_purposes(record, notice, site) if line.state == State.GRANTED]
    special = sorted({_find_receipt_category(name) for line in granted for name in line.special})
    service = {
        "service": find_service_name(site, record.language),
        "purposes": [_describe_purpose(line, record) for line in granted],
    }
    return {
        "version": VERSION,
        "jurisdiction": notice["controller"]["jurisdiction"],
        "consentTimestamp": read_time(record.at) // SECOND,
        "collectionMethod": record.method,
        "consentReceiptID": record.id,
        "publicKey": f"{origin}/consent/keys.json",
        "language": record.language,
        "piiPrincipalId": record.principal,
        "piiControllers": [_describe_pii_controller(notice["controller"], origin)],
        "policyUrl": find_policy_address(notice, origin),
        "services": [service] if granted else [],
        "sensitive": bool(special),
        "spiCat": special,
    }


def _describe_pii_controller(controller: Mapping[str, Any], origin: str) -> dict[str, Any]:
    contacts = [(channel, address) for channel, address in controller["contacts"]]
    first = dict(reversed(contacts))
    return {
        "piiController": controller["name"],
        "onBehalf": False,
        "contact": ", ".join(f"{channel}: {address}" for channel, address in contacts),
        "address": {"streetAddress": controller["address"]},
        "email": first.get("email", ""),
        "phone": first.get("phone", ""),
        "piiControllerUrl": f"{origin}/",
    }


def _describe_purpose(line: Line, record: ConsentRecord) -> dict[str, Any]:
    names = ", ".join(recipient.name for recipient in line.recipients)
    return {
        "purpose": line.title,
        "purposeCategory": [line.category],
        "consentType": "EXPLICIT",
        "piiCategory": list(dict.fromkeys(_find_receipt_category(name) for name in line.data)),
        "primaryPurpose": False,
        "termination": f"{line.kept} from {line.kept_after}" if line.kept else record.valid_until,
        "thirdPartyDisclosure": bool(names),
        **({"thirdPartyName": names} if names else {}),
    }


def _find_receipt_category(name: str) -> str:
    return DATA_CATEGORIES[name].receipt if name in DATA_CATEGORIES else name
