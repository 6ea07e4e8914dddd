"""What became of a form of the preference centre: told on the page, and kept in its address for another language."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from consent_service.services.messages.adjusting_preferences import Adjusted, Centre
from consent_service.web.frame.visit import Visit
from consent_service.web.frame.wiring import find_wiring

SAVED, CHANGED, STOPPED_ALL, PAUSE = "saved", "changed", "stopped_all", "pause"
LISTS = ("stopped", "awaiting", "unsent")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """What became of a form, with the titles of the topics; ``paused_until`` in microseconds where that changed."""

    stopped_all: bool
    stopped: list[str]
    awaiting: list[str]
    unsent: list[str]
    paused_until: int | None
    pause_ended: bool
    changed: bool


def find_pause(centre: Centre, now: int) -> int | None:
    """Tell until when a pause lasts that is not over."""
    until = centre.standing.paused_until
    return until if until and until > now else None


def make_result_view(
    visit: Visit, adjusted: Adjusted, *, stopped_all: bool, pause_changed: bool, now: int | None
) -> ResultView:
    """Tell what became of a form; ``now`` is the end of the pause that lasts."""

    def titles(keys: Iterable[str]) -> list[str]:
        return [visit.site.purpose_by_key[key].title[visit.language] for key in keys]

    return ResultView(
        stopped_all=stopped_all,
        stopped=titles(adjusted.stopped),
        awaiting=titles(adjusted.awaiting),
        unsent=titles(adjusted.unsent),
        paused_until=now if pause_changed else None,
        pause_ended=pause_changed and not now,
        changed=adjusted.changed,
    )


def write_result(adjusted: Adjusted, *, stopped_all: bool, pause_changed: bool) -> str:
    """Write what became of a form as a query."""
    words = {SAVED: True, CHANGED: adjusted.changed, STOPPED_ALL: stopped_all, PAUSE: pause_changed}
    named = [(name, key) for name in LISTS for key in getattr(adjusted, name)]
    return urlencode([*(("result", word) for word, holds in words.items() if holds), *named])


def read_result(visit: Visit, centre: Centre, query: MultiDict[str, str]) -> ResultView | None:
    """Read what became of a form from a query; a stop is told only where it still holds, whatever the query says."""
    words = query.getlist("result")
    if SAVED not in words:
        return None
    held = {topic.purpose.key for topic in centre.topics if topic.yes}
    lists = {name: [key for key in query.getlist(name) if key in visit.site.purpose_by_key] for name in LISTS}
    adjusted = Adjusted(
        CHANGED in words,
        tuple(key for key in lists["stopped"] if key not in held),
        tuple(lists["awaiting"]),
        tuple(lists["unsent"]),
    )
    stopped_all = STOPPED_ALL in words and centre.standing.stopped_at is not None
    now = find_pause(centre, find_wiring().resources.clock())
    return make_result_view(visit, adjusted, stopped_all=stopped_all, pause_changed=PAUSE in words, now=now)
