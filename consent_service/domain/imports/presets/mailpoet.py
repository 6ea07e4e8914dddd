"""The subscribers of MailPoet: each has a status of their own and one on every list."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm
from consent_service.domain.imports.import_words import EMAIL_NAMES

_GLOBAL, _LIST = "Global status", "List status"
_WORDS = {
    ImportStatus.GRANTED: "subscribed",
    ImportStatus.PENDING: "unconfirmed",
    ImportStatus.WITHDRAWN: "unsubscribed",
    ImportStatus.BOUNCE: "bounced",
    ImportStatus.COMPLAINT: "unsubscribed",
}

KINDS = (
    FileKind(
        name="subscribers",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: EMAIL_NAMES,
                    ImportField.STATUS: (_GLOBAL, _LIST),
                    ImportField.AT: ("Confirmation time", "Subscription time"),
                },
                constants={ImportField.CHANNEL: "email"},
                words=_WORDS,
                # Inactive ones have opened nothing for long; it is no yes and no no.
                status_map={"inactive": None, "": None},
                evidence=("Subscription time", "Confirmation time"),
                network=("Subscription IP", "Confirmation IP"),
                time_form=TimeForm.BARE,
            ),
        ),
        header=("Email", "Subscription time", "Confirmation time", _LIST, _GLOBAL),
        marks=(_GLOBAL,),
    ),
)
