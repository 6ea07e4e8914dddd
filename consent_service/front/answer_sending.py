"""Sending an answer that is whole, to a client that has to take it in time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from consent_service.front.wsgi_run import WholeAnswer

Send = Callable[[dict[str, Any]], Awaitable[None]]

SEND_SECONDS = 30.0
NEVER_WAITS = 65_536
"""The server takes as many bytes of an answer at once, whatever its client does."""


async def send_answer(send: Send, answer: WholeAnswer) -> None:
    """Send an answer; a client that does not take it in time is let go, by an error that closes its connection."""
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    body = {"type": "http.response.body", "body": answer.body}
    if len(answer.body) <= NEVER_WAITS:
        await send(start)
        await send(body)
        return
    async with asyncio.timeout(SEND_SECONDS):
        await send(start)
        await send(body)
