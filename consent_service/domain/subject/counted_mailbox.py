"""Mailboxes: which addresses come to one mailbox, and whose domain has how many of them."""

from consent_service.domain.subject.subject import Address, AddressKind

DOTLESS = frozenset({"gmail.com", "googlemail.com"})
"""Where dots in front of the @ make no difference."""
SHARED_DOMAINS = DOTLESS | frozenset(
    [
        "126.com",
        "163.com",
        "aliyun.com",
        "aol.com",
        "arcor.de",
        "bigpond.com",
        "bluewin.ch",
        "bol.com.br",
        "btinternet.com",
        "comcast.net",
        "email.cz",
        "fastmail.com",
        "free.fr",
        "freenet.de",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "google.com",
        "hey.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.de",
        "hotmail.es",
        "hotmail.fr",
        "hotmail.it",
        "icloud.com",
        "inbox.lv",
        "interia.pl",
        "laposte.net",
        "libero.it",
        "live.com",
        "live.de",
        "live.fr",
        "mac.com",
        "mail.com",
        "mail.ru",
        "mailbox.org",
        "me.com",
        "msn.com",
        "naver.com",
        "o2.pl",
        "online.de",
        "onet.pl",
        "orange.fr",
        "outlook.com",
        "outlook.de",
        "outlook.es",
        "outlook.fr",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "rambler.ru",
        "rediffmail.com",
        "seznam.cz",
        "sfr.fr",
        "sina.com",
        "sky.com",
        "t-online.de",
        "terra.com.br",
        "tutanota.com",
        "uol.com.br",
        "ukr.net",
        "verizon.net",
        "virgilio.it",
        "wanadoo.fr",
        "web.de",
        "wp.pl",
        "yahoo.co.in",
        "yahoo.co.jp",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.com.br",
        "yahoo.de",
        "yahoo.es",
        "yahoo.fr",
        "yahoo.it",
        "yandex.ru",
        "ymail.com",
        "ziggo.nl",
    ]
)
"""Where anybody may have a mailbox, so that many addresses there are many people."""


def fold_mailbox(address: Address) -> str:
    """Write an address as the mailbox it comes to: without what stands behind a plus sign.

    Only for counting. Whom an address belongs to is never judged by it.
    """
    if address.kind is not AddressKind.EMAIL:
        return address.normal
    local_part, _, domain = address.normal.rpartition("@")
    mailbox = local_part.partition("+")[0] or local_part
    return f"{mailbox.replace('.', '') if domain in DOTLESS else mailbox}@{domain}"


def find_own_domain(address: Address) -> str | None:
    """Find the domain of an address if one owner has all of it; None for a shared one, and for a phone number."""
    if address.kind is not AddressKind.EMAIL:
        return None
    domain = address.normal.rpartition("@")[2]
    return None if domain in SHARED_DOMAINS else domain
