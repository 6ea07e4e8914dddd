"""The customer files of Klaviyo and Shopify, which speak of several channels in one row."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus


def _klaviyo_channel(channel: str, address: str, name: str, **more: str) -> ImportMapping:
    consent = f"{name} Marketing Consent"
    return ImportMapping(
        columns={
            ImportField.ADDRESS: (address,),
            ImportField.STATUS: (consent,),
            ImportField.AT: (f"{consent} Timestamp",),
        },
        constants={ImportField.CHANNEL: channel},
        words={
            ImportStatus.GRANTED: "SUBSCRIBED",
            ImportStatus.WITHDRAWN: "UNSUBSCRIBED",
            **{ImportStatus(status): word for status, word in more.items()},
        },
        status_map={"": None, "NEVER_SUBSCRIBED": None},
        optional=True,
    )


# A suppressed profile gets no mail whatever its consent says, so every reason is a no, the unknown ones too.
_SUPPRESSED = ImportMapping(
    columns={ImportField.ADDRESS: ("Email",), ImportField.STATUS: ("Email Suppressions",)},
    constants={ImportField.CHANNEL: "email"},
    words={ImportStatus.BOUNCE: "HARD_BOUNCE", ImportStatus.COMPLAINT: "SPAM_COMPLAINT"},
    status_map={"": None, "[]": None, "INVALID_EMAIL": ImportStatus.BOUNCE},
    otherwise=ImportStatus.WITHDRAWN,
    optional=True,
    everything=True,
)
KLAVIYO = (
    FileKind(
        name="profiles",
        mappings=(
            _klaviyo_channel("email", "Email", "Email"),
            _SUPPRESSED,
            _klaviyo_channel("sms", "Phone Number", "SMS", bounce="UNSUBSCRIBED", complaint="UNSUBSCRIBED"),
        ),
        header=(
            *("Email", "Phone Number", "Email Marketing Consent", "Email Marketing Consent Timestamp"),
            *("SMS Marketing Consent", "SMS Marketing Consent Timestamp", "Email Suppressions"),
        ),
        marks=("Email Marketing Consent",),
    ),
    FileKind(
        name="suppressed",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("Email",)},
                constants={ImportField.CHANNEL: "email", ImportField.STATUS: "suppressed"},
                words=dict.fromkeys((status for status in ImportStatus if status.is_no), "suppressed"),
                everything=True,
            ),
        ),
        header=("Email",),
    ),
)


def _shopify_channel(channel: str, address: str, name: str) -> ImportMapping:
    return ImportMapping(
        columns={
            ImportField.ADDRESS: (address,),
            ImportField.STATUS: (f"{name} Marketing: Status", f"Accepts {name} Marketing"),
            ImportField.AT: (f"{name} Marketing: Updated At", "consentUpdatedAt"),
        },
        constants={ImportField.CHANNEL: channel},
        words={status: "no" if status.is_no else "yes" for status in ImportStatus if status != ImportStatus.PENDING},
        # An unticked box is no answer, so "no" takes nothing back.
        status_map={
            **dict.fromkeys(("", "no", "NOT_SUBSCRIBED", "REDACTED"), None),
            "yes": ImportStatus.GRANTED,
            "SUBSCRIBED": ImportStatus.GRANTED,
            "PENDING": ImportStatus.PENDING,
            "UNSUBSCRIBED": ImportStatus.WITHDRAWN,
            "INVALID": ImportStatus.BOUNCE,
        },
        optional=True,
    )


SHOPIFY = (
    FileKind(
        name="customers",
        mappings=(
            _shopify_channel("email", "Email", "Email"),
            _shopify_channel("sms", "Phone", "SMS"),
            _shopify_channel("whatsapp", "Phone", "WhatsApp"),
        ),
        header=(
            *("First Name", "Last Name", "Email", "Accepts Email Marketing"),
            *("Phone", "Accepts SMS Marketing", "Accepts WhatsApp Marketing"),
        ),
        restores=True,
    ),
)
