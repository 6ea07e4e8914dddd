"""Link packs: every header is one line that says what it should, whatever the site file says."""

import random
import re
from dataclasses import replace
from email import message_from_string
from email.headerregistry import HeaderRegistry

import pytest

from consent_service.domain.messages.link_pack import (
    MAX_LINE,
    LinkPack,
    MailingList,
    make_mailing_list,
    write_list_id_header,
)
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkToken,
    write_base32_token,
    write_base64url_token,
    write_token,
)
from consent_service.domain.site.purpose import Channel
from consent_service.domain.site.site import Messages
from tests.cast import make_site

SECRETS = {1: b"secret" * 6}
TOKEN = LinkToken(LinkKind.UNSUBSCRIBE, "1.AAECAwQFBgcICQoLDA0ODw", Channel.EMAIL, 7)
UNSUBSCRIBE = write_token(SECRETS, "demo", TOKEN)
PREFERENCES = write_token(SECRETS, "demo", TOKEN._replace(kind=LinkKind.PREFERENCES))
PATH, ADDRESS = write_base64url_token(UNSUBSCRIBE), write_base32_token(UNSUBSCRIBE)
NEWS = "news.shop.example"
LIST_ID = write_list_id_header(NEWS, "News")


def make_pack(**changes: str) -> LinkPack:
    plain = {"origin": "https://shop.example", "list_id": LIST_ID, "unsubscribe_host": "mail.shop.example"}
    return MailingList(**plain | changes).pack(UNSUBSCRIBE, PREFERENCES)


def as_parsed(pack: LinkPack) -> list[tuple[str, str]]:
    """Put the headers into a message, one line each, and read what a mail program sees."""
    lines = [f"{name}: {value}\r\n" for name, value in pack.headers.items()]
    return message_from_string("".join(["From: a@shop.example\r\n", *lines, "\r\n", "Text"])).items()


def test_the_web_address_comes_first_and_the_mail_address_second():
    pack = make_pack()
    url = f"https://shop.example/consent/u/{PATH}"
    assert pack.list_unsubscribe == f"<{url}>, <mailto:unsub+{ADDRESS}@mail.shop.example>"
    assert pack.unsubscribe_url == url
    assert pack.preferences_url == f"https://shop.example/consent/p/{write_base64url_token(PREFERENCES)}"


def test_a_shop_without_a_host_for_mail_names_the_web_address_alone():
    assert make_pack(unsubscribe_host="").list_unsubscribe == f"<https://shop.example/consent/u/{PATH}>"


def test_one_click_is_offered_and_both_its_headers_are_to_be_signed():
    pack = make_pack()
    assert pack.list_unsubscribe_post == "List-Unsubscribe=One-Click"
    assert pack.dkim_headers == ("List-Unsubscribe", "List-Unsubscribe-Post")
    assert set(pack.dkim_headers) < set(pack.headers)


def test_there_is_exactly_one_web_address_and_at_most_one_mail_address():
    header = make_pack().list_unsubscribe
    assert re.findall(r"<([a-z]+):", header) == ["https", "mailto"]


def test_the_local_part_has_at_most_64_characters():
    (local,) = re.findall(r"mailto:([^@]+)@", make_pack().list_unsubscribe)
    assert len(local) == 64


def test_no_address_of_a_person_is_in_any_link():
    pack = make_pack()
    assert "%40" not in f"{pack.unsubscribe_url}{pack.preferences_url}"
    assert "@" not in f"{pack.unsubscribe_url}{pack.preferences_url}"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("News", '"News" <news.shop.example>'),
        ("News & offers, weekly.", '"News & offers, weekly." <news.shop.example>'),
        ('The "best" \\ news', '"The \\"best\\" \\\\ news" <news.shop.example>'),
        ("<other.example>", '"<other.example>" <news.shop.example>'),
        ("Neuigkeiten für Sie", "<news.shop.example>"),
        ("新闻", "<news.shop.example>"),
        ("", "<news.shop.example>"),
        ("=?utf-8?q?=0D=0ABcc=3A?= x", "<news.shop.example>"),
        ("a" * 233, f'"{"a" * 233}" <news.shop.example>'),
        ("a" * 234, "<news.shop.example>"),
        ("News\r\nBcc: all@shop.example", "<news.shop.example>"),
        ("News\0", "<news.shop.example>"),
    ],
)
def test_a_list_id_is_led_by_the_title_where_that_is_ascii_and_fits(title, written):
    assert write_list_id_header(NEWS, title) == written
    assert len(written) <= 255


def test_a_mail_program_finds_the_list_in_the_last_brackets():
    header = HeaderRegistry()("List-Id", write_list_id_header(NEWS, "A <b.example> list"))
    assert re.findall(r"<([^<>]+)>$", str(header)) == ["news.shop.example"]


@pytest.mark.parametrize(
    "identifier",
    [
        *("", "news.", ".shop.example", "news..example", "News.shop.example", "ne_ws.shop.example", "-news.example"),
        *("news-.example", "news.shop.example\n", "news\n.example", "néws.example", "news.[::1]", "news.example>"),
        *("<news.example>", "news example", "news@shop.example", "n" * 254, "news.\udcff", "news.\0"),
    ],
    ids=ascii,
)
def test_a_list_id_of_anything_but_a_topic_and_a_host_is_refused(identifier):
    with pytest.raises(ValueError, match="List-Id"):
        write_list_id_header(identifier, "News")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "xn--shp-sna.example", "a" * 248])
def test_a_list_id_stands_on_any_host_that_a_site_can_have(host):
    assert write_list_id_header(f"news.{host}", "") == f"<news.{host}>"


def messages(**changes: str) -> Messages:
    return Messages(sender="news@shop.example", **changes)


def test_a_list_takes_its_name_and_hosts_from_the_site_file():
    site = make_site(messages=messages(list_host="lists.example", unsubscribe_host="mail.example"))
    purpose = replace(site.purpose_by_key["newsletter"], topic="weekly", title={"en": "Weekly news"})
    assert make_mailing_list(site, purpose, "https://demo.example") == MailingList(
        origin="https://demo.example",
        list_id='"Weekly news" <weekly.lists.example>',
        unsubscribe_host="mail.example",
    )


@pytest.mark.parametrize("settings", [None, messages()])
def test_a_list_of_a_site_that_names_no_hosts_stands_on_its_first_https_origin(settings):
    site = make_site(messages=settings)
    found = make_mailing_list(site, site.purpose_by_key["newsletter"], "https://demo.example")
    assert (found.list_id, found.unsubscribe_host) == ('"Newsletter" <newsletter.demo.example>', "")


def test_a_site_without_any_host_for_it_has_packs_without_a_list_id():
    site = make_site(origins=("http://localhost:8080",))
    pack = make_mailing_list(site, site.purpose_by_key["newsletter"], site.origins[0]).pack(UNSUBSCRIBE, PREFERENCES)
    assert list(pack.headers) == ["List-Unsubscribe", "List-Unsubscribe-Post"]


@pytest.mark.parametrize(
    "origin",
    [
        *("", "shop.example", "https://", "https://shop.example/", "https://shop.example/x", "ftp://shop.example"),
        *("https://Shop.example", "https://shop.example\n", "https://a>, <https://b", "https://localhost:*"),
        *("https://u@shop.example", "https://shöp.example", "http://shop.example", "https://shop.example:443"),
    ],
    ids=ascii,
)
def test_links_lead_to_an_origin_and_nowhere_else(origin):
    with pytest.raises(ValueError, match=r"origin|host|http|port"):
        make_pack(origin=origin)


def test_links_of_a_demo_lead_to_the_port_it_runs_on():
    assert make_pack(origin="http://localhost:8080").unsubscribe_url == f"http://localhost:8080/consent/u/{PATH}"


HOSTILE = ["\r\n", "\n", "\r", "\0", "\x0b", "\x85", "\u2028", "é", "\u560d\u560a", ">", "<", ",", '"', "\\", " ", "\t"]
PIECES = [*HOSTILE, "Bcc: x@y.example", "a", "https://", "shop.example", "=?utf-8?q?=0d=0a?=", "%0d%0a", ":", "a" * 300]


def hostile_value(rng: random.Random, honest: str) -> str:
    parts = [honest, *rng.choices(PIECES, k=rng.randint(0, 3))]
    rng.shuffle(parts)
    return "".join(parts)


@pytest.mark.threat("T24")
def test_10000_hostile_values_add_no_header_and_no_address():
    rng = random.Random(24)
    plain = [("From", "a@shop.example"), *make_pack().headers.items()]
    made = 0
    for _ in range(10_000):
        identifier, title = hostile_value(rng, NEWS), hostile_value(rng, "News")
        origin, mail = hostile_value(rng, "https://shop.example"), hostile_value(rng, "mail.shop.example")
        for change in ({"origin": origin}, {"unsubscribe_host": mail}, {"list_id": title}, {}):
            try:
                pack = make_pack(**{"list_id": write_list_id_header(rng.choice([NEWS, identifier]), title)} | change)
            except ValueError:
                continue
            made += 1
            parsed = as_parsed(pack)
            assert [name for name, _ in parsed] == [name for name, _ in plain]
            assert re.fullmatch(r"<https://[^<> ]+>(, <mailto:[^<> ]+>)?", pack.list_unsubscribe)
    assert made > 1000


@pytest.mark.parametrize("bad", ["\r", "\n", "\r\n ", "\0", "é", "\x7f", "\x1b", "\t", "\u2028", "\ud800"], ids=ascii)
@pytest.mark.parametrize("header", ["list_unsubscribe", "list_unsubscribe_post", "list_id"])
def test_no_pack_has_a_header_that_breaks_out_of_its_line(header, bad):
    values = {"list_unsubscribe": "<a>", "list_unsubscribe_post": "b", "list_id": "<c>"} | {header: f"x{bad}y"}
    with pytest.raises(ValueError, match="one line of printable ASCII"):
        LinkPack(**values, unsubscribe_url="", preferences_url="")


@pytest.mark.threat("T24")
def test_no_header_line_is_longer_than_998_octets():
    def pack_with(length: int) -> LinkPack:
        return LinkPack(
            list_unsubscribe="a" * length,
            list_unsubscribe_post="b",
            list_id="c",
            unsubscribe_url="",
            preferences_url="",
        )

    room = MAX_LINE - len("List-Unsubscribe: ")
    assert pack_with(room)
    with pytest.raises(ValueError, match="998 octets"):
        pack_with(room + 1)
