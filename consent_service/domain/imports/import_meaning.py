"""What one row means under one mapping, or why it means nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from consent_service.domain.basics.row_fault import RowCode
from consent_service.domain.imports.address_cell import take_out_address
from consent_service.domain.imports.import_columns import MappedColumns, RowRefused
from consent_service.domain.imports.import_mapping import ImportField
from consent_service.domain.imports.import_row import ImportRow, ImportStatus
from consent_service.domain.imports.import_time import is_no_time
from consent_service.domain.imports.import_words import normalise_word
from consent_service.domain.imports.stated_time import read_stated_act_time
from consent_service.domain.site.purpose import Channel
from consent_service.domain.subject.act import MAX_SKEW
from consent_service.domain.subject.subject import is_email_like

CHANNELS: Mapping[str, Channel] = {channel.value: channel for channel in Channel}
_BETWEEN_TOPICS = re.compile(r"[,;|]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTerms:
    """The options of an import as the reader of rows needs them; ``now`` and ``at`` are in microseconds.

    ``source`` says where these people chose. ``topics`` are for rows that name none, ``zone`` for times that name
    none, ``at`` for a yes without a time; ``time_form`` says how times are written. IP addresses are kept only with
    ``keeps_network``. ``restores`` undoes the quotes that our own exports put in front of formulas.
    """

    source: str
    now: int
    topics: tuple[str, ...] = ()
    zone: tzinfo | None = None
    time_form: str = ""
    at: int | None = None
    keeps_network: bool = False
    restores: bool = False


def read_meaning(
    columns: MappedColumns,
    cells: Sequence[str],
    terms: ImportTerms,
    line: int,
    original: Mapping[str, str],
    found: ImportStatus | None = None,
) -> ImportRow | None:
    """Say what a row means, or None where it is not an answer; raises RowRefused where it cannot be taken over.

    ``found`` is a status that another column told, and counts in place of the row's own.
    """
    address = take_out_address(columns.read_value(ImportField.ADDRESS, cells))
    if not address and columns.mapping.optional:
        return None
    status = found or columns.read_status(cells)
    if status is None:
        return None
    if not address:
        raise RowRefused(RowCode.INVALID_ADDRESS, "the row holds no address")
    channel = _find_channel(columns.read_value(ImportField.CHANNEL, cells), address)
    if columns.mapping.international and address[0].isdigit():
        address = f"+{address.removeprefix('00')}"
    at = _find_act_time(columns, cells, status, terms)
    return ImportRow(
        line=line,
        address=address,
        kind="email" if channel is Channel.EMAIL or is_email_like(address) else "phone",
        channel=channel,
        topics=_find_topics(columns, cells, status, terms),
        status=status,
        at=at,
        confirmed_at=_read_optional_time(ImportField.CONFIRMED_AT, columns, cells, terms),
        source=columns.read_value(ImportField.SOURCE, cells) or terms.source,
        evidence=_collect_evidence(columns, cells, terms),
        original=original,
    )


def read_moment(text: str, columns: MappedColumns, terms: ImportTerms, *, ends: bool = False) -> int | None:
    """Read a time of the past into microseconds, or say that it cannot be told; ``ends`` takes the end of a day."""
    try:
        return _read_past_time(text, columns, terms, ends=ends)
    except RowRefused:
        return None


def _find_channel(text: str, address: str) -> Channel:
    word = normalise_word(text)
    if not word:
        return Channel.EMAIL if is_email_like(address) else Channel.SMS
    if word not in CHANNELS:
        raise RowRefused(RowCode.UNKNOWN_TOPIC, f"{text[:40]!r} is not a channel; there are {', '.join(Channel)}")
    return CHANNELS[word]


def _find_topics(
    columns: MappedColumns, cells: Sequence[str], status: ImportStatus, terms: ImportTerms
) -> tuple[str, ...]:
    if status.is_block or status is ImportStatus.SUPPRESSED or (status.is_no and columns.mapping.everything):
        return ()
    named = [topic.strip() for topic in _BETWEEN_TOPICS.split(columns.read_value(ImportField.TOPICS, cells))]
    topics = tuple(dict.fromkeys(topic for topic in named if topic)) or terms.topics
    if not topics and not status.is_no:
        raise RowRefused(RowCode.UNKNOWN_TOPIC, "a yes needs a topic; the row names none, and none was given")
    return topics


def _find_act_time(
    columns: MappedColumns, cells: Sequence[str], status: ImportStatus, terms: ImportTerms
) -> int | None:
    """Find out when the person acted; a no of which nobody can tell when it was said is taken over without a time.

    Most columns with a time say when somebody signed up or was changed last. Such a time would make a no older than
    the yes that it ends, so it never dates one.
    """
    if status.is_no:
        return _read_optional_time(ImportField.WITHDRAWN_AT, columns, cells, terms)
    text = columns.read_value(ImportField.AT, cells)
    if is_no_time(text) and terms.at is not None:
        return terms.at
    return _read_past_time(text, columns, terms)


def _read_past_time(text: str, columns: MappedColumns, terms: ImportTerms, *, ends: bool = False) -> int:
    if is_no_time(text):
        raise RowRefused(
            RowCode.MISSING_TIME,
            "a yes needs the time at which it was given; map the column that holds it, or state one with at",
        )
    zone, form = terms.zone or columns.mapping.zone, columns.mapping.time_form
    try:
        at = read_stated_act_time(text, terms.time_form, zone=zone, otherwise=form, ends=ends)
    except (ValueError, OverflowError) as trouble:
        raise RowRefused(RowCode.AMBIGUOUS_TIME, f"{text[:40]!r} {trouble}") from None
    if at > terms.now + MAX_SKEW:
        raise RowRefused(RowCode.FUTURE_TIME, f"{text[:40]!r} lies in the future")
    return at


def _read_optional_time(
    field: ImportField, columns: MappedColumns, cells: Sequence[str], terms: ImportTerms
) -> int | None:
    return read_moment(columns.read_value(field, cells), columns, terms, ends=field is ImportField.WITHDRAWN_AT)


def _collect_evidence(columns: MappedColumns, cells: Sequence[str], terms: ImportTerms) -> dict[str, str]:
    evidence = columns.collect_evidence(cells, network=terms.keeps_network)
    if zone := terms.zone or columns.mapping.zone:
        evidence["zone"] = str(zone)
    times = (columns.read_value(field, cells) for field in (ImportField.WITHDRAWN_AT, ImportField.AT))
    evidence["time"] = next(filter(None, times), "none")[:40]
    return evidence
