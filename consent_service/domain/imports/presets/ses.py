"""The contacts of Amazon SES, and its list of addresses that get no mail."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus

_ADDRESS = ("emailAddress", "EmailAddress")
_TIMES = ("LastUpdatedTimestamp",)
_TOPIC_PREFIX = "topicPreferences."

KINDS = (
    FileKind(
        name="contacts",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: _ADDRESS,
                    ImportField.STATUS: ("unsubscribeAll", "UnsubscribeAll"),
                    ImportField.AT: _TIMES,
                },
                constants={ImportField.CHANNEL: "email"},
                words={ImportStatus.WITHDRAWN: "true"},
                status_map={"": None, "false": None},
                everything=True,
            ),
            ImportMapping(
                columns={ImportField.ADDRESS: _ADDRESS, ImportField.AT: _TIMES},
                constants={ImportField.CHANNEL: "email"},
                words={ImportStatus.GRANTED: "OPT_IN", ImportStatus.WITHDRAWN: "OPT_OUT"},
                status_map={"": None},
                topic_prefix=_TOPIC_PREFIX,
            ),
        ),
        header=("emailAddress", "unsubscribeAll", "attributesData"),
        marks=("unsubscribeAll",),
        usual={"unsubscribeAll": "false"},
    ),
    FileKind(
        name="suppressions",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: _ADDRESS,
                    ImportField.STATUS: ("Reason", "reason"),
                    ImportField.WITHDRAWN_AT: ("LastUpdateTime",),
                },
                constants={ImportField.CHANNEL: "email"},
                words={ImportStatus.BOUNCE: "BOUNCE", ImportStatus.COMPLAINT: "COMPLAINT"},
            ),
        ),
        marks=("EmailAddress", "Reason"),
        headless=("EmailAddress", "Reason", "LastUpdateTime"),
    ),
)
