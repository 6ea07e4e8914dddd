"""The four files of a Mailchimp audience export: the file, not a column, says what a person chose."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm
from consent_service.domain.imports.import_words import EMAIL_NAMES

_NAME = "Email Address"
_ADDRESS = (_NAME, *EMAIL_NAMES)
_HEADER = (_NAME, "OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP")


def _map_file(word: str, *statuses: ImportStatus, at: tuple[str, ...], campaign: tuple[str, ...] = ()) -> ImportMapping:
    field = ImportField.WITHDRAWN_AT if statuses[0].is_no else ImportField.AT
    return ImportMapping(
        columns={ImportField.ADDRESS: _ADDRESS, field: at},
        constants={ImportField.CHANNEL: "email", ImportField.STATUS: word},
        words=dict.fromkeys(statuses, word),
        evidence=("OPTIN_TIME", "CONFIRM_TIME", *campaign),
        network=("OPTIN_IP", "CONFIRM_IP"),
        time_form=TimeForm.BARE,
    )


KINDS = (
    FileKind(
        name="subscribed",
        # Mailchimp fills the time of confirmation without a double opt-in too, so it proves none.
        mappings=(_map_file("subscribed", ImportStatus.GRANTED, at=("CONFIRM_TIME", "OPTIN_TIME")),),
        header=(*_HEADER, "LAST_CHANGED"),
        file_names=("subscribed_",),
    ),
    FileKind(
        name="unsubscribed",
        mappings=(
            _map_file(
                "unsubscribed",
                ImportStatus.WITHDRAWN,
                ImportStatus.COMPLAINT,
                at=("UNSUB_TIME",),
                campaign=("UNSUB_CAMPAIGN_ID",),
            ),
        ),
        header=(*_HEADER, "UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON"),
        marks=("UNSUB_TIME",),
        file_names=("unsubscribed_",),
    ),
    FileKind(
        name="cleaned",
        mappings=(_map_file("cleaned", ImportStatus.BOUNCE, at=("CLEAN_TIME",), campaign=("CLEAN_CAMPAIGN_ID",)),),
        header=(*_HEADER, "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID"),
        marks=("CLEAN_TIME",),
        file_names=("cleaned_",),
    ),
    # People who bought something and were never asked; their file has the columns of the subscribed.
    FileKind(
        name="nonsubscribed",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: _ADDRESS},
                constants={ImportField.STATUS: "nonsubscribed"},
                status_map={"nonsubscribed": None},
            ),
        ),
        file_names=("nonsubscribed_",),
    ),
)
