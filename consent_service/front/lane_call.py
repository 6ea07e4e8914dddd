"""Calls in a lane: what may wait for the database is called by a thread, and what comes of it met on the loop."""

from collections.abc import Callable
from typing import TypeVar

from consent_service.domain.errors import ConsentError
from consent_service.front.handover import Handover
from consent_service.front.lane import Lane

Result = TypeVar("Result")


async def call_in_lane(lane: Lane | None, act: Callable[[], Result]) -> Result:
    """Have a thread of a lane call something, or call it at once without a lane; raises what it raises, or LaneFull."""
    if lane is None:
        return act()
    handover: Handover[Result] = Handover()

    def call() -> None:
        try:
            result = act()
        except ConsentError as error:
            handover.fail(error)
        else:
            handover.settle(result)

    lane.submit(call)
    return await handover.wait()
