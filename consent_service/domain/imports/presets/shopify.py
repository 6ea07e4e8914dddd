"""The customers of Shopify, a file that speaks of several channels in one row."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import LISTED, ImportStatus


def _map_channel(channel: str, address: str, name: str) -> ImportMapping:
    return ImportMapping(
        columns={
            ImportField.ADDRESS: (address,),
            ImportField.STATUS: (f"{name} Marketing: Status", f"Accepts {name} Marketing"),
            ImportField.AT: (f"{name} Marketing: Updated At", "consentUpdatedAt"),
        },
        constants={ImportField.CHANNEL: channel},
        words={status: "no" if status.is_no else "yes" for status in LISTED if status != ImportStatus.PENDING},
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


KINDS = (
    FileKind(
        name="customers",
        mappings=(
            _map_channel("email", "Email", "Email"),
            _map_channel("sms", "Phone", "SMS"),
            _map_channel("whatsapp", "Phone", "WhatsApp"),
        ),
        header=(
            *("First Name", "Last Name", "Email", "Accepts Email Marketing"),
            *("Phone", "Accepts SMS Marketing", "Accepts WhatsApp Marketing"),
        ),
        restores=True,
    ),
)
