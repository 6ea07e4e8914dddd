"""Every finding of the fairness lint about messages, and that fair messages earn none."""

import pytest

from tests.sound_site import rules_at

TRANSACTIONAL = ("contract", "necessary", "legal_obligation")


@pytest.mark.parametrize("basis", TRANSACTIONAL)
@pytest.mark.parametrize(
    "category", ["DirectMarketing", "Marketing", "SocialMediaMarketing", "PersonalisedAdvertising"]
)
def test_marketing_that_calls_itself_part_of_an_order_is_found(basis, category):
    changes = {"purpose[2].basis": basis, "purpose[2].category": category}
    assert rules_at(changes) == {("purpose[2].basis", "marketing-consent")}


@pytest.mark.parametrize("basis", TRANSACTIONAL)
def test_messages_about_an_order_are_fine(basis):
    assert rules_at({"purpose[2].basis": basis, "purpose[2].category": "CustomerOrderManagement"}) == set()


@pytest.mark.parametrize("basis", ["consent", "soft_opt_in"])
def test_marketing_that_people_can_stop_is_fine(basis):
    soft = basis == "soft_opt_in"
    changes = {"purpose[2].category": "DirectMarketing", "purpose[2].own_similar_goods": soft}
    assert rules_at({"purpose[2].basis": basis, **changes}) == set()


def test_measuring_the_opening_along_with_the_mail_is_found():
    changes = {"purpose[2].data": ["email_address", "messages_opened"]}
    assert rules_at(changes) == {("purpose[2].data[1]", "measured-mail")}


def test_measuring_the_opening_by_a_cookie_purpose_is_found():
    assert rules_at({"purpose[1].data": ["messages_opened"]}) == {("purpose[1].data[0]", "measured-mail")}


def test_measuring_without_saying_so_is_found():
    assert rules_at({"purpose[2].tracks_opens": True}) == {("purpose[2].data", "measured-mail")}


def test_measuring_as_a_purpose_of_its_own_is_fine():
    assert rules_at({"purpose[2].tracks_opens": True, "purpose[2].data": ["messages_opened"]}) == set()


def test_a_sender_without_a_name_is_found():
    assert rules_at({"messages.sender": "news@shop.example"}) == {("messages.sender", "named-sender")}
    assert rules_at({"messages.reply_to": "news@shop.example"}) == set()
