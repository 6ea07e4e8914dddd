"""Rules of grants: which proof a yes needs, and what is refused without it."""

from dataclasses import replace

import pytest

from consent_service.domain.errors import ActFault
from consent_service.domain.site.purpose import Basis, Channel
from consent_service.domain.subject.grant_rules import (
    SOFT_CONDITIONS,
    Purchase,
    Way,
    find_way,
    require_own_proof,
    require_reach,
    require_soft_evidence,
)
from consent_service.domain.subject.subject import Address, AddressKind
from tests.cast import make_site

MAIL = make_site().purpose_by_key["newsletter"]
SMS = replace(MAIL, key="sms_news", channel=Channel.SMS)
SOFT = replace(MAIL, key="soft_news", basis=Basis.SOFT_OPT_IN)
ANNA = Address(AddressKind.EMAIL, "anna@shopper.example", "anna@shopper.example")
BOUGHT = Purchase(0, "order-7")


@pytest.mark.parametrize(("purpose", "way"), [(MAIL, Way.CONFIRMED), (SMS, Way.PROVEN), (SOFT, Way.SOFT)])
def test_channel_and_basis_tell_how_a_yes_comes_to_count(purpose, way):
    assert find_way([purpose, purpose]) is way


def test_purposes_that_need_different_things_are_not_taken_together():
    with pytest.raises(ActFault) as fault:
        find_way([MAIL, SMS])
    assert fault.value.code == "purposes_mixed"


@pytest.mark.parametrize("address", [None, ANNA])
def test_a_channel_is_reached_only_by_its_own_sort_of_address(address):
    with pytest.raises(ActFault) as fault:
        require_reach(address, [SMS])
    assert fault.value.code == "address_needed"


def test_letters_need_no_address_of_ours():
    require_reach(None, [replace(MAIL, channel=Channel.POST)])


@pytest.mark.parametrize("name", SOFT_CONDITIONS)
@pytest.mark.parametrize("said", [None, "the contrary"])
def test_soft_opt_in_needs_each_of_its_conditions(name, said):
    conditions = SOFT_CONDITIONS | {name: None if said is None else not SOFT_CONDITIONS[name]}
    with pytest.raises(ActFault) as fault:
        require_soft_evidence(BOUGHT, conditions, {})
    assert fault.value.code == "soft_opt_in_incomplete"
    assert name in str(fault.value)


def test_soft_opt_in_needs_a_purchase():
    with pytest.raises(ActFault):
        require_soft_evidence(None, SOFT_CONDITIONS, {})


def test_the_conditions_and_the_purchase_are_evidence_of_soft_opt_in():
    assert require_soft_evidence(BOUGHT, SOFT_CONDITIONS, {"till": "4"}) == {
        "till": "4",
        "own_similar_goods": "true",
        "objection_offered": "true",
        "objected": "false",
        "sale": "order-7",
        "sale_at": "1970-01-01T00:00:00.000000Z",
    }


@pytest.mark.parametrize(("source", "evidence"), [(None, {"form": "7"}), ("till", {})])
def test_what_no_mail_confirms_needs_a_source_and_evidence(source, evidence):
    with pytest.raises(ActFault) as fault:
        require_own_proof(source, evidence)
    assert fault.value.code == "evidence_missing"
