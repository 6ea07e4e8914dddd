import json
from dataclasses import replace

import pytest

from consent_service.domain.ledger.dpv_receipt import CONTEXT, write_dpv_receipt
from consent_service.domain.site.data_category import DATA_CATEGORIES
from tests.domain.ledger.bakery import BAKERY, ORIGIN, notice_document, record
from tests.domain.ledger.structure_check import faults

LINK = {"@id": str}
TIME = {"@type": "xsd:dateTime", "@value": str}
TEXT = {"@value": str, "@language": str}
PROCESS = {
    "@type": "dpv:Process",
    "dpv:hasPurpose": {
        "@type": "dpv:Purpose",
        "dct:identifier": str,
        "dct:title": TEXT,
        "dct:description": TEXT,
        "skos:broader": LINK,
    },
    "dpv:hasLegalBasis": LINK,
    "dpv:hasPersonalData": [{"@type": str, "dct:title": str, "skos:broader": LINK}],
    "dpv:hasRecipient": [{"@id?": str, "@type?": "dpv:Recipient", "dpv:hasName?": str, "dpv:hasLocation?": LINK}],
    "dpv:hasStorageCondition": [
        {"@type": str, "dpv:hasLocation?": str, "dpv:hasDuration?": dict, "dct:description?": str}
    ],
    "dpv:hasConsentStatus": {
        "@type": str,
        "dpv:isIndicatedAtTime": TIME,
        "dpv:isIndicatedBy": LINK,
        "dpv:hasIndicationMethod": str,
        "dpv:hasDuration": {"@type": "dpv:UntilTimeDuration", "rdf:value": TIME},
    },
}
SHAPE = {
    "@context": dict,
    "@id": str,
    "@type": "dpv:ConsentReceipt",
    "dct:conformsTo": {"@id": "https://w3id.org/dpv/schema/dpv-27560#receipt"},
    "dct:identifier": str,
    "dpv:hasIdentifier": str,
    "dct:created": TIME,
    "dpv:hasRecordOfActivity": {
        "@id": str,
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": {"@id": "https://w3id.org/dpv/schema/dpv-27560#record"},
        "dct:identifier": str,
        "schema:schemaVersion": str,
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": str},
        "dpv:hasDataController": LINK,
        "dpv:hasEntity": {
            "@id": str,
            "@type": "dpv:DataController",
            "dpv:hasIdentifier": str,
            "dpv:hasName": str,
            "schema:address": {"@type": "schema:PostalAddress", "schema:streetAddress": str},
            "schema:contactPoint": [
                {"@type": "schema:ContactPoint", "schema:contactType": str, "schema:identifier": str}
            ],
        },
        "dpv:hasJurisdiction": LINK,
        "dpv:hasNotice": [
            {"@id?": str, "@type": str, "dct:identifier?": str, "dct:language?": str, "schema:version?": str}
        ],
        "dpv:hasService": {"@type": "dpv:Service", "dct:title": str},
        "dpv:hasConsentControl": {"@type": [str], "dpv:isExercisedAt": LINK},
        "dpv:hasRight": {"@type": "dpv:DataSubjectRight", "dpv:isExercisedAt": LINK},
        "dpv:hasProcess": [PROCESS],
    },
}


def receipt(language="en", **changes):
    return write_dpv_receipt(record(language=language, **changes), notice_document(language), BAKERY, origin=ORIGIN)


def processes(**changes):
    found = receipt(**changes)["dpv:hasRecordOfActivity"]["dpv:hasProcess"]
    return {process["dpv:hasPurpose"]["dct:identifier"]: process for process in found}


def keys_and_types(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            if name in ("@type", "@id"):
                yield from inner if isinstance(inner, list) else [inner]
            yield from keys_and_types(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_and_types(inner)


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_receipt_has_the_members_that_the_profile_requires(language):
    found = receipt(language)
    assert faults(found, SHAPE) == []
    assert json.loads(json.dumps(found)) == found


def test_every_prefix_is_explained_in_the_receipt_itself():
    found = receipt()
    assert found["@context"] == CONTEXT
    assert all(address.endswith(("#", "/")) for address in CONTEXT.values())
    names = {name for name in keys_and_types({**found, "@context": {}}) if ":" in name and "//" not in name}
    assert {name.partition(":")[0] for name in names} <= {*CONTEXT, "urn"}


def test_every_decided_purpose_is_listed_with_its_state():
    states = {key: process["dpv:hasConsentStatus"]["@type"] for key, process in processes().items()}
    assert states == {"ads": "dpv:ConsentGiven", "analytics": "dpv:ConsentRefused", "diet": "dpv:ConsentWithdrawn"}


def test_a_state_without_a_name_of_its_own_permits_nothing():
    ads = processes(decisions={"ads": "something_new"})["ads"]
    assert ads["dpv:hasConsentStatus"]["@type"] == "dpv:ConsentUnknown"


def test_a_state_says_when_how_by_whom_and_until_when():
    assert processes()["ads"]["dpv:hasConsentStatus"] == {
        "@type": "dpv:ConsentGiven",
        "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime", "@value": "2026-01-02T03:04:05.678901Z"},
        "dpv:isIndicatedBy": {"@id": "dpv:DataSubject"},
        "dpv:hasIndicationMethod": "save",
        "dpv:hasDuration": {
            "@type": "dpv:UntilTimeDuration",
            "rdf:value": {"@type": "xsd:dateTime", "@value": "2026-07-01T03:04:05.678901Z"},
        },
    }


def test_another_actor_is_not_passed_off_as_the_visitor():
    status = processes(actor="browser", method="signal")["ads"]["dpv:hasConsentStatus"]
    assert (status["dpv:isIndicatedBy"], status["dpv:hasIndicationMethod"]) == ("browser", "signal")


def test_purposes_are_worded_in_the_language_of_the_record():
    purpose = processes(language="de")["ads"]["dpv:hasPurpose"]
    assert purpose["dct:title"] == {"@value": "Advertising (de)", "@language": "de"}
    assert purpose["skos:broader"] == {"@id": "dpv:PersonalisedAdvertising"}


def test_data_points_into_the_vocabulary_and_sensitive_data_is_marked():
    diet = processes()["diet"]
    assert diet["dpv:hasPersonalData"] == [
        {"@type": "dpv:SensitivePersonalData", "dct:title": "health", "skos:broader": {"@id": "pd:Health"}},
        {"@type": "dpv:PersonalData", "dct:title": "order_history", "skos:broader": {"@id": "pd:Purchase"}},
    ]
    assert diet["dpv:hasLegalBasis"] == {"@id": "dpv:ExplicitlyExpressedConsent"}
    assert processes()["ads"]["dpv:hasLegalBasis"] == {"@id": "dpv:ExpressedConsent"}


def test_the_controller_is_always_a_recipient_and_others_are_named_with_their_country():
    assert processes()["analytics"]["dpv:hasRecipient"] == [{"@id": "https://shop.example/#controller"}]
    assert processes()["ads"]["dpv:hasRecipient"][1:] == [
        {"@type": "dpv:Recipient", "dpv:hasName": "Adverts AG", "dpv:hasLocation": {"@id": "loc:DE"}},
        {"@type": "dpv:Recipient", "dpv:hasName": "Reach Inc", "dpv:hasLocation": {"@id": "loc:US"}},
    ]


def test_a_recipient_who_has_left_the_site_file_is_still_named():
    document = notice_document()
    found = write_dpv_receipt(record(), document, replace(BAKERY, recipients=()), origin=ORIGIN)
    ads = found["dpv:hasRecordOfActivity"]["dpv:hasProcess"][0]
    assert ads["dpv:hasRecipient"][1:] == [
        {"@type": "dpv:Recipient", "dpv:hasName": "Adverts AG"},
        {"@type": "dpv:Recipient", "dpv:hasName": "Reach Inc"},
    ]


def test_storage_is_told_with_its_place_and_its_length():
    found = processes()
    assert found["ads"]["dpv:hasStorageCondition"] == [
        {"@type": "dpv:StorageLocation", "dpv:hasLocation": "Frankfurt, Germany"},
        {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": "session"},
            "dct:description": "the visit",
        },
    ]
    lengths = {
        key: found[key]["dpv:hasStorageCondition"][-1]["dpv:hasDuration"]["rdf:value"] for key in ("analytics", "diet")
    }
    assert lengths == {
        "analytics": {"@type": "xsd:duration", "@value": "P13M"},
        "diet": {"@type": "xsd:duration", "@value": "P1Y"},
    }


def test_the_way_to_withdraw_and_the_texts_are_linked():
    found = receipt()["dpv:hasRecordOfActivity"]
    assert found["dpv:hasConsentControl"]["dpv:isExercisedAt"] == {"@id": "https://shop.example/consent/"}
    assert found["dpv:hasNotice"] == [
        {"@type": "dpv:ConsentNotice", "dct:identifier": "ab" * 32, "dct:language": "en"},
        {"@id": "https://shop.example/privacy", "@type": "dpv:PrivacyNotice", "schema:version": "2026-01"},
    ]


def test_a_purpose_that_the_notice_does_not_describe_is_still_listed():
    forgotten = processes(decisions={"forgotten": "refused"})["forgotten"]
    assert forgotten["dpv:hasConsentStatus"]["@type"] == "dpv:ConsentRefused"
    assert forgotten["dpv:hasStorageCondition"] == []


def test_data_outside_the_vocabulary_is_named_without_a_link():
    document = notice_document()
    document["purposes"][0]["data"] = ["shoe_polish"]
    assert "shoe_polish" not in DATA_CATEGORIES
    found = write_dpv_receipt(record(decisions={"analytics": "granted"}), document, BAKERY, origin=ORIGIN)
    process = found["dpv:hasRecordOfActivity"]["dpv:hasProcess"][0]
    assert process["dpv:hasPersonalData"] == [{"@type": "dpv:PersonalData", "dct:title": "shoe_polish"}]
