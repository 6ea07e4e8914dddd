"""Recipients as programs really write them: whatever list a message came by, the address in it names its token."""

from base64 import b64encode

import pytest

from tests.domain.messages.test_inbound_mail import HOST, ONE, TO_ONE, with_headers

FIRST_HALF, LAST_HALF = (b64encode(half.encode()).decode() for half in (TO_ONE[:40], TO_ONE[40:]))


@pytest.mark.parametrize(
    "value",
    [
        f'"unsub+{ONE}"@{HOST}',
        f'<"unsub\\+{ONE}"@{HOST}>',
        f"unsub\\+{ONE}@{HOST}",
        f"unsub+{ONE} @ {HOST}",
        f"unsub+{ONE}@mail.\r\n shop.example",
        f"unsub+{ONE}@\n {HOST}",
        f"unsub+{ONE}(a)@(b){HOST}",
        f"unsub%2B{ONE}%40{HOST}",
        f"<mailto:{TO_ONE}>",
        f"mailto:{TO_ONE}?subject=unsubscribe",
        f"<@relay.example:{TO_ONE}>",
        f"<@one.example,@two.example:{TO_ONE}>",
        f"Shop <{TO_ONE}",
        f"{TO_ONE}>",
        f"{TO_ONE} <>",
        f"[{TO_ONE}]",
        f"Shop {TO_ONE}",
        f"{TO_ONE} via Shop",
        f"someone@home.example {TO_ONE}",
        f"<someone@home.example> <{TO_ONE}>",
        f"Shop <Inc> <{TO_ONE}>",
        f"'{TO_ONE}'",
        f'"{TO_ONE}"',
        f"\"Shop\" <'{TO_ONE}'>",
        f'"Shop <{TO_ONE}>',
        f'Shop" <{TO_ONE}>',
        f'"Sh:op": "a, b" <{TO_ONE}>;',
        f"(a (b) c) {TO_ONE}",
        f"{TO_ONE}\u00a0",
        f"\u200b{TO_ONE}",
        f"=?utf-8?q?{TO_ONE}?=",
        f"=?us-ascii?q?unsub+{ONE}=40{HOST}?=",
        f"=?utf-8?Q?Shop_<{TO_ONE}>?=",
        f"=?UTF-8?B?{FIRST_HALF}?=\n =?UTF-8?B?{LAST_HALF}?=",
    ],
    ids=ascii,
)
def test_an_address_is_found_in_a_list_that_no_standard_knows(value):
    assert with_headers(f"To: {value}", "X: y").tokens == (ONE,)
    assert with_headers(f"To: someone@home.example, {value}", "X: y").tokens == (ONE,)


@pytest.mark.parametrize(
    "line",
    [
        *(f"{name}: {TO_ONE}" for name in ("X-Envelope-To", "X-Delivered-To", "X-Forwarded-To", "X-Rcpt-To")),
        *(f"{name}: {TO_ONE}" for name in ("X-Real-To", "Apparently-To", "Bcc", "Resent-Cc", "Resent-Bcc")),
        f"Original-Recipient: rfc822;{TO_ONE}",
        f"To : {TO_ONE}",
        f"a line that is no field\n folded\nTo: {TO_ONE}",
    ],
)
def test_each_header_by_which_a_message_may_have_come_counts(line):
    assert with_headers("To: list@shop.example", line, "X: y").tokens == (ONE,)
