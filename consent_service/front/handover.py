"""A handover: what a thread works out, waited for on the event loop."""

import asyncio
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Handover(Generic[Result]):
    """Made on the loop and settled once by any thread; whoever waits may have gone meanwhile."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Result] = self._loop.create_future()

    def settle(self, result: Result) -> None:
        """Hand over a result."""
        self._loop.call_soon_threadsafe(self._end, self._future.set_result, result)

    def fail(self, error: Exception) -> None:
        """Hand over an error, which whoever waits meets."""
        self._loop.call_soon_threadsafe(self._end, self._future.set_exception, error)

    async def wait(self) -> Result:
        """Wait for what comes."""
        return await self._future

    def _end(self, settle: Any, value: Any) -> None:
        if not self._future.done():
            settle(value)
