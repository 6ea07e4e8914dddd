"""A file with the columns and words of our own, for tools that have no preset."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm

KINDS = (
    FileKind(
        name="all",
        mappings=(
            ImportMapping(
                columns={field: (field.value,) for field in ImportField},
                words={status: status.value for status in ImportStatus},
                common=True,
                time_form=TimeForm.RFC3339,
            ),
        ),
        header=tuple(field.value for field in ImportField),
        restores=True,
    ),
)
