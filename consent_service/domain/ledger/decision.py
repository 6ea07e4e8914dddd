"""Decisions: what is stored for a purpose."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """What a person said about one purpose."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PENDING = "pending"
    EXPIRED = "expired"


class Method(StrEnum):
    """How a decision came about."""

    ACCEPT_ALL = "accept_all"
    REFUSE_ALL = "refuse_all"
    SAVE = "save"
    WITHDRAW = "withdraw"
    WITHDRAW_ALL = "withdraw_all"
    SIGNAL = "signal"
    SUBSCRIBE_REQUEST = "subscribe_request"
    SUBSCRIBE_CONFIRM = "subscribe_confirm"
    ONE_CLICK = "one_click"
    MAILTO = "mailto"
    PREFERENCE_CENTRE = "preference_centre"
    OPERATOR = "operator"
    API = "api"
    IMPORT = "import"
    EXPIRY = "expiry"
    ERASURE = "erasure"


class Decision(NamedTuple):
    """The current decision of a principal on one purpose; times in microseconds, ``valid_until`` of 0 for no end.

    ``signalled`` says that the opt-out signal was on while the person chose, so the choice overrides it.
    """

    purpose: str
    state: str
    method: str
    at: int
    valid_until: int
    record: str
    fingerprint: str
    signalled: bool
