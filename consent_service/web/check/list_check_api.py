"""The check stream: a list of any length is checked against one state of the database and answered row by row."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from time import thread_time

from flask import Blueprint, Response, request

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.file_pieces import read_pieces
from consent_service.domain.basics.gunzip import gunzip
from consent_service.domain.basics.moment import make_datetime
from consent_service.domain.errors import ListFault, StorageUnavailable
from consent_service.domain.messages.link_pack import LinkPack
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.asked_row import AskedRow
from consent_service.services.check.checking_subjects import MAX_AT_ONCE, ListCheck, open_list_check
from consent_service.services.check.holding_lists import hold_list
from consent_service.services.check.limiting_lists import TooManyLists, take_list_place
from consent_service.services.messages.making_links import make_pack_maker
from consent_service.web.api.api_request import admit, make_api_routes, require_whole
from consent_service.web.check.list_answer import INVALID, CheckedRow, CsvLines, JsonLines, ListSummary
from consent_service.web.check.list_body import Read
from consent_service.web.check.list_question import MAX_BYTES, StreamQuestion, read_stream_question
from consent_service.web.frame.key_gate import require_all_purposes, require_scope
from consent_service.web.frame.link_origin import find_link_origin
from consent_service.web.frame.metrics import count_list
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

MAX_ROWS = 1_000_000
MAX_WORK_SECONDS = 120.0
"""Of a processor, not of the clock: some ten times what the longest list takes."""
RETRY = [("Retry-After", "10")]
BROKEN = "The list broke off; nothing of it may be used. Try again."

_log = logging.getLogger(__name__)


def post_check_stream() -> Response:
    """Take in a list and answer it as one stream; every refusal comes before the first byte of the answer."""
    key, site = admit(Scope.CHECK)
    question = read_stream_question(site, key)
    links = _make_link_maker(site, key, question.purpose) if question.links else None
    resources = find_wiring().resources
    folder = resources.database.folder
    with ExitStack() as open_things:
        try:
            open_things.enter_context(take_list_place(folder, site.id))
            body = open_things.enter_context(hold_list(_receive(), folder))
            rows = _read_rows(body, question.read, question.purpose, zipped=question.zipped)
        except TooManyLists as fault:
            raise Problem(503, "lists_too_many", f"{fault}; try again later.".capitalize(), RETRY) from None
        except ListFault as fault:
            raise Problem(413 if fault.code == "too_large" else 422, fault.code, f"{fault}.") from None
        check = open_things.enter_context(open_list_check(resources, site, question.purpose))
        answers = _ListAnswers(site.id, question, check, links)
        response = Response(answers.stream(rows), content_type=answers.lines.content_type)
        response.headers["Cache-Control"] = "no-store"
        response.call_on_close(open_things.pop_all().close)
        return response


def _receive() -> Iterator[bytes]:
    request.max_content_length = MAX_BYTES
    received = 0
    for piece in read_pieces(request.stream):
        received += len(piece)
        yield piece
    require_whole(received)


def _read_rows(body: Iterator[bytes], read: Read, purpose: Purpose, *, zipped: bool) -> Iterator[AskedRow]:
    return read(gunzip(body, MAX_BYTES) if zipped else body, purpose)


def _make_link_maker(site: Site, key: ApiKey, purpose: Purpose) -> Callable[[str], LinkPack]:
    """Return what makes links; raises Problem 403 for a key that may not have them.

    What an order needs is nobody's to end, so its links end all else on its channel.
    """
    require_scope(key, Scope.LINKS)
    ended = purpose if purpose.decided_by_person else None
    if ended is None:
        require_all_purposes(key, "a link that ends all other messages of a channel")
    resources, origin = find_wiring().resources, find_link_origin(site)
    return make_pack_maker(resources, site, origin, purpose=ended, channel=purpose.channel, limited=key.limited)


class _ListAnswers:
    """Writes the answers of one list and counts them."""

    def __init__(
        self, site: str, question: StreamQuestion, check: ListCheck, links: Callable[[str], LinkPack] | None
    ) -> None:
        self._site = site
        self._question = question
        self._check = check
        self._links = links
        self._reasons: Counter[str] = Counter()
        self._rows = self._allowed = self._ends = 0
        self.lines = CsvLines(links=question.links) if question.csv else JsonLines()

    def stream(self, rows: Iterator[AskedRow]) -> Iterator[bytes]:
        """Write all lines; whatever goes wrong on the way ends in a summary that is not complete."""
        if self.lines.head:
            yield self.lines.head
        began = thread_time()
        try:
            while group := list(islice(rows, MAX_AT_ONCE)):
                if self._rows + len(group) > MAX_ROWS:
                    raise ListFault("too_large", f"more than {MAX_ROWS} rows")
                if thread_time() - began > MAX_WORK_SECONDS:
                    raise ListFault("too_costly", f"more work than a list of {MAX_ROWS} rows takes")
                if written := self.lines.rows(self._answer(group)):
                    yield written
            last = self._summarise()
        except ListFault as fault:
            last = self._summarise(fault.code, str(fault))
        except StorageUnavailable:
            _log.exception("a list could not be checked to its end")
            last = self._summarise("unavailable", BROKEN)
        except Exception:
            _log.exception("checking a list failed")
            last = self._summarise("internal", BROKEN)
        count_list(self._site, self._reasons)
        yield self.lines.end(last)

    def _answer(self, group: list[AskedRow]) -> list[CheckedRow]:
        kept, wanted, reasons, n = [], self._question.wanted, self._reasons, self._rows
        for row, (subject, answer, fault) in zip(group, self._check.answer(group), strict=True):
            n += 1
            if answer is None:
                reasons[INVALID] += 1
                if wanted is not True:
                    kept.append(CheckedRow(n, row.id, None, False, INVALID, error=fault))
                continue
            allowed, reason, record, since, until = answer
            reasons[reason] += 1
            if allowed:
                self._allowed += 1
                if until and (until < self._ends or not self._ends):
                    self._ends = until
            if wanted is None or wanted is allowed:
                kept.append(
                    CheckedRow(
                        n,
                        row.id,
                        subject,
                        allowed,
                        reason,
                        record,
                        make_datetime(since) if since else None,
                        make_datetime(until) if until else None,
                    )
                )
                if self._links and allowed and subject:
                    kept[-1].add_links(self._links(subject))
        self._rows = n
        return kept

    def _summarise(self, code: str = "", detail: str = "") -> ListSummary:
        invalid = self._reasons[INVALID]
        summary = ListSummary(
            purpose=self._question.purpose.key,
            rows=self._rows,
            allowed=self._allowed,
            denied=self._rows - self._allowed - invalid,
            invalid=invalid,
            duplicates=self._check.repeats,
            as_of=self._check.as_of,
            valid_until=make_datetime(self._ends) if self._ends else None,
            complete=not code,
        )
        if code:
            summary.code, summary.detail = code, detail
        return summary


def check_stream_blueprint() -> Blueprint:
    """Serve the check of lists."""
    return make_api_routes("check_stream", ("POST", "/v1/check/stream", post_check_stream))
