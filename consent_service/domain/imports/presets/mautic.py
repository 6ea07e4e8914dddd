"""The contacts of Mautic, and its list of people who must not be contacted."""

from datetime import UTC

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, ImportStatus
from consent_service.domain.imports.import_time import TimeForm

KINDS = (
    # Rows of Mautic's table lead_donotcontact with the address of the contact beside them.
    FileKind(
        name="do_not_contact",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: ("address",),
                    ImportField.CHANNEL: ("channel",),
                    ImportField.STATUS: ("reason",),
                    ImportField.WITHDRAWN_AT: ("date_added",),
                },
                words={ImportStatus.WITHDRAWN: "1", ImportStatus.BOUNCE: "2", ImportStatus.COMPLAINT: "3"},
                status_map={"0": None, "3": ImportStatus.WITHDRAWN},
                everything=True,
                zone=UTC,
                time_form=TimeForm.BARE,
            ),
        ),
        header=("address", "channel", "reason", "date_added"),
        marks=("reason", "channel"),
    ),
    FileKind(
        name="contacts",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("email",), ImportField.STATUS: ("doNotEmail",)},
                constants={ImportField.CHANNEL: "email"},
                words={
                    ImportStatus.GRANTED: "0",
                    **dict.fromkeys(EVERY_NO, "1"),
                },
                # Mautic knows who said no; that somebody did not is no yes.
                status_map={
                    **dict.fromkeys(("", "0", "no", "false"), None),
                    **dict.fromkeys(("1", "yes", "true"), ImportStatus.WITHDRAWN),
                },
                everything=True,
            ),
        ),
        header=("email", "doNotEmail"),
        marks=("doNotEmail",),
    ),
)
