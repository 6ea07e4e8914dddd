"""The receipt in JSON-LD: the Data Privacy Vocabulary's profile of ISO/IEC TS 27560."""

from collections.abc import Mapping
from typing import Any

from consent_service.domain.basics.duration import Unit, parse_duration
from consent_service.domain.ledger.actor import Actor
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
from consent_service.domain.site.site import Recipient, Site

PROFILE = "https://w3id.org/dpv/schema/dpv-27560"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The JSON-LD context, written out so that nothing has to be fetched to read a receipt."""

_STATES: dict[str, str] = {
    State.GRANTED: "dpv:ConsentGiven",
    State.REFUSED: "dpv:ConsentRefused",
    State.WITHDRAWN: "dpv:ConsentWithdrawn",
}
_ISO_8601 = {
    Unit.MINUTE: "PT{}M",
    Unit.HOUR: "PT{}H",
    Unit.DAY: "P{}D",
    Unit.WEEK: "P{}W",
    Unit.MONTH: "P{}M",
    Unit.YEAR: "P{}Y",
}

Node = dict[str, Any]


def write_dpv_receipt(record: ConsentRecord, notice: Document, site: Site, *, origin: str) -> Node:
    """Write a receipt as JSON-LD; every decided purpose is a process with its own state, refused ones too.

    ``notice`` is the archived document that the record names, ``origin`` the shop's origin for links.
    """
    return {
        "@context": CONTEXT,
        "@id": f"{origin}/consent/receipts/{record.id}",
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": _link(f"{PROFILE}#receipt"),
        "dct:identifier": record.id,
        "dpv:hasIdentifier": record.id,
        "dct:created": _time(record.at),
        "dpv:hasRecordOfActivity": _record(record, notice, site, origin),
    }


def _record(record: ConsentRecord, notice: Document, site: Site, origin: str) -> Node:
    preferences = _link(f"{origin}/consent/")
    controller = f"{origin}/#controller"
    policy = {"@type": "dpv:PrivacyNotice", "schema:version": record.policy}
    lines = describe_purposes(record, notice, site)
    return {
        "@id": f"urn:uuid:{record.id}",
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": _link(f"{PROFILE}#record"),
        "dct:identifier": record.id,
        "schema:schemaVersion": record.schema,
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": record.principal},
        "dpv:hasDataController": _link(controller),
        "dpv:hasEntity": _describe_controller(notice["controller"], controller),
        "dpv:hasJurisdiction": _link(f"loc:{notice['controller']['jurisdiction']}"),
        "dpv:hasNotice": [
            {"@type": "dpv:ConsentNotice", "dct:identifier": record.notice, "dct:language": record.language},
            _link(find_policy_address(notice, origin)) | policy,
        ],
        "dpv:hasService": {"@type": "dpv:Service", "dct:title": find_service_name(site, record.language)},
        "dpv:hasConsentControl": {
            "@type": ["dpv:ProvideConsent", "dpv:WithdrawConsent"],
            "dpv:isExercisedAt": preferences,
        },
        "dpv:hasRight": {"@type": "dpv:DataSubjectRight", "dpv:isExercisedAt": preferences},
        "dpv:hasProcess": [_describe_process(line, record, controller) for line in lines],
    }


def _describe_controller(controller: Mapping[str, Any], identifier: str) -> Node:
    return {
        "@id": identifier,
        "@type": "dpv:DataController",
        "dpv:hasIdentifier": identifier,
        "dpv:hasName": controller["name"],
        "schema:address": {"@type": "schema:PostalAddress", "schema:streetAddress": controller["address"]},
        "schema:contactPoint": [
            {"@type": "schema:ContactPoint", "schema:contactType": channel, "schema:identifier": address}
            for channel, address in controller["contacts"]
        ],
    }


def _describe_process(line: Line, record: ConsentRecord, controller: str) -> Node:
    basis = "dpv:ExplicitlyExpressedConsent" if line.special else "dpv:ExpressedConsent"
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "dct:identifier": line.key,
            "dct:title": {"@value": line.title, "@language": record.language},
            "dct:description": {"@value": line.description, "@language": record.language},
            "skos:broader": _link(f"dpv:{line.category}"),
        },
        "dpv:hasLegalBasis": _link(basis),
        "dpv:hasPersonalData": [_describe_data(name, special=name in line.special) for name in line.data],
        "dpv:hasRecipient": [_link(controller), *map(_describe_recipient, line.recipients)],
        "dpv:hasStorageCondition": _describe_storage(line),
        "dpv:hasConsentStatus": {
            "@type": _STATES.get(line.state, "dpv:ConsentUnknown"),
            "dpv:isIndicatedAtTime": _time(record.at),
            "dpv:isIndicatedBy": _link("dpv:DataSubject") if record.actor == Actor.VISITOR else record.actor,
            "dpv:hasIndicationMethod": record.method,
            "dpv:hasDuration": {"@type": "dpv:UntilTimeDuration", "rdf:value": _time(record.valid_until)},
        },
    }


def _describe_data(name: str, *, special: bool) -> Node:
    data: Node = {"@type": "dpv:SensitivePersonalData" if special else "dpv:PersonalData", "dct:title": name}
    if name in DATA_CATEGORIES:
        data["skos:broader"] = _link(f"pd:{DATA_CATEGORIES[name].vocabulary}")
    return data


def _describe_recipient(recipient: Recipient) -> Node:
    node: Node = {"@type": "dpv:Recipient", "dpv:hasName": recipient.name}
    if recipient.country:
        node["dpv:hasLocation"] = _link(f"loc:{recipient.country}")
    return node


def _describe_storage(line: Line) -> list[Node]:
    conditions: list[Node] = []
    if line.storage:
        conditions.append({"@type": "dpv:StorageLocation", "dpv:hasLocation": line.storage})
    if line.kept:
        length: Node = {"@type": "dpv:StorageDuration", "dpv:hasDuration": _write_duration(line.kept)}
        conditions.append(length | {"dct:description": line.kept_after})
    return conditions


def _write_duration(text: str) -> Node:
    duration = parse_duration(text)
    if duration is None or duration.unit not in _ISO_8601:
        return {"@type": "dpv:UntilEventDuration", "rdf:value": text}
    written = _ISO_8601[duration.unit].format(duration.count)
    return {"@type": "dpv:TemporalDuration", "rdf:value": {"@type": "xsd:duration", "@value": written}}


def _time(text: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": text}


def _link(address: str) -> Node:
    return {"@id": address}
