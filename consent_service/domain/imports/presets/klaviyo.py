"""The profiles of Klaviyo, which speak of several channels in one row, and its list of suppressed ones."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, ImportStatus


def _map_channel(channel: str, address: str, name: str, **more: str) -> ImportMapping:
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
KINDS = (
    FileKind(
        name="profiles",
        mappings=(
            _map_channel("email", "Email", "Email"),
            _SUPPRESSED,
            _map_channel("sms", "Phone Number", "SMS", bounce="UNSUBSCRIBED", complaint="UNSUBSCRIBED"),
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
                words=dict.fromkeys(EVERY_NO, "suppressed"),
                everything=True,
            ),
        ),
        header=("Email",),
    ),
)
