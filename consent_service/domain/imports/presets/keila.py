"""The contacts of Keila."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus

KINDS = (
    FileKind(
        name="contacts",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("Email",), ImportField.STATUS: ("Status",)},
                constants={ImportField.CHANNEL: "email"},
                words={
                    ImportStatus.GRANTED: "active",
                    ImportStatus.WITHDRAWN: "unsubscribed",
                    ImportStatus.BOUNCE: "unreachable",
                    ImportStatus.COMPLAINT: "unsubscribed",
                },
            ),
        ),
        header=("Email", "First name", "Last name", "Data", "Status", "External ID"),
    ),
)
