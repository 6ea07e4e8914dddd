"""The subscribers of Sendy, which people run themselves, and its list of suppressed addresses."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, ImportStatus
from consent_service.domain.imports.import_time import TimeForm
from consent_service.domain.imports.import_words import EMAIL_NAMES, STATUS_NAMES

KINDS = (
    FileKind(
        name="subscribers",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: EMAIL_NAMES,
                    ImportField.STATUS: STATUS_NAMES,
                    ImportField.AT: ("Joined",),
                },
                constants={ImportField.CHANNEL: "email"},
                words={
                    ImportStatus.GRANTED: "Active",
                    ImportStatus.PENDING: "Unconfirmed",
                    ImportStatus.WITHDRAWN: "Unsubscribed",
                    ImportStatus.BOUNCE: "Bounced",
                    ImportStatus.COMPLAINT: "Marked as spam",
                },
                evidence=("Opt-in method", "Added via"),
                network=("IP address",),
                time_form=TimeForm.BARE,
            ),
        ),
        header=("Name", "Email", "Joined", "Status"),
        marks=("Status",),
    ),
    FileKind(
        name="suppressions",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: EMAIL_NAMES},
                constants={ImportField.CHANNEL: "email", ImportField.STATUS: "suppressed"},
                words=dict.fromkeys(EVERY_NO, "suppressed"),
                everything=True,
            ),
        ),
        header=("Email", "Last update", "Block attempts"),
        marks=("Block attempts",),
    ),
)
