"""Files with the columns and words of our own, for tools that have no preset."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, LISTED, ImportStatus
from consent_service.domain.imports.import_time import TimeForm

_SUPPRESSED = ImportStatus.SUPPRESSED.value

KINDS = (
    FileKind(
        name="all",
        mappings=(
            ImportMapping(
                columns={field: (field.value,) for field in ImportField},
                words={status: status.value for status in LISTED},
                common=True,
                time_form=TimeForm.RFC3339,
            ),
        ),
        header=tuple(field.value for field in ImportField),
        restores=True,
    ),
    # A list of addresses and nothing else; whoever names this kind says that each of them is a no.
    FileKind(
        name="suppressed",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("address", "Email", "Email Address", "E-Mail", "phone")},
                constants={ImportField.STATUS: _SUPPRESSED},
                words=dict.fromkeys(EVERY_NO, _SUPPRESSED),
                status_map={_SUPPRESSED: ImportStatus.SUPPRESSED},
            ),
        ),
        header=("address",),
        headless=("address",),
        named_only=True,
        restores=True,
    ),
)
