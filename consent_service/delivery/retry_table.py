"""Retry tables: when a delivery is tried again, and when it is given up."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from consent_service.delivery.outcome import DeliveryOutcome
from consent_service.domain.basics.moment import DAY, EPOCH, HOUR, MINUTE, SECOND

WEBHOOK_DELAYS = (0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)))
"""The wait before each attempt; in all some three days."""
MAIL_DELAYS = (0, MINUTE, 5 * MINUTE, 15 * MINUTE, *(hours * HOUR for hours in (1, 4, 8, 12, 18)))
"""The wait before each attempt; in all under 48 hours."""
THROTTLE = 5 * MINUTE
"""The least wait when a receiver asks for less at a time."""
JITTER = 0.1
"""By which part of itself a wait may grow, so that what failed together does not come back together."""

Randomness = Callable[[int], bytes]


def plan_next_attempt(attempts: int, outcome: DeliveryOutcome, now: int, randomness: Randomness) -> int | None:
    """Tell when to post again after that many attempts, in microseconds; None where it is given up."""
    if outcome.gone or attempts >= len(WEBHOOK_DELAYS):
        return None
    asked = max(wait_asked(outcome.retry_after, now), THROTTLE if outcome.throttled else 0)
    return now + _spread(max(WEBHOOK_DELAYS[attempts], asked), randomness)


def plan_next_mail_attempt(attempts: int, now: int, randomness: Randomness, *, permanent: bool) -> int | None:
    """Tell when to send again after that many attempts, in microseconds; None where it is given up."""
    if permanent or attempts >= len(MAIL_DELAYS):
        return None
    return now + _spread(MAIL_DELAYS[attempts], randomness)


def wait_asked(retry_after: str, now: int) -> int:
    """Read a Retry-After header (RFC 9110, 10.2.3) as microseconds to wait, at most a day; 0 where it says nothing."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(int(retry_after) * SECOND, DAY) if len(retry_after) < 7 else DAY
    try:
        at = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0
    wait = int((at - EPOCH).total_seconds()) * SECOND - now if at.tzinfo else 0
    return min(max(wait, 0), DAY)


def _spread(wait: int, randomness: Randomness) -> int:
    return wait + int(wait * JITTER * int.from_bytes(randomness(4)) / 2**32)
