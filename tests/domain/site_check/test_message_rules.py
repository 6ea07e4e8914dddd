"""Every rule of messages in a site file, broken one at a time, and what keeps them."""

import pytest

from consent_service.site_files.site_file import make_site
from tests.sound_site import GONE, faults_with, table_with

SETTLED = {"purpose[2].basis": "soft_opt_in", "purpose[2].own_similar_goods": True}
"""The news of the sound site as soft opt-in, with its conditions."""
TWIN_KEYS = ("letter_37", "letter_1354")
"""Their SHA-256 starts with the same 19 bits."""


def faults(changes: dict[str, object]) -> list[tuple[str, str]]:
    return [(fault.place, fault.message) for fault in faults_with(changes)]


def another(key: str, **changes: object) -> dict[str, object]:
    """Describe one more purpose of messages by e-mail that need consent."""
    texts = {"en": "Letter", "de": "Brief"}
    purpose = {"key": key, "kind": "messages", "channel": "email", "basis": "consent", "data": ["email_address"]}
    return purpose | {
        "recipients": [], "retention": "visit", "title": texts, "description": texts, "impact": texts
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("messages", GONE, "is missing: messages that people can say yes or no to need a sender"),
        ("messages.sender", "", "expected an address in ASCII"),
        ("messages.sender", "Shop", "is malformed"),
        ("messages.sender", "Shop <news@shop.example>, <b@shop.example>", "expected an address in ASCII"),
        ("messages.sender", "Shop <news@localhost>", "is at no host name"),
        ("messages.sender", "Shop <news@192.0.2.1>", "is at no host name"),
        ("messages.sender", "news@bücher.example", "expected an address in ASCII"),
        ("messages.sender", "näws@shop.example", "expected an address in ASCII"),
        ("messages.sender", '"Shop, Inc." <news@shop.example>', "write the name without quotes"),
        ("messages.sender", "=?utf-8?q?Shop?= <news@shop.example>", "starts an encoded word"),
        ("messages.reply_to", "care", "is malformed"),
        ("messages.unsubscribe_host", "https://shop.example", "is not a host name"),
        ("messages.unsubscribe_host", "news@shop.example", "is not a host name"),
        ("messages.unsubscribe_host", "192.0.2.1", "is not a host name"),
        ("messages.unsubscribe_host", f"{'a.' * 94}ab", "is longer than 189 characters"),
        ("messages.list_host", "Lists.shop.example", "is not a host name"),
        ("messages.list_host", ".".join(["a" * 60] * 4 + ["example"]), "with the topic 'news' it passes 255"),
        ("messages.phone_region", "de", "is not a country code"),
        ("messages.phone_region", "DEU", "is not a country code"),
        ("messages.public_origin", "https://shop.example", "known are https://www.shop.example"),
        ("purpose[2].topic", "News", "is not a topic"),
        ("purpose[2].topic", "new_pieces", "is not a topic"),
        ("purpose[2].topic", "-", "is not a topic"),
        ("purpose[2].topic", "news-", "is not a topic"),
        ("purpose[2].topic", "news.shop", "is not a topic"),
        ("purpose[2].topic", "n" * 33, "is not a topic"),
        ("purpose[2].ends_after_days", -1, "expected 0 to 3650 days"),
        ("purpose[2].ends_after_days", 3651, "expected 0 to 3650 days"),
        ("purpose[2].ends_after", "soon", "is not a duration of days, weeks, months or years"),
        ("purpose[2].ends_after", "11 years", "is longer than 10 years"),
        ("purpose[2].own_similar_goods", True, "is only for the basis soft_opt_in"),
        ("purpose[2].impact", {}, "is missing"),
        ("purpose[1].topic", "visits", "is only for messages that people can say yes or no to"),
        ("purpose[1].public", False, "is only for messages that people can say yes or no to"),
        ("purpose[1].ends_after", "24 months", "is only for messages that people can say yes or no to"),
        ("purpose[1].ends_after_days", 30, "is only for messages that people can say yes or no to"),
        ("purpose[1].tracks_opens", True, "is only for messages by e-mail with consent"),
    ],
)
def test_a_broken_rule_is_the_only_fault_and_named_at_its_place(place: str, value: object, message: str) -> None:
    [(found, told)] = faults({place: value})
    assert found == place
    assert message in told


@pytest.mark.parametrize("name", ["topic", "public", "ends_after_days"])
def test_what_a_yes_needs_is_not_for_messages_about_an_order(name: str) -> None:
    value = {"topic": "orders", "public": False, "ends_after_days": 30}[name]
    assert [place for place, _ in faults({"purpose[2].basis": "contract", f"purpose[2].{name}": value})] == [
        f"purpose[2].{name}"
    ]


@pytest.mark.parametrize("line", ["\r\nBcc: all@shop.example", "\n", "\r", "\x00"])
@pytest.mark.parametrize("name", ["sender", "reply_to"])
def test_a_sender_cannot_add_a_header(name: str, line: str) -> None:
    found = faults({f"messages.{name}": f"Shop{line} <news@shop.example>"})
    assert found[0][0] == f"messages.{name}"
    assert "control character" in found[0][1]


@pytest.mark.parametrize(
    "sender", ["news@shop.example", "Shop, Inc. <news@shop.example>", "柳雀珠宝 <a+b@shop.example>"]
)
def test_a_sender_has_any_name_or_none(sender: str) -> None:
    assert faults({"messages.sender": sender, "messages.reply_to": sender}) == []


@pytest.mark.parametrize("changes", [{"channel": "sms"}, {"basis": "contract"}, {"basis": "soft_opt_in"}], ids=str)
def test_only_mail_with_consent_may_measure_its_opening(changes: dict[str, object]) -> None:
    changed = SETTLED if changes.get("basis") == "soft_opt_in" else {}
    found = faults({**changed, "purpose[2].tracks_opens": True, **{f"purpose[2].{k}": v for k, v in changes.items()}})
    assert [place for place, _ in found] == ["purpose[2].tracks_opens"]
    assert faults({"purpose[2].tracks_opens": True}) == []


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_soft_opt_in_with_its_conditions_is_accepted(channel: str) -> None:
    assert faults({**SETTLED, "purpose[2].channel": channel}) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"purpose[2].own_similar_goods": False}, "purpose[2].own_similar_goods"),
        ({"purpose[2].channel": "whatsapp"}, "purpose[2].basis"),
        ({"purpose[2].channel": "push"}, "purpose[2].basis"),
        ({"purpose[2].channel": "phone"}, "purpose[2].basis"),
        ({"purpose[2].channel": "post"}, "purpose[2].basis"),
        ({"purpose[2].impact": {}}, "purpose[2].impact"),
    ],
    ids=str,
)
def test_soft_opt_in_is_rejected_without_its_conditions(changes: dict[str, object], place: str) -> None:
    assert [found for found, _ in faults(SETTLED | changes)] == [place]


def test_soft_opt_in_is_not_for_cookies() -> None:
    changes = {"purpose[1].basis": "soft_opt_in", "purpose[1].own_similar_goods": True, "purpose[1].letter": ""}
    assert [place for place, _ in faults(changes)] == ["purpose[1].basis"]


def test_a_topic_is_had_once_in_a_channel() -> None:
    assert faults({"purpose[3]": another("letter", topic="news")}) == [
        ("purpose[3].topic", "'news' is already the topic of purpose[2], by the same channel")
    ]
    assert faults({"purpose[3]": another("letter", topic="news", channel="sms")}) == []
    assert faults({"purpose[3]": another("letter", topic="news", basis="contract", impact={})})[0][0] == (
        "purpose[3].topic"
    )


def test_the_key_is_the_topic_where_none_is_given_and_keeps_its_rules() -> None:
    assert faults({"purpose[3]": another("k" * 33)})[0] == (
        "purpose[3].topic",
        f"'{'k' * 33}' is not a topic: up to 32 of a-z, 0-9 and -, no - at the ends",
    )
    assert faults({"purpose[3]": another("k" * 33, topic="letter")}) == []
    assert faults({"purpose[2].topic": "my-letter", "purpose[3]": another("my_letter")})[0][0] == "purpose[3].topic"


def test_two_keys_that_links_cannot_tell_apart_are_refused() -> None:
    one, other = TWIN_KEYS
    assert faults({"purpose[2].key": one, "purpose[3]": another(other)}) == [
        ("purpose[3].key", f"'{other}' looks like '{one}' in the links of messages; change one of them")
    ]
    assert faults({"purpose[2].key": one, "purpose[3]": another(other, basis="contract")}) == []


def test_without_an_https_origin_the_host_of_lists_is_named() -> None:
    local = {"origins": ["http://localhost:*"], "purpose[1].cookie[0].domain": GONE}
    assert faults(local) == [
        ("messages.list_host", "is missing: there is no https origin with a host name to take it from")
    ]
    assert faults({**local, "messages.list_host": "lists.shop.example"}) == []
    assert faults({**local, "purpose[2].channel": "sms"}) == []


def test_a_list_id_fills_255_characters_with_its_brackets_and_no_more() -> None:
    host = ".".join(["a" * 60] * 4 + ["abcd"])
    assert len(f"<news.{host}>") == 255
    assert faults({"messages.list_host": host}) == []
    assert [place for place, _ in faults({"messages.list_host": f"{host}e"})] == ["messages.list_host"]


def test_messages_that_an_order_needs_ask_for_no_sender() -> None:
    assert faults({"messages": GONE, "purpose[2].basis": "contract"}) == []


@pytest.mark.parametrize("field", ["kind", "basis"])
def test_a_purpose_that_cannot_be_read_is_not_asked_for_a_sender_as_well(field: str) -> None:
    _, found = make_site(table_with({"messages": GONE, f"purpose[2].{field}": "soft"}))
    assert [fault.place for fault in found] == [f"purpose[2].{field}"]
