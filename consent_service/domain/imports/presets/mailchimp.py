"""The four files of a Mailchimp audience export: the file, not a column, says what a person chose."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm

_ADDRESS = ("Email Address",)
_OPT_IN = ("OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP")
_NETWORK = ("OPTIN_IP", "CONFIRM_IP")

SUBSCRIBED = FileKind(
    name="subscribed",
    mappings=(
        ImportMapping(
            # Mailchimp fills the time of confirmation without a double opt-in too, so it proves none.
            columns={ImportField.ADDRESS: _ADDRESS, ImportField.AT: ("CONFIRM_TIME", "OPTIN_TIME")},
            constants={ImportField.CHANNEL: "email", ImportField.STATUS: "subscribed"},
            words={ImportStatus.GRANTED: "subscribed"},
            evidence=("OPTIN_TIME", "CONFIRM_TIME"),
            network=_NETWORK,
            time_form=TimeForm.BARE,
        ),
    ),
    header=(*_ADDRESS, *_OPT_IN, "LAST_CHANGED"),
    file_names=("subscribed_",),
)
UNSUBSCRIBED = FileKind(
    name="unsubscribed",
    mappings=(
        ImportMapping(
            columns={ImportField.ADDRESS: _ADDRESS, ImportField.AT: ("UNSUB_TIME",)},
            constants={ImportField.CHANNEL: "email", ImportField.STATUS: "unsubscribed"},
            words={ImportStatus.WITHDRAWN: "unsubscribed", ImportStatus.COMPLAINT: "unsubscribed"},
            evidence=("OPTIN_TIME", "CONFIRM_TIME", "UNSUB_CAMPAIGN_ID"),
            network=_NETWORK,
            time_form=TimeForm.BARE,
        ),
    ),
    header=(*_ADDRESS, *_OPT_IN, "UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON"),
    marks=("UNSUB_TIME",),
    file_names=("unsubscribed_",),
)
CLEANED = FileKind(
    name="cleaned",
    mappings=(
        ImportMapping(
            columns={ImportField.ADDRESS: _ADDRESS, ImportField.AT: ("CLEAN_TIME",)},
            constants={ImportField.CHANNEL: "email", ImportField.STATUS: "cleaned"},
            words={ImportStatus.BOUNCE: "cleaned"},
            evidence=("OPTIN_TIME", "CONFIRM_TIME", "CLEAN_CAMPAIGN_ID"),
            network=_NETWORK,
            time_form=TimeForm.BARE,
        ),
    ),
    header=(*_ADDRESS, *_OPT_IN, "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID"),
    marks=("CLEAN_TIME",),
    file_names=("cleaned_",),
)
# People who bought something and were never asked; their file has the columns of the subscribed.
NONSUBSCRIBED = FileKind(
    name="nonsubscribed",
    mappings=(
        ImportMapping(
            columns={ImportField.ADDRESS: _ADDRESS},
            constants={ImportField.STATUS: "nonsubscribed"},
            status_map={"nonsubscribed": None},
        ),
    ),
    file_names=("nonsubscribed_",),
)
MAILCHIMP = (SUBSCRIBED, UNSUBSCRIBED, CLEANED, NONSUBSCRIBED)
