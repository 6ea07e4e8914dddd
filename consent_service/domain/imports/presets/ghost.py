"""The members of Ghost, who get its newsletters or do not."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, ImportStatus

KINDS = (
    FileKind(
        name="members",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("email",), ImportField.STATUS: ("subscribed_to_emails",)},
                constants={ImportField.CHANNEL: "email"},
                words={ImportStatus.GRANTED: "true", **dict.fromkeys(EVERY_NO, "false")},
                # Members get mail from the start, so who gets none has ended it. Empty is none of both.
                status_map={
                    "": None,
                    "1": ImportStatus.GRANTED,
                    "0": ImportStatus.WITHDRAWN,
                    "false": ImportStatus.WITHDRAWN,
                },
                evidence=("created_at",),
            ),
        ),
        header=("email", "subscribed_to_emails"),
    ),
)
