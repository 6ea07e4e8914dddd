"""Files as other tools export them, about people who do not exist."""

from collections.abc import Iterable
from datetime import UTC
from functools import partial
from typing import Any

from consent_service.domain.basics.moment import read_time, write_time
from consent_service.domain.basics.row_fault import RowFault
from consent_service.domain.imports.import_meaning import ImportTerms
from consent_service.domain.imports.import_preset import choose_kind
from consent_service.domain.imports.import_reader import Chooser, ReadRow, read_import
from consent_service.domain.imports.import_row import ImportRow

NOW = read_time("2026-06-01T12:00:00Z")
TERMS = {"source": "move-2026", "now": NOW, "topics": ("news",), "zone": UTC}

MAILCHIMP_SUBSCRIBED = """\
"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,\
GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS
ada@example.org,Ada,"Quist, Dr",4,"2024-01-01 09:00:00",192.0.2.10,"2024-01-01 09:05:00",192.0.2.11,,,,,,DE,,\
"2024-02-02 10:00:00",1,a1,,news
ben@example.org,Ben,,2,"2023-05-05 05:05:05",192.0.2.12,,,,,,,,,,"2023-05-05 05:05:05",2,b2,"said ""yes""
at the fair",
cyd@example.org,Cyd,,2,,,,,,,,,,,,"2023-06-06 06:06:06",3,c3,,
"""
MAILCHIMP_UNSUBSCRIBED = """\
"Email Address",OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,\
UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID
dot@example.org,"2022-01-01 01:00:00",,"2022-01-01 01:00:00",192.0.2.13,"2024-03-03 12:00:00",Spring,c0ffee,OTHER,\
"too much, really",4,d4
eli@example.org,,,,,,,,,,5,e5
"""
MAILCHIMP_CLEANED = """\
"Email Address",OPTIN_TIME,CONFIRM_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID
fay@example.org,"2022-01-01 01:00:00","2022-01-01 01:00:00","2024-04-04 04:00:00",Spring,c0ffee
"""
MAILCHIMP_NONSUBSCRIBED = """\
"Email Address",OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED
gus@example.org,"2022-01-01 01:00:00","2022-01-01 01:00:00","2024-04-04 04:00:00"
"""
KLAVIYO_PROFILES = """\
Email,Klaviyo ID,First Name,Phone Number,IP Address,Email Marketing Consent,Email Marketing Consent Timestamp,\
SMS Marketing Consent,SMS Marketing Consent Timestamp,Email Suppressions
ada@example.org,01A,Ada,+4930123456,192.0.2.1,SUBSCRIBED,2025-01-02 03:04:05,UNSUBSCRIBED,2025-02-02 03:04:05,
ben@example.org,01B,Ben,,,NEVER_SUBSCRIBED,,,,
cyd@example.org,01C,Cyd,,,SUBSCRIBED,2025-01-02 03:04:05,,,HARD_BOUNCE
,01D,Dot,+4930123457,,,,SUBSCRIBED,2025-03-03T03:03:03+00:00,
eli@example.org,01E,Eli,,,UNSUBSCRIBED,,,,"[""USER_SUPPRESSED""]"
"""
SHOPIFY_CUSTOMERS = """\
Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Phone,Accepts SMS Marketing,\
Total Spent,Note,Tags,Email Marketing: Updated At
'7001,Ada,Quist,ada@example.org,yes,"Quist, Inc.",'+4930123456,no,12.00,,vip,2025-01-02T03:04:05Z
'7002,Ben,,ben@example.org,no,,,no,0.00,"likes ""tea""
and rye",,2025-02-02T02:02:02Z
'7003,Cyd,,cyd@example.org,yes,,,,0.00,,,
"""
LISTMONK = """\
uuid,email,name,attributes,status,created_at,updated_at
0d0f,ada@example.org,Ada,"{""city"": ""Bonn""}",enabled,2024-05-04 09:30:12.123456 +0000 UTC,\
2025-01-01 00:00:00 +0000 UTC
1d1f,ben@example.org,Ben,{},blocklisted,2024-05-04 09:30:12 +0200 CEST,2025-03-04 05:06:07.5 +0100 CET
2d2f,cyd@example.org,Cyd,{},disabled,2024-05-04 09:30:12 +0000 UTC,2025-01-01 00:00:00 +0000 UTC
"""
MAUTIC_DO_NOT_CONTACT = """\
address;channel;reason;date_added;comments
ada@example.org;email;1;2025-01-02 03:04:05;"via link; in a mail"
ben@example.org;email;2;2025-01-02 03:04:05;
+4930123456;sms;3;2025-01-02 03:04:05;
"""
KEILA = """\
Email\tFirst name\tLast name\tData\tStatus\tExternal ID
ada@example.org\tAda\tQuist\t{"k":"v"}\tactive\t1
ben@example.org\tBen\t\t\tunsubscribed\t2
cyd@example.org\tCyd\t\t\tunreachable\t3
dot@example.org\tDot\t\t\tinactive\t4
"""
SES_CONTACTS = """\
emailAddress,unsubscribeAll,attributesData,topicPreferences.news,topicPreferences.offers
ada@example.org,false,{"Name": "Ada"},OPT_IN,OPT_OUT
ben@example.org,true,,OPT_OUT,OPT_OUT
cyd@example.org,false,,,
"""
SES_SUPPRESSIONS = """\
ada@example.org,BOUNCE
ben@example.org, COMPLAINT
"""
SENDGRID_BOUNCES = """\
status,reason,email,created
5.1.1,"550 5.1.1 no such user, sorry
try again",ada@example.org,1735787045
"""


def chunks(text: str | bytes, size: int = 7) -> Iterable[bytes]:
    """Cut a file into small pieces, so that every character and line end is cut somewhere."""
    raw = text.encode() if isinstance(text, str) else text
    return (raw[start : start + size] for start in range(0, len(raw), size))


def preset(name: str, kind: str = "", file_name: str = "") -> Chooser:
    """Choose a kind of file of a preset."""
    return partial(choose_kind, name, name=kind, file_name=file_name)


def read(text: str | bytes, choose: Chooser, **terms: Any) -> list[ReadRow]:
    """Read a whole file."""
    return list(read_import(chunks(text), choose, ImportTerms(**(TERMS | terms))))


def said(results: Iterable[ReadRow]) -> list[tuple[Any, ...]]:
    """Shorten results to what matters: who, what and when, or the code of a fault, or nothing."""
    return [_short(result) for result in results]


def _short(result: ReadRow) -> tuple[Any, ...]:
    match result:
        case ImportRow():
            return (
                result.address.partition("@")[0],
                result.channel.value,
                result.status.value,
                result.topics,
                None if result.at is None else write_time(result.at),
            )
        case RowFault():
            return (result.line, result.code.value)
        case _:
            return (result.line,)
