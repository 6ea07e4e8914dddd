"""The subscribers of Kit, formerly ConvertKit."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus

KINDS = (
    FileKind(
        name="subscribers",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: ("email", "email_address", "Email Address"),
                    ImportField.STATUS: ("status", "state"),
                },
                constants={ImportField.CHANNEL: "email"},
                words={
                    ImportStatus.GRANTED: "active",
                    ImportStatus.PENDING: "inactive",
                    ImportStatus.WITHDRAWN: "cancelled",
                    ImportStatus.BOUNCE: "bounced",
                    ImportStatus.COMPLAINT: "complained",
                },
                # Kit says inactive of who has not confirmed. Cold ones read nothing for long and took nothing back.
                status_map={
                    "confirmed": ImportStatus.GRANTED,
                    "unconfirmed": ImportStatus.PENDING,
                    "unsubscribed": ImportStatus.WITHDRAWN,
                    "canceled": ImportStatus.WITHDRAWN,
                    "cold": None,
                },
                evidence=("created_at",),
            ),
        ),
        header=("email", "status"),
    ),
)
