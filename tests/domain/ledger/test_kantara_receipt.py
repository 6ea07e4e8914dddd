import json
from dataclasses import replace

import pytest

from consent_service.domain.ledger.kantara_receipt import write_kantara_receipt
from tests.domain.ledger.bakery import BAKERY, ORIGIN, notice_document, record
from tests.domain.ledger.structure_check import faults

PURPOSE = {
    "purpose": str,
    "purposeCategory": [str],
    "consentType": "EXPLICIT",
    "piiCategory": [str],
    "primaryPurpose": bool,
    "termination": str,
    "thirdPartyDisclosure": bool,
    "thirdPartyName?": str,
}
SHAPE = {
    "version": "KI-CR-v1.1.0",
    "jurisdiction": str,
    "consentTimestamp": int,
    "collectionMethod": str,
    "consentReceiptID": str,
    "publicKey": str,
    "language": str,
    "piiPrincipalId": str,
    "piiControllers": [
        {
            "piiController": str,
            "onBehalf": bool,
            "contact": str,
            "address": {"streetAddress": str},
            "email": str,
            "phone": object,
            "piiControllerUrl": str,
        }
    ],
    "policyUrl": str,
    "services": [{"service": str, "purposes": [PURPOSE]}],
    "sensitive": bool,
    "spiCat": [str],
}


def receipt(language="en", site=BAKERY, document=None, **changes):
    document = document or notice_document(language)
    return write_kantara_receipt(record(language=language, **changes), document, site, origin=ORIGIN)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "decisions",
    [
        {"ads": "granted", "analytics": "refused", "diet": "withdrawn"},
        {"ads": "granted", "analytics": "granted", "diet": "granted"},
        {"ads": "refused", "analytics": "refused"},
        {"analytics": "withdrawn"},
    ],
)
def test_a_receipt_has_the_members_and_types_of_version_1_1(language, decisions):
    found = receipt(language, decisions=decisions)
    assert faults(found, SHAPE) == []
    assert json.loads(json.dumps(found)) == found


def test_the_structural_check_notices_what_is_wrong():
    good = receipt()
    assert faults(good, SHAPE) == []
    assert faults({**good, "consentTimestamp": "2026"}, SHAPE)
    assert faults({**good, "consentTimestamp": True}, SHAPE)
    assert faults({**good, "services": {}}, SHAPE)
    assert faults({**good, "extra": 1}, SHAPE)
    assert faults({name: good[name] for name in good if name != "policyUrl"}, SHAPE)


def test_only_what_was_granted_counts_as_consented():
    services = receipt()["services"]
    assert [service["service"] for service in services] == ["The Bakery"]
    assert [purpose["purpose"] for purpose in services[0]["purposes"]] == ["Advertising"]


@pytest.mark.parametrize("state", ["refused", "withdrawn", "something_new"])
def test_without_a_grant_no_service_was_consented_to(state):
    found = receipt(decisions={"ads": state, "diet": state})
    assert (found["services"], found["sensitive"], found["spiCat"]) == ([], False, [])


def test_the_header_tells_whose_record_it_is_and_when_it_was_made():
    found = receipt()
    assert found["consentReceiptID"] == "0190a8d2-7e2c-7000-8000-000000000001"
    assert found["piiPrincipalId"] == "bakery/v/AAAAAAAAAAAAAAAAAAAAAA"
    assert found["consentTimestamp"] == 1767323045
    assert found["collectionMethod"] == "save"
    assert found["jurisdiction"] == "IE"
    assert found["publicKey"] == "https://shop.example/consent/keys.json"


def test_the_controller_is_named_with_the_first_contact_of_each_kind():
    controller = receipt()["piiControllers"][0]
    assert controller["piiController"] == "Bakery Ltd"
    assert controller["email"] == "privacy@shop.example"
    assert controller["phone"] == ""
    assert controller["onBehalf"] is False
    assert controller["contact"] == "email: privacy@shop.example, wechat: bakery, email: second@shop.example"


@pytest.mark.parametrize(
    ("language", "url"),
    [("en", "https://shop.example/privacy"), ("de", "https://www.shop.example/datenschutz")],
)
def test_the_policy_is_linked_with_its_whole_address(language, url):
    assert receipt(language)["policyUrl"] == url


def test_recipients_are_named_and_only_where_there_are_any():
    purposes = receipt(decisions={"ads": "granted", "analytics": "granted"})["services"][0]["purposes"]
    ads, analytics = purposes
    assert ads["primaryPurpose"] is analytics["primaryPurpose"] is False
    assert ads["thirdPartyDisclosure"] is True
    assert ads["thirdPartyName"] == "Adverts AG, Reach Inc"
    assert analytics["thirdPartyDisclosure"] is False
    assert "thirdPartyName" not in analytics


def test_data_is_named_by_the_categories_of_the_specification_each_once():
    found = receipt(decisions={"analytics": "granted"})
    assert found["services"][0]["purposes"][0]["piiCategory"] == ["15 - Behavioural", "5 - Network/Service"]


def test_the_end_of_the_storage_is_told():
    purposes = receipt(decisions={"analytics": "granted", "diet": "granted"})["services"][0]["purposes"]
    assert [purpose["termination"] for purpose in purposes] == [
        "13 months from the visit",
        "1 year from the last order",
    ]


def test_sensitive_data_is_told_only_where_its_purpose_was_granted():
    found = receipt(decisions={"diet": "granted", "ads": "refused"})
    assert (found["sensitive"], found["spiCat"]) == (True, ["6 - Health"])


def test_a_sensitive_purpose_counts_with_all_its_data_where_no_category_is_sensitive_by_itself():
    document = notice_document()
    diet = next(purpose for purpose in document["purposes"] if purpose["key"] == "diet")
    diet["data"] = ["order_history"]
    found = receipt(document=document, decisions={"diet": "granted"})
    assert (found["sensitive"], found["spiCat"]) == (True, ["7 - Financial"])


def test_sensitive_categories_are_listed_once_and_in_order():
    document = notice_document()
    diet = next(purpose for purpose in document["purposes"] if purpose["key"] == "diet")
    diet["data"] = ["health", "religion", "ethnic_origin", "face_shape"]
    found = receipt(document=document, decisions={"diet": "granted"})
    assert found["spiCat"] == ["13 - Psychological/Attitudinal", "3 - Biometric", "6 - Health"]


def test_the_service_is_named_in_the_language_of_the_record():
    assert receipt("de")["services"][0]["service"] == "Die B\u00e4ckerei"
    assert (
        receipt("en", site=replace(BAKERY, languages=("de",), name={"de": "Laden"}))["services"][0]["service"]
        == "Laden"
    )


def test_a_receipt_repeats_the_words_of_its_time_after_the_site_has_changed():
    document = notice_document()
    changed = replace(
        BAKERY, purposes=(), recipients=(), retention=(), controller=replace(BAKERY.controller, name="New")
    )
    found = receipt(site=changed, document=document)
    purpose = found["services"][0]["purposes"][0]
    assert found["piiControllers"][0]["piiController"] == "Bakery Ltd"
    assert purpose["purpose"] == "Advertising"
    assert purpose["thirdPartyName"] == "Adverts AG, Reach Inc"
    assert purpose["termination"] == "2026-07-01T03:04:05.678901Z"


def test_a_purpose_that_the_notice_does_not_describe_is_still_named():
    found = receipt(decisions={"forgotten": "granted"})
    assert found["services"][0]["purposes"][0]["purpose"] == "forgotten"
