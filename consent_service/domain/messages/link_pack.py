"""Link pack: the headers and links of one message by which its reader can leave (RFC 2369, RFC 2919, RFC 8058)."""

import re
from dataclasses import dataclass

from consent_service.domain.basics.web_origin import parse_origin
from consent_service.domain.messages.link_token import write_base32_token, write_base64url_token
from consent_service.domain.messages.list_id import MAX_LENGTH as LONGEST_LIST_ID
from consent_service.domain.messages.list_id import find_list_host, write_list_id
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site

DKIM_HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
"""The signature of the mail must cover both, or mailbox providers ignore them (RFC 8058, section 4)."""

ONE_CLICK = "List-Unsubscribe=One-Click"
UNSUBSCRIBE_PATH = "/consent/u/"
CENTRE_PATH = "/consent/p/"
DECLARATION_PATH = "/consent/a/"
LOCAL_PART = "unsub+"
MAX_LINE = 998
"""Octets of a header line without its end (RFC 5322, section 2.1.1)."""

_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_HOST = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPack:
    """What a sender puts into one message; the headers go in as they are, one line each.

    Raises ValueError for a header that could break out of its line: anything but printable ASCII, or too long.
    ``list_id`` is empty for messages that are no mail, of a site without a host for it, ``preferences_url`` is None
    where the links reach no further than one purpose.
    """

    list_unsubscribe: str
    list_unsubscribe_post: str
    list_id: str
    unsubscribe_url: str
    preferences_url: str | None
    dkim_headers: tuple[str, ...] = DKIM_HEADERS

    def __post_init__(self) -> None:
        for name, value in self.headers.items():
            if not _PRINTABLE.fullmatch(value) or len(f"{name}: {value}") > MAX_LINE:
                raise ValueError(f"{name} needs one line of printable ASCII of at most {MAX_LINE} octets")

    @property
    def headers(self) -> dict[str, str]:
        """The headers by name."""
        lists = {"List-Id": self.list_id} if self.list_id else {}
        return {
            "List-Unsubscribe": self.list_unsubscribe,
            "List-Unsubscribe-Post": self.list_unsubscribe_post,
            **lists,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingList:
    """What the packs of one purpose share: the origin that links lead to, the List-Id and the host for mail.

    Without ``unsubscribe_host`` the packs name no mail address. Mailbox providers honour one click only at an https
    origin. Raises ValueError for an origin with any port, and for what is not a host.
    """

    origin: str
    list_id: str
    unsubscribe_host: str = ""

    def __post_init__(self) -> None:
        if parse_origin(self.origin).port is None:
            raise ValueError("a link needs an origin with one port, not with any")
        if self.unsubscribe_host and not _HOST.fullmatch(self.unsubscribe_host):
            raise ValueError("mail needs a host in lower case, other scripts in punycode")

    def pack(self, unsubscribe: bytes, preferences: bytes | None) -> LinkPack:
        """Make the pack for one recipient from two link tokens, or from the first alone."""
        link = f"{self.origin}{UNSUBSCRIBE_PATH}{write_base64url_token(unsubscribe)}"
        mail = f", <mailto:{LOCAL_PART}{write_base32_token(unsubscribe)}@{self.unsubscribe_host}>"
        centre = f"{self.origin}{CENTRE_PATH}{write_base64url_token(preferences)}" if preferences else None
        return LinkPack(
            list_unsubscribe=f"<{link}>{mail if self.unsubscribe_host else ''}",
            list_unsubscribe_post=ONE_CLICK,
            list_id=self.list_id,
            unsubscribe_url=link,
            preferences_url=centre,
        )


def write_list_id_header(identifier: str, title: str) -> str:
    """Write a List-Id, led by the title where that is ASCII and fits; raises ValueError where nothing could.

    Mail programs sort by what is in the angle brackets, so a new title changes nothing for them.
    """
    bracketed = f"<{identifier}>"
    if not _HOST.fullmatch(identifier) or len(bracketed) > LONGEST_LIST_ID:
        raise ValueError(f"a List-Id is a topic and a host in lower case, at most {LONGEST_LIST_ID - 2} octets")
    phrase = title.replace("\\", "\\\\").replace('"', '\\"')
    named = f'"{phrase}" {bracketed}'
    # Some programs decode =? even in quotes (RFC 2047), and what comes out may hold anything.
    fits = _PRINTABLE.fullmatch(title) and "=?" not in title and len(named) <= LONGEST_LIST_ID
    return named if fits else bracketed


def make_mailing_list(site: Site, purpose: Purpose, origin: str) -> MailingList:
    """Tell what the packs of a purpose share, for links that lead to this origin of the site."""
    title = purpose.title.get(site.default_language, "")
    return MailingList(
        origin=origin,
        list_id=write_list_id_header(write_list_id(site, purpose), title) if find_list_host(site) else "",
        unsubscribe_host=site.messages.unsubscribe_host if site.messages else "",
    )
