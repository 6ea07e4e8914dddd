"""The files of newsletter programs that people run themselves: listmonk, Mautic and Keila."""

from dataclasses import replace
from datetime import UTC

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm

_LISTMONK_HEADER = ("uuid", "email", "name", "attributes", "status", "created_at", "updated_at")


def _listmonk(at: str, words: dict[ImportStatus, str], **statuses: ImportStatus | None) -> ImportMapping:
    return ImportMapping(
        columns={ImportField.ADDRESS: ("email",), ImportField.STATUS: ("status",), ImportField.AT: (at,)},
        constants={ImportField.CHANNEL: "email"},
        words=words,
        status_map=statuses,
        everything="blocklisted" in words.values(),
    )


_BLOCKLIST = _listmonk(
    "updated_at",
    dict.fromkeys((status for status in ImportStatus if status.is_no), "blocklisted"),
    blocklisted=ImportStatus.WITHDRAWN,
    enabled=None,
    disabled=None,
)


# Listmonk's importer goes by the list it is told to fill and not by the status, so a list of subscribers holds no no.
_BLOCKLIST_READ = replace(_BLOCKLIST, words={})


def _listmonk_kind(name: str, *mappings: ImportMapping, blocked: ImportMapping = _BLOCKLIST_READ) -> FileKind:
    return FileKind(name=name, mappings=(*mappings, blocked), header=_LISTMONK_HEADER)


# The file has the status of the person alone; that of the subscription is how the export was filtered.
LISTMONK = (
    _listmonk_kind(
        "confirmed",
        _listmonk("created_at", {ImportStatus.GRANTED: "enabled"}, blocklisted=None, disabled=None),
    ),
    _listmonk_kind(
        "unconfirmed",
        _listmonk("created_at", {ImportStatus.PENDING: "enabled"}, blocklisted=None, disabled=None),
    ),
    _listmonk_kind(
        "unsubscribed",
        _listmonk("updated_at", {ImportStatus.WITHDRAWN: "enabled"}, blocklisted=None, disabled=ImportStatus.WITHDRAWN),
        blocked=_BLOCKLIST,
    ),
    _listmonk_kind("blocklisted", blocked=_BLOCKLIST),
)

MAUTIC = (
    # Rows of Mautic's table lead_donotcontact with the address of the contact beside them.
    FileKind(
        name="do_not_contact",
        mappings=(
            ImportMapping(
                columns={
                    ImportField.ADDRESS: ("address",),
                    ImportField.CHANNEL: ("channel",),
                    ImportField.STATUS: ("reason",),
                    ImportField.AT: ("date_added",),
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
                    **dict.fromkeys((status for status in ImportStatus if status.is_no), "1"),
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

KEILA = (
    FileKind(
        name="contacts",
        mappings=(
            ImportMapping(
                columns={ImportField.ADDRESS: ("Email",), ImportField.STATUS: ("Status",)},
                constants={ImportField.CHANNEL: "email"},
                words={
                    ImportStatus.GRANTED: "active",
                    ImportStatus.WITHDRAWN: "unsubscribed",
                    ImportStatus.BOUNCE: "unreachable",
                    ImportStatus.COMPLAINT: "unsubscribed",
                },
            ),
        ),
        header=("Email", "First name", "Last name", "Data", "Status", "External ID"),
    ),
)
