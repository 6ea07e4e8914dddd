"""The subscribers of MailerLite."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm
from consent_service.domain.imports.import_words import EMAIL_NAMES, STATUS_NAMES

KINDS = (
    FileKind(
        name="subscribers",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: ("Subscriber", *EMAIL_NAMES),
                    ImportField.STATUS: (*STATUS_NAMES, "Type"),
                    ImportField.AT: ("opted_in_at", "Opt-in time", "optin_timestamp", "Opt-in timestamp"),
                    ImportField.WITHDRAWN_AT: ("unsubscribed_at", "Unsubscribed", "date_unsubscribe"),
                },
                constants={ImportField.CHANNEL: "email"},
                words={
                    ImportStatus.GRANTED: "active",
                    ImportStatus.PENDING: "unconfirmed",
                    ImportStatus.WITHDRAWN: "unsubscribed",
                    ImportStatus.BOUNCE: "bounced",
                    ImportStatus.COMPLAINT: "junk",
                },
                status_map={"spam": ImportStatus.COMPLAINT, "complained": ImportStatus.COMPLAINT},
                network=("ip_address", "optin_ip"),
                time_form=TimeForm.BARE,
            ),
        ),
        header=("Email", "Status", "opted_in_at", "unsubscribed_at"),
    ),
)
