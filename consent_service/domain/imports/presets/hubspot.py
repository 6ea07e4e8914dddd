"""The contacts of HubSpot, which opt out of all mail or of one kind of it, and its lists of who must not be mailed."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, ImportStatus
from consent_service.domain.imports.import_words import EMAIL_NAMES, FALSE_WORDS, TRUE_WORDS

# A property that is true is a no; nobody's yes follows from one that is false.
_FALSE = dict.fromkeys(FALSE_WORDS, None)

KINDS = (
    FileKind(
        name="contacts",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: EMAIL_NAMES,
                    ImportField.STATUS: ("Unsubscribed from all email", "Opted out of all email", "hs_email_optout"),
                },
                constants={ImportField.CHANNEL: "email"},
                words=dict.fromkeys(EVERY_NO, "true"),
                status_map={**_FALSE, **dict.fromkeys(TRUE_WORDS, ImportStatus.SUPPRESSED)},
                otherwise=ImportStatus.SUPPRESSED,
                optional=True,
            ),
            ImportMapping(
                columns={ImportField.ADDRESS: EMAIL_NAMES},
                constants={ImportField.CHANNEL: "email"},
                status_map={**_FALSE, **dict.fromkeys(TRUE_WORDS, ImportStatus.WITHDRAWN)},
                otherwise=ImportStatus.WITHDRAWN,
                status_prefix="Opted out of email",
                optional=True,
            ),
        ),
        header=("Email", "Unsubscribed from all email"),
        marks=("Unsubscribed from all email",),
    ),
    FileKind(
        name="opt_outs",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: EMAIL_NAMES},
                constants={ImportField.CHANNEL: "email", ImportField.STATUS: "opted out"},
                words=dict.fromkeys(EVERY_NO, "opted out"),
                everything=True,
            ),
        ),
        header=("Email",),
        headless=("Email",),
        named_only=True,
    ),
)
