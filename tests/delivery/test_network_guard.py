"""Webhooks reach the open internet and nothing inside, however an address is spelled or a name answers."""

import pytest

from consent_service.delivery.deadline import Deadline
from consent_service.delivery.network_guard import ForbiddenAddress, ask_system, find_addresses, is_loopback, is_open
from consent_service.delivery.outcome import DeliveryOutcome
from consent_service.delivery.webhook_post import post_webhook
from consent_service.delivery.webhook_target import Target, parse_target
from tests.delivery.rude_server import rude_server


def words(text: str) -> list[str]:
    return text.split()


FORBIDDEN = DeliveryOutcome(None, "", "the host leads to an address that webhooks may not reach")
INSIDE = words("""
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
    127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192
    192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
    0:0:0:0:0:ffff:7f00:1 64:ff9b::127.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::
    2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:c0a8:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1
    fe80::1 fe80::1%lo 2606:4700::1%lo fec0::1 ff02::1 ff0e::1
""")
OUTSIDE = words("""
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
    169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
    223.255.255.255 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700:4700::1111 2a00:1450:4001::1 3ffe::1
""")
SPELLINGS = words("""
    0 1 127 2130706433 017700000001 0x7f000001 0X7F000001 0x7f.0.0.1 0x7f.1 127.1 127.0.1 0177.0.0.1 0177.1 127.0.0.01
    127.0.0.0x1 127.000.000.001 127.0.0.1. 127.0.0.256 127.0.0.1.0 .127.0.0.1 127..0.0.1 0.0 0.0.0 0x0 00000000
    10.1 192.168.257 169.254.43518 0xa9fea9fe 2852039166 0251.0376.0251.0376 0xA9.0xFE.0xA9.0xFE 172.16.1 3232235777
    134744072 0x8080808 8.8.2056 08.8.8.8 8.8.8.8.
    localhost. LOCALHOST. intranet localhost.localdomain. local_host metadata a.localhost. under_score.example
    [::1%lo] [::1%25lo] [fe80::1%25eth0] [::1 ::1 [[::1]] [127.0.0.1] [::1].example [v1.x] [0:0:0:0:0:0:0:0:1]
    user@127.0.0.1 user:pass@shop.example shop.example@127.0.0.1 127.0.0.1\\@shop.example 127.0.0.1#@shop.example
    127.0.0.1%2f@shop.example %31%32%37.0.0.1 shop.example%00.evil １２７.0.0.1 127。0。0。1 ①②⑦.0.0.1 ⓛocalhost
    shop.example:0 shop.example:65536 shop.example:99999 shop.example:443:80 shop.example:-1 shop.example:+443
    müller.example shop..example -shop.example shop-.example shop.example. *.shop.example shop,example
""")
ALSO_LOOPBACK = ["127.0.0.1", "[::1]", "127.255.255.254", "localhost", "Hooks.LocalHost"]
READ_BY_THE_SYSTEM = words(
    "2130706433 017700000001 0x7f000001 0x7f.0.0.1 0x7f.1 127.1 127.0.1 0177.0.0.1 127.0.0.0x1 0 0x0"
)


@pytest.mark.threat("T26")
def test_there_are_more_than_sixty_spellings():
    assert len(set(SPELLINGS)) > 60


@pytest.mark.threat("T26")
@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_open(address):
    assert not is_open(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_open(address):
    assert is_open(address)
    assert not is_loopback(address)


@pytest.mark.threat("T26")
@pytest.mark.parametrize("spelling", SPELLINGS, ids=ascii)
@pytest.mark.parametrize("loopback_allowed", [False, True])
def test_a_host_in_an_odd_spelling_is_refused(spelling, loopback_allowed):
    with pytest.raises(ValueError, match=r"expected an address|the host|the machine|no such port"):
        parse_target(f"https://{spelling}/hook", loopback_allowed=loopback_allowed)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused_before_it_is_kept(address):
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ValueError, match=r"expected an address|the host|the machine"):
        parse_target(f"https://{host}/hook", loopback_allowed=False)


@pytest.mark.threat("T26")
@pytest.mark.parametrize("address", INSIDE)
def test_a_public_name_that_leads_inside_gets_no_connection(address):
    with rude_server() as server:
        target = parse_target(f"https://hooks.example:{server.port}/", loopback_allowed=True)
        for found in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
            assert post_webhook(target, b"", {}, resolve=lambda host, found=found: found) == FORBIDDEN
        assert server.connections == 0


@pytest.mark.parametrize("spelling", READ_BY_THE_SYSTEM)
def test_a_spelling_that_only_the_system_reads_gets_no_connection(spelling):
    with rude_server() as server:
        target = Target("https", spelling, server.port, "/", loopback=False)
        assert post_webhook(target, b"", {}, resolve=ask_system) == FORBIDDEN
        assert server.connections == 0


@pytest.mark.threat("T26")
def test_a_name_that_changes_its_answer_is_asked_once_and_gets_no_connection():
    answers = iter([["3ffe::1"], ["127.0.0.1"], ["127.0.0.1"]])
    with rude_server() as server:
        target = parse_target(f"https://rebinding.example:{server.port}/", loopback_allowed=True)
        outcome = post_webhook(target, b"", {}, resolve=lambda host: next(answers), timeout=0.3)
        assert (outcome.status, server.connections) == (None, 0)
    assert next(answers) == ["127.0.0.1"]
    assert len(list(answers)) == 1


@pytest.mark.parametrize(
    "answer", ["8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "0:0:0:0:0:ffff:7f00:1", "0.1.2.3", "::"]
)
def test_a_loopback_name_that_leads_elsewhere_gets_no_connection(answer):
    with rude_server() as server:
        target = parse_target(f"http://localhost:{server.port}/", loopback_allowed=True)
        assert post_webhook(target, b"", {}, resolve=lambda host: ["127.0.0.1", answer]) == FORBIDDEN
        assert server.connections == 0


@pytest.mark.parametrize("host", ALSO_LOOPBACK)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_is_reached_only_where_that_is_allowed(scheme, host):
    target = parse_target(f"{scheme}://{host}:8080/hook", loopback_allowed=True)
    assert (target.loopback, target.scheme, target.port) == (True, scheme, 8080)
    with pytest.raises(ValueError, match="CONSENT_WEBHOOK_LOOPBACK=yes"):
        parse_target(f"{scheme}://{host}:8080/hook", loopback_allowed=False)


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "http://8.8.8.8/", "http://[2606:4700::1]/", "HTTP://shop.example"]
)
@pytest.mark.parametrize("loopback_allowed", [False, True])
def test_other_machines_need_https(url, loopback_allowed):
    with pytest.raises(ValueError, match="https"):
        parse_target(url, loopback_allowed=loopback_allowed)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "//shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "javascript:alert(1)",
        "https:shop.example",
        "https:/shop.example",
        "https:///shop.example",
        "https://",
        "https:// shop.example/",
        " https://shop.example/",
        "https://shop.example/\n",
        "https://shop.example/a b",
        "https://shop.example/\r\nX: y",
        "https://sh\top.example/",
        "https://shop.example/ü",
        "https://shop.example/#part",
        "https://shop.example?x=1",
        "https://shop.example\\hook",
        "https://shop.example/" + "x" * 2048,
    ],
    ids=ascii,
)
def test_what_is_not_a_plain_web_address_is_refused(url):
    with pytest.raises(ValueError, match="expected an address such as https://"):
        parse_target(url, loopback_allowed=True)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://shop.example", Target("https", "shop.example", 443, "/", loopback=False)),
        ("HTTPS://Shop.Example:8443/A?b=c%20d", Target("https", "shop.example", 8443, "/A?b=c%20d", loopback=False)),
        ("https://xn--mller-kva.example/", Target("https", "xn--mller-kva.example", 443, "/", loopback=False)),
        ("https://8.8.8.8/", Target("https", "8.8.8.8", 443, "/", loopback=False)),
        ("https://[2606:4700::1111]/", Target("https", "2606:4700::1111", 443, "/", loopback=False)),
        ("http://[::1]:8080/", Target("http", "::1", 8080, "/", loopback=True)),
    ],
)
def test_a_plain_address_is_read(url, target):
    assert parse_target(url, loopback_allowed=True) == target


def test_a_loopback_name_leads_to_loopback_addresses():
    with Deadline(5) as deadline:
        found = find_addresses("localhost", ask_system, deadline, loopback=True)
    assert found
    assert all(is_loopback(address) for address in found)


def test_without_loopback_the_same_name_is_forbidden():
    with Deadline(5) as deadline, pytest.raises(ForbiddenAddress):
        find_addresses("localhost", ask_system, deadline, loopback=False)
