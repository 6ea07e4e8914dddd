"""What becomes of a text that is read as an address."""

from collections.abc import Callable

from consent_service.domain.errors import AddressFault
from consent_service.domain.subject.subject import Address


def outcome(read: Callable[..., Address], *text: str) -> Address | str:
    """Read, and give the address or the code of the fault."""
    try:
        return read(*text)
    except AddressFault as fault:
        return fault.code
