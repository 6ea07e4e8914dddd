"""The lists of services that deliver mail, Amazon SES and SendGrid."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm

_SES_ADDRESS = ("emailAddress", "EmailAddress")
_SES_TIMES = ("LastUpdatedTimestamp",)
TOPIC_PREFIX = "topicPreferences."

SES = (
    FileKind(
        name="contacts",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: _SES_ADDRESS,
                    ImportField.STATUS: ("unsubscribeAll", "UnsubscribeAll"),
                    ImportField.AT: _SES_TIMES,
                },
                constants={ImportField.CHANNEL: "email"},
                words={ImportStatus.WITHDRAWN: "true"},
                status_map={"": None, "false": None},
                everything=True,
            ),
            ImportMapping(
                columns={ImportField.ADDRESS: _SES_ADDRESS, ImportField.AT: _SES_TIMES},
                constants={ImportField.CHANNEL: "email"},
                words={ImportStatus.GRANTED: "OPT_IN", ImportStatus.WITHDRAWN: "OPT_OUT"},
                status_map={"": None},
                topic_prefix=TOPIC_PREFIX,
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
                    ImportField.ADDRESS: _SES_ADDRESS,
                    ImportField.STATUS: ("Reason", "reason"),
                    ImportField.AT: ("LastUpdateTime",),
                },
                constants={ImportField.CHANNEL: "email"},
                words={ImportStatus.BOUNCE: "BOUNCE", ImportStatus.COMPLAINT: "COMPLAINT"},
            ),
        ),
        marks=("EmailAddress", "Reason"),
        headless=("EmailAddress", "Reason", "LastUpdateTime"),
    ),
)


def _sendgrid(
    name: str, status: ImportStatus, *before: str, everything: bool = True, evidence: tuple[str, ...] = ()
) -> FileKind:
    return FileKind(
        name=name,
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("email",), ImportField.AT: ("created", "created_at")},
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
SENDGRID = (
    _sendgrid("bounces", ImportStatus.BOUNCE, "status", "reason", evidence=("status",)),
    _sendgrid("invalid_emails", ImportStatus.BOUNCE, "reason"),
    _sendgrid("spam_reports", ImportStatus.COMPLAINT, "ip"),
    _sendgrid("unsubscribes", ImportStatus.WITHDRAWN),
    _sendgrid("group_unsubscribes", ImportStatus.WITHDRAWN, everything=False),
    _BLOCKS,
)
