"""The contacts of ActiveCampaign, of which it says when they were created and not when they said yes."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_words import EMAIL_NAMES, STATUS_NAMES

KINDS = (
    FileKind(
        name="contacts",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: EMAIL_NAMES, ImportField.STATUS: STATUS_NAMES},
                constants={ImportField.CHANNEL: "email"},
                words={
                    ImportStatus.GRANTED: "Active",
                    ImportStatus.PENDING: "Unconfirmed",
                    ImportStatus.WITHDRAWN: "Unsubscribed",
                    ImportStatus.BOUNCE: "Bounced",
                    ImportStatus.COMPLAINT: "Unsubscribed",
                },
                # The codes by which its API says the same.
                status_map={
                    "1": ImportStatus.GRANTED,
                    "0": ImportStatus.PENDING,
                    "2": ImportStatus.WITHDRAWN,
                    "3": ImportStatus.BOUNCE,
                    "Subscribed": ImportStatus.GRANTED,
                },
                evidence=("Date Created",),
                network=("IP",),
            ),
        ),
        header=("Email", "Status"),
    ),
)
