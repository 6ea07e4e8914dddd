"""Listing who may be mailed and who must not, in the files of other tools."""

from collections.abc import Iterator, Sequence

from consent_service.domain.basics.csv_writer import write_csv_line
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.identifier import read_subject_key
from consent_service.domain.imports.import_mapping import FileKind, ImportField
from consent_service.domain.imports.import_topics import list_topic_names, list_topics
from consent_service.domain.imports.list_writer import ListedStanding, write_list_rows
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.message_decision import decide_message
from consent_service.domain.subject.subject import AddressKind
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import join_exported_rows, open_address
from consent_service.storage.subject_export import SubjectRow as StoredRow
from consent_service.storage.subject_export import open_export

REACHED = {
    AddressKind.EMAIL: frozenset({Channel.EMAIL}),
    AddressKind.PHONE: frozenset({Channel.SMS, Channel.WHATSAPP, Channel.PHONE}),
}
"""What reaches an address; a decision about anything else counts all the same."""


def write_list_file(resources: Resources, site: Site, kind: FileKind, topics: Sequence[str]) -> Iterator[bytes]:
    """Write the file line by line, as things stand at one moment.

    Addresses that are not kept appear as the subject's key. Raises ImportFault, before the first line, for a topic
    there is not, and where the file has no place to tell topics apart.
    """
    purposes = _choose_purposes(site, kind, topics)
    names = [purpose.topic_name for purpose in purposes if purpose.channel is Channel.EMAIL]
    header, lines = write_list_rows(kind, _list_standings(resources, site, purposes), topics=names)
    return _write_lines(header, lines)


def _write_lines(header: Sequence[str], lines: Iterator[list[str]]) -> Iterator[bytes]:
    if header:
        yield write_csv_line(header)
    for cells in lines:
        yield write_csv_line(cells)


def _choose_purposes(site: Site, kind: FileKind, topics: Sequence[str]) -> list[Purpose]:
    known = list_topics(site)
    wanted = {topic.casefold() for topic in topics}
    if unknown := sorted(wanted - set(known)):
        raise ImportFault(
            "unknown_topic", f"{unknown[0]!r} is not a topic of {site.id}{suggest_name(unknown[0], known)}"
        )
    chosen = [
        purpose
        for purpose in site.message_purposes
        if (not wanted or wanted & list_topic_names(purpose)) and any(_has_place(kind, purpose.channel))
    ]
    channels = [purpose.channel for purpose in chosen]
    if not _has_topics(kind) and len(set(channels)) < len(channels):
        names = ", ".join(purpose.key for purpose in chosen)
        raise ImportFault("topic_missing", f"a file of this kind holds one topic a channel; choose of: {names}")
    return chosen


def _has_place(kind: FileKind, channel: Channel | None) -> Iterator[bool]:
    return (mapping.constants.get(ImportField.CHANNEL, channel) == channel for mapping in kind.mappings)


def _has_topics(kind: FileKind) -> bool:
    return any(mapping.topic_prefix or ImportField.TOPICS in mapping.columns for mapping in kind.mappings)


def _list_standings(resources: Resources, site: Site, purposes: Sequence[Purpose]) -> Iterator[ListedStanding]:
    prints = make_fingerprints(site)
    now = resources.clock()
    for subject in join_exported_rows(resources, site, open_export(resources.database, site.id).rows):
        address = _read_address(resources, subject) or read_subject_key(subject.principal)
        for purpose in purposes:
            decision = subject.standing.decisions.get(purpose.key)
            if purpose.channel is None or (decision is None and not _is_reached(subject, purpose.channel)):
                continue
            answer = decide_message(purpose, subject.standing, fingerprint=prints[purpose.key], now=now)
            state, method = (decision.state, decision.method) if decision else ("", "")
            yield ListedStanding(
                address, purpose.channel, purpose.topic_name, state, answer.since, answer.reason, method
            )


def _read_address(resources: Resources, subject: StoredRow) -> str:
    if subject.kind is None or subject.sealed is None:
        return ""
    address = open_address(resources, subject.kind, bytes(subject.sealed), subject.principal)
    return address.entered if address else ""


def _is_reached(subject: StoredRow, channel: Channel) -> bool:
    return subject.kind is None or channel in REACHED[AddressKind(subject.kind)]
