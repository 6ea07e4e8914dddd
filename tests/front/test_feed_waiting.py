"""Requests for changes wait on the loop, and no site takes the seats of the others."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from consent_service.front.feed_waiting import FeedWaiting
from consent_service.web.feed.feed_wait import FeedWait


def ask(feed, site):
    wait = FeedWait(has_room=feed.has_room)
    wait.ask(site, 1, 60)
    return wait


async def find_one(_):
    return 1


async def fill(feed):
    """Let one site wait as often as it may, then say who has room, before and after they have left."""
    left = asyncio.get_running_loop().create_future()
    waiting = []
    while feed.has_room("greedy"):
        waiting.append(asyncio.ensure_future(feed.wait(ask(feed, "greedy"), left, 60)))
        await asyncio.sleep(0)
    others = feed.has_room("other")
    left.set_result(None)
    await asyncio.gather(*waiting)
    return len(waiting), others, feed.has_room("greedy")


def test_a_site_gets_half_of_the_seats_and_gives_them_back():
    feed = FeedWaiting(find_one, 6, lambda: False)
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, fill(feed)).result() == (3, True, True)
