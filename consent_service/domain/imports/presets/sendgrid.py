"""The suppression lists of SendGrid, a file for each reason."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm


def _make_kind(
    name: str, status: ImportStatus, *before: str, everything: bool = True, evidence: tuple[str, ...] = ()
) -> FileKind:
    return FileKind(
        name=name,
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("email",), ImportField.WITHDRAWN_AT: ("created", "created_at")},
                constants={ImportField.CHANNEL: "email", ImportField.STATUS: status},
                words={status: status.value},
                everything=everything,
                evidence=evidence,
                network=("ip",),
                time_form=TimeForm.UNIX,
            ),
        ),
        header=(*before, "email", "created"),
        marks=before,
        file_names=(f"suppression_{name}",),
    )


# Mail that a server refused for the moment; it looks like the file of bounces, and says nothing about a person.
_BLOCKS = FileKind(
    name="blocks",
    mappings=(
        ImportMapping(
            columns={ImportField.ADDRESS: ("email",)},
            constants={ImportField.STATUS: "blocked"},
            status_map={"blocked": None},
        ),
    ),
    marks=("status", "reason"),
    file_names=("suppression_blocks",),
)
KINDS = (
    _make_kind("bounces", ImportStatus.BOUNCE, "status", "reason", evidence=("status",)),
    _make_kind("invalid_emails", ImportStatus.BOUNCE, "reason"),
    _make_kind("spam_reports", ImportStatus.COMPLAINT, "ip"),
    _make_kind("unsubscribes", ImportStatus.WITHDRAWN),
    _make_kind("group_unsubscribes", ImportStatus.WITHDRAWN, everything=False),
    _BLOCKS,
)
