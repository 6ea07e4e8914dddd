"""The exports of listmonk, which people run themselves."""

from dataclasses import replace

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, ImportStatus

_HEADER = ("uuid", "email", "name", "attributes", "status", "created_at", "updated_at")


def _map_list(at: str, words: dict[ImportStatus, str], **statuses: ImportStatus | None) -> ImportMapping:
    return ImportMapping(
        columns={ImportField.ADDRESS: ("email",), ImportField.STATUS: ("status",), ImportField.AT: (at,)},
        constants={ImportField.CHANNEL: "email"},
        words=words,
        status_map=statuses,
        everything="blocklisted" in words.values(),
    )


_BLOCKLIST = _map_list(
    "updated_at",
    dict.fromkeys(EVERY_NO, "blocklisted"),
    blocklisted=ImportStatus.WITHDRAWN,
    enabled=None,
    disabled=None,
)


# Listmonk's importer goes by the list it is told to fill and not by the status, so a list of subscribers holds no no.
_BLOCKLIST_READ = replace(_BLOCKLIST, words={})


def _make_kind(name: str, *mappings: ImportMapping, blocked: ImportMapping = _BLOCKLIST_READ) -> FileKind:
    return FileKind(name=name, mappings=(*mappings, blocked), header=_HEADER)


# The file has the status of the person alone; that of the subscription is how the export was filtered.
KINDS = (
    _make_kind(
        "confirmed",
        _map_list("created_at", {ImportStatus.GRANTED: "enabled"}, blocklisted=None, disabled=None),
    ),
    _make_kind(
        "unconfirmed",
        _map_list("created_at", {ImportStatus.PENDING: "enabled"}, blocklisted=None, disabled=None),
    ),
    _make_kind(
        "unsubscribed",
        _map_list("updated_at", {ImportStatus.WITHDRAWN: "enabled"}, blocklisted=None, disabled=ImportStatus.WITHDRAWN),
        blocked=_BLOCKLIST,
    ),
    _make_kind("blocklisted", blocked=_BLOCKLIST),
)
