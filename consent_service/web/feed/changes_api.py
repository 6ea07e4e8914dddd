"""The changes API: the feed of everything that changed, for programs that keep their own lists in step."""

from collections.abc import Callable, Mapping

import msgspec
from flask import Blueprint, Response, request

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import write_time, write_time_or_none
from consent_service.domain.feed.feed_change import FeedChange
from consent_service.domain.feed.feed_cursor import BEGINNING, CursorLost, FeedPlace, read_cursor, write_cursor
from consent_service.domain.identifier import read_subject_key
from consent_service.domain.site.purpose import Channel
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import ChangeKind
from consent_service.services.feed.reading_feed import (
    FeedPage,
    find_feed_epoch,
    find_newest_change,
    read_changes,
)
from consent_service.web.api.api_operation import (
    ApiOperation,
    describe_choice,
    describe_query_parameter,
    describe_whole_number,
)
from consent_service.web.api.api_request import (
    admit,
    answer_json,
    answer_nothing,
    make_api_routes,
    read_number,
    read_parameters,
)
from consent_service.web.feed.feed_wait import FEED_WAIT, FeedWait
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

MAX_ROWS, USUAL = 5000, 1000
MAX_WAIT = 30
PARAMETERS = ("after", "limit", "channel", "wait")
AT_ONCE, AGAIN = "0", "1"
"""Seconds after which to ask again where nothing new was there: after a wait, and where no thread could be spared."""


class ChangeItem(msgspec.Struct, kw_only=True):
    """One change of what holds for a subject; ``seq`` goes up by one from change to change of a site.

    ``kind`` is decision, block, stop, pause or erasure. A decision names its purpose with channel and topic, a block
    and an erasure their ``block``. ``from`` and ``to`` are states; of a stop and a pause they are times, empty for
    none. ``reason`` is the method of the act, ``at`` when it was recorded and ``act_at`` when it happened.
    """

    seq: int
    at: str
    act_at: str
    subject: str
    ref: str | None
    kind: str
    purpose: str | None
    block: str | None
    channel: str | None
    topic: str | None
    before: str = msgspec.field(name="from")
    after: str = msgspec.field(name="to")
    valid_until: str | None
    reason: str
    source: str
    record: str | None


class ChangesAnswer(msgspec.Struct, kw_only=True):
    """Changes in the order of their commits, and the cursor to go on from.

    ``head`` is the number of the newest change. A page may be shorter than the limit although ``has_more`` is true.
    """

    items: list[ChangeItem]
    next: str
    has_more: bool
    head: int


def get_changes() -> Response:
    """Answer with the changes after a cursor; waits for the next one where there is none and a thread to spare."""
    key, site = admit(Scope.FEED)
    given = read_parameters(PARAMETERS)
    epoch = find_feed_epoch(find_wiring().resources)
    after, channel = _read_after(site, given, epoch), _read_channel(given)
    most, seconds = read_number(given, "limit", USUAL, 1, MAX_ROWS), read_number(given, "wait", 0, 0, MAX_WAIT)
    wired = find_wiring()

    def read(start: int) -> FeedPage:
        try:
            return read_changes(wired.resources, site, key, start, most, channel)
        except CursorLost as lost:
            raise _report_lost(lost) from None

    page, waited = read(after), False
    server: FeedWait | None = request.environ.get(FEED_WAIT)
    if seconds and server and _is_empty(page):
        if not server.has_room(site.id):
            return _answer_nothing_new(site, FeedPlace(epoch, page.next), AGAIN)
        server.ask(site.id, page.next, seconds)
        return _answer_nothing_new(site, FeedPlace(epoch, page.next), AT_ONCE)
    if seconds and _is_empty(page):
        page, waited = _wait_for_change(site, seconds, page, read)
        if _is_empty(page):
            return _answer_nothing_new(site, FeedPlace(epoch, page.next), AT_ONCE if waited else AGAIN)
    return answer_json(
        ChangesAnswer(
            items=[_describe_change(site, change) for change in page.changes],
            next=write_cursor(site.id, FeedPlace(epoch, page.next)),
            has_more=page.next < page.head,
            head=page.head,
        )
    )


def _is_empty(page: FeedPage) -> bool:
    return not page.changes and page.next == page.head


def _wait_for_change(
    site: Site, seconds: int, page: FeedPage, read: Callable[[int], FeedPage]
) -> tuple[FeedPage, bool]:
    """Wait for a change that the key may see, over those that it may not, and say whether that was possible."""
    latest = page

    def found() -> bool:
        nonlocal latest
        if find_newest_change(find_wiring().resources, site) > latest.next:
            latest = read(latest.next)
        return bool(latest.changes)

    waited = find_wiring().long_polls.wait(seconds, found)
    return latest, waited


def _answer_nothing_new(site: Site, place: FeedPlace, again: str) -> Response:
    headers = {"Retry-After": again, "Consent-Cursor": write_cursor(site.id, place)}
    return answer_nothing(headers)


def _describe_change(site: Site, change: FeedChange) -> ChangeItem:
    decided = change.kind == ChangeKind.DECISION
    purpose = site.purpose_by_key.get(change.name) if decided else None
    return ChangeItem(
        seq=change.seq,
        at=write_time(change.at),
        act_at=write_time(change.act_at),
        subject=read_subject_key(change.principal),
        ref=change.ref,
        kind=change.kind,
        purpose=change.name if decided else None,
        block=change.name if change.kind in (ChangeKind.BLOCK, ChangeKind.ERASURE) else None,
        channel=purpose.channel if purpose else None,
        topic=purpose.topic_name if purpose else None,
        before=change.before,
        after=change.after,
        valid_until=write_time_or_none(change.until),
        reason=change.method,
        source=change.source,
        record=change.record,
    )


def _read_after(site: Site, given: Mapping[str, str], epoch: int) -> int:
    try:
        return read_cursor(site.id, given.get("after", BEGINNING), epoch)
    except CursorLost as lost:
        raise _report_lost(lost) from None
    except ValueError as fault:
        raise Problem(404, "cursor_unknown", f"after: {fault}.") from None


def _report_lost(lost: CursorLost) -> Problem:
    return Problem(410, "cursor_too_old", f"{lost} Start again with GET /v1/export.")


def _read_channel(given: Mapping[str, str]) -> Channel | None:
    text = given.get("channel")
    if text is None:
        return None
    if text not in list(Channel):
        raise Problem(400, "channel_unknown", f"channel: expected one of {', '.join(Channel)}.")
    return Channel(text)


def changes_blueprint() -> Blueprint:
    """Serve the feed."""
    return make_api_routes("changes_api", ("GET", "/v1/changes", get_changes))


OPERATIONS = (
    ApiOperation(
        path="/v1/changes",
        method="GET",
        name="readChanges",
        summary="What has changed since",
        description=(
            "Gap-free, in the order of the commits. Go on with `next` as `after`. With `wait`, nothing new is 204, "
            "whose `Consent-Cursor` is the cursor to go on from; ask again after `Retry-After`."
        ),
        scope=Scope.FEED,
        answer=ChangesAnswer,
        empty=(204,),
        errors=(400, 404, 410),
        parameters=(
            describe_query_parameter(
                "after",
                "A cursor from an earlier answer or an export; 0 for the beginning.",
                {"type": "string", "pattern": "^(0|[A-Za-z0-9_-]{19}|[A-Za-z0-9_-]{28})$"},
            ),
            describe_query_parameter("limit", "Most rows looked at.", describe_whole_number(1, MAX_ROWS, USUAL)),
            describe_query_parameter("channel", "Leave out decisions about other channels.", describe_choice(Channel)),
            describe_query_parameter(
                "wait",
                "Seconds to wait for something new, where the server has room for one more who waits.",
                describe_whole_number(0, MAX_WAIT, 0),
            ),
        ),
    ),
)
