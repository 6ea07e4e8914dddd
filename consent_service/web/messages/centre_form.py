"""The form of the preference centre: what was posted, read once and strictly."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from consent_service.domain.basics.moment import DAY, EPOCH, make_datetime
from consent_service.services.messages.adjusting_preferences import Adjustment
from consent_service.web.visitor.choice_form import RADIO_PREFIX

STOP_ALL, SAVE = "stop_all", "save"
MAX_DAYS = 365
ANSWERS = {"no": False, "yes": True}


class CentreForm(NamedTuple):
    """What a person asks for, and what is wrong with it: field and text key."""

    stops_all: bool
    adjustment: Adjustment
    pause_entered: str
    faults: tuple[tuple[str, str], ...] = ()


def read_centre_form(
    fields: MultiDict[str, str], shown: Collection[str], *, now: int, paused_until: int | None
) -> CentreForm:
    """Read the form of somebody to whom these purposes are shown.

    A purpose that the form does not say it displayed is left out. Stopping everything counts whatever else was sent.
    """
    buttons = set(fields.getlist("act"))
    if STOP_ALL in buttons:
        return CentreForm(True, Adjustment({}), "")
    faults = [] if buttons == {SAVE} else [("topics", "choice.unknown" if buttons else "choice.missing")]
    answers: dict[str, bool] = {}
    for key in shown:
        given = set(fields.getlist(f"{RADIO_PREFIX}{key}")) if key in fields.getlist("shown") else set[str]()
        if len(given) > 1:
            faults.append((f"{RADIO_PREFIX}{key}", "choice.both_answers"))
        elif given - set(ANSWERS):
            faults.append((f"{RADIO_PREFIX}{key}", "choice.unknown_answer"))
        elif given:
            answers[key] = ANSWERS[given.pop()]
    entered = fields.get("pause_until", "").strip()
    until, fault = (0, "") if fields.get("pause_end") else _read_pause(entered, now, paused_until)
    if fault:
        faults.append(("pause", f"centre.{fault}"))
    return CentreForm(False, Adjustment(answers, until), entered, tuple(faults))


def write_pause_day(paused_until: int | None) -> str:
    """Write the last day of a pause as the field has it."""
    return make_datetime(paused_until).date().isoformat() if paused_until else ""


def find_pause_limits(now: int) -> tuple[date, date]:
    """Tell the first and the last day until which a pause may be asked for: tomorrow, and in a year."""
    today = make_datetime(now).date()
    return today + timedelta(days=1), today + timedelta(days=MAX_DAYS)


def _read_pause(entered: str, now: int, paused_until: int | None) -> tuple[int | None, str]:
    """Read a day as the time at which it ends, UTC; None for no change. The text is the code of what is wrong."""
    if not entered or entered == write_pause_day(paused_until):
        return None, ""
    try:
        day = date.fromisoformat(entered)
    except ValueError:
        return None, "pause_malformed"
    first, last = find_pause_limits(now)
    if not first <= day <= last:
        return None, "pause_past" if day < first else "pause_too_far"
    return ((day - EPOCH.date()).days + 1) * DAY - 1, ""
