"""Feeding: the changes of a site in the order of their commits, page by page, for programs that follow them."""

from typing import NamedTuple

from consent_service.domain.api_key import ApiKey
from consent_service.domain.feed.feed_change import FeedChange
from consent_service.domain.feed.feed_cursor import CursorLost
from consent_service.domain.site.purpose import Channel
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import ChangeKind
from consent_service.services.resources import Resources
from consent_service.storage.changes import find_head, list_changes_after
from consent_service.storage.engine.epoch import find_epoch


class FeedPage(NamedTuple):
    """Changes, the number of the last one that was looked at, shown or not, and that of the newest there is."""

    changes: tuple[FeedChange, ...]
    next: int
    head: int


def read_changes(
    resources: Resources, site: Site, key: ApiKey, after: int, most: int, channel: Channel | None
) -> FeedPage:
    """Read the changes that follow a number and that a key may see; raises CursorLost.

    Of the rows, at most ``most`` are looked at. A channel leaves out decisions about other channels; what holds for
    every channel, and a purpose that is not in the site file any more, is always shown.
    """
    # The newest first: what is committed in between is then among the rows, and no gap.
    newest = find_head(resources.database, site.id)
    rows = list_changes_after(resources.database, site.id, after, most)
    if (rows[0].seq if rows else newest + 1) != after + 1:
        raise CursorLost("The changes after this cursor are not kept any more.")
    shown = tuple(row for row in rows if _is_shown(site, key, channel, row))
    following = rows[-1].seq if rows else after
    return FeedPage(shown, following, max(newest, following))


def find_feed_epoch(resources: Resources) -> int:
    """Tell of which epoch the numbers of changes are."""
    return find_epoch(resources.database)


def find_newest_change(resources: Resources, site: Site) -> int:
    """Tell the number of the newest change."""
    return find_head(resources.database, site.id)


def _is_shown(site: Site, key: ApiKey, channel: Channel | None, row: FeedChange) -> bool:
    """Leave out what an erasure has emptied, and decisions that are not asked for or not to be seen."""
    if row.kind != ChangeKind.DECISION:
        return bool(row.kind)
    purpose = site.purpose_by_key.get(row.name)
    return key.sees(row.name) and (channel is None or purpose is None or purpose.channel == channel)
