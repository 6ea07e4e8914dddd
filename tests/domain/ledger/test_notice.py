"""What a notice holds, and which changes of a site are material."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from consent_service.domain.ledger.notice import PLACEHOLDER, Notice, make_fingerprint, make_fingerprints, read_notice
from consent_service.domain.site.purpose import Basis, Kind, Party
from consent_service.domain.site.site import Contact, Messages, Placement, Recipient, RetentionClass, Site, Theme
from consent_service.site_files.site_file import read_site
from tests.cast import change_purpose, make_notice_for, make_site

SITE = make_site()
DEMO = read_site(Path(__file__).parents[3] / "sites" / "demo.toml")
COOKIE = SITE.purpose_by_key["analytics"].cookies[0]
PAGE = f'<form><input type="hidden" name="notice" value="{PLACEHOLDER}"></form>'


def outdated(changed: Site) -> set[str]:
    before, after = make_fingerprints(SITE), make_fingerprints(changed)
    return {key for key in before if before[key] != after.get(key)}


def other_recipient(key: str, name: str) -> Recipient:
    return Recipient(key=key, name=name, role="processor", country="IE", policy="p")


@pytest.mark.parametrize(
    "change",
    [
        {"revision": 2},
        {"category": "Marketing"},
        {"sensitive": True},
        {"basis": Basis.CONTRACT},
        {"kind": Kind.MESSAGES},
        {"data": ("usage", "location")},
        {"data": ()},
        {"recipients": ()},
        {"retention": ""},
        {"cookies": ()},
        {"cookies": (COOKIE, replace(COOKIE, name="_second"))},
        {"cookies": (replace(COOKIE, name="_other"),)},
        {"cookies": (replace(COOKIE, provider="Numbers Inc"),)},
        {"cookies": (replace(COOKIE, party=Party.THIRD),)},
        {"cookies": (replace(COOKIE, domain=".demo.example"),)},
        {"cookies": (replace(COOKIE, duration="2 years"),)},
    ],
    ids=str,
)
def test_a_material_change_outdates_that_purpose_alone(change):
    assert outdated(change_purpose(SITE, "analytics", **change)) == {"analytics"}


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"en": "Statistics"}},
        {"description": {"en": "The same in other words."}},
        {"impact": {"en": "Nothing changes for you."}},
        {"letter": "z"},
        {"cookies": (replace(COOKIE, does={"en": "Counts, as before."}),)},
    ],
    ids=str,
)
def test_a_cosmetic_change_of_a_purpose_outdates_nothing(change):
    assert outdated(change_purpose(SITE, "analytics", **change)) == set()


@pytest.mark.parametrize(
    "changed",
    [
        replace(SITE, theme=Theme(bg="#fefefe", placement=Placement.TOP)),
        replace(SITE, name={"en": "The Demo"}, texts={"en": {"banner.title": "Cookies"}}),
        replace(SITE, valid_days=90, shop_path="/shop"),
        replace(SITE, purposes=SITE.purposes[::-1]),
        replace(SITE, recipients=(*SITE.recipients, other_recipient("unused", "Nobody"))),
        replace(SITE, controller=replace(SITE.controller, contacts=(Contact(channel="phone", address="1"),))),
    ],
)
def test_a_cosmetic_change_of_the_site_outdates_nothing(changed):
    assert outdated(changed) == set()


@pytest.mark.parametrize(
    "changed",
    [
        replace(SITE, controller=replace(SITE.controller, name="Other Ltd")),
        replace(SITE, recipients=(other_recipient("numbers", "Figures Inc"),)),
        replace(SITE, retention=(RetentionClass(key="year", duration="5 years", after="a", reason="r"),)),
    ],
    ids=["controller", "recipient", "retention"],
)
def test_a_change_of_what_all_purposes_share_outdates_all(changed):
    assert outdated(changed) == set(make_fingerprints(SITE))


def test_a_recipient_of_one_purpose_alone_outdates_that_purpose():
    site = replace(SITE, recipients=(*SITE.recipients, other_recipient("ads", "Ads Inc")))
    assert outdated(change_purpose(site, "marketing", recipients=("numbers", "ads"))) == {"marketing"}


def test_the_order_in_which_data_recipients_and_cookies_are_listed_is_not_material():
    second = replace(COOKIE, name="_second")
    one = change_purpose(SITE, "analytics", data=("a", "b"), cookies=(COOKIE, second))
    other = change_purpose(SITE, "analytics", data=("b", "a"), cookies=(second, COOKIE))
    assert make_fingerprints(one) == make_fingerprints(other)


def test_fingerprints_are_made_as_they_always_were_so_that_an_update_asks_nobody_again():
    assert make_fingerprint(SITE, SITE.purpose_by_key["analytics"]) == "837e253cf0f68dcbe77d1f392104555a"


@pytest.mark.parametrize(
    ("key", "known"),
    {
        "necessary": "231a730b9394b5da5a726c6242b8f49a",
        "preferences": "120476e19fde404cbb02bc792003ded8",
        "analytics": "954ab95e61022745b546741cefce1299",
        "marketing": "adbe25648ba898aeafe7b5b66747209d",
        "orders": "b3192bb2ac4d6bd9c4b2be33a240499d",
        "offers_email": "51689f0bba2036d931c3d8b3196c9c63",
    }.items(),
)
def test_the_demo_shop_keeps_the_fingerprints_it_had_before_messages_had_settings(key, known):
    assert make_fingerprints(DEMO)[key] == known


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "letters"},
        {"tracks_opens": True},
        {"own_similar_goods": True},
        {"ends_after_days": 730},
        {"ends_after": "24 months"},
    ],
    ids=str,
)
def test_what_a_yes_to_messages_means_is_material(change):
    assert outdated(change_purpose(SITE, "newsletter", **change)) == {"newsletter"}


@pytest.mark.parametrize("change", [{"topic": "newsletter"}, {"public": False}], ids=str)
def test_naming_the_usual_topic_and_hiding_one_outdate_nothing(change):
    assert outdated(change_purpose(SITE, "newsletter", **change)) == set()


def test_how_messages_are_sent_is_not_material():
    assert outdated(replace(SITE, messages=Messages(sender="news@demo.example"))) == set()


def test_the_same_content_has_the_same_digest():
    assert make_notice_for(make_site()).digest == make_notice_for(make_site()).digest


@pytest.mark.parametrize(
    "other",
    [
        make_notice_for(SITE, "analytics"),
        make_notice_for(SITE, signal=True),
        make_notice_for(SITE, page="<p>Other</p>"),
        make_notice_for(make_site("other")),
        make_notice_for(change_purpose(SITE, "analytics", title={"en": "Statistics"})),
        make_notice_for(replace(SITE, valid_days=90)),
        make_notice_for(replace(SITE, policy=replace(SITE.policy, version="2"))),
    ],
)
def test_anything_else_that_was_shown_has_another_digest(other):
    assert other.digest != make_notice_for(SITE).digest


def test_a_notice_survives_its_archive():
    notice = make_notice_for(SITE)
    assert read_notice(notice.document) == notice


def test_a_notice_lists_the_purposes_on_the_form_with_their_fingerprints():
    notice = make_notice_for(SITE, "marketing", "preferences")
    assert notice.purposes == ("preferences", "marketing")
    assert notice.fingerprints == {key: make_fingerprints(SITE)[key] for key in notice.purposes}


def test_the_page_is_rebuilt_from_the_archive_byte_by_byte():
    notice = make_notice_for(SITE, page=PAGE)
    sent = PAGE.replace(PLACEHOLDER, notice.digest)
    archived: Notice = read_notice(notice.document)
    page: str = json.loads(archived.document)["page"]
    assert page.replace(PLACEHOLDER, archived.digest).encode() == sent.encode()
