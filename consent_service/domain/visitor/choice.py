"""A choice: what a submitted form means for each purpose that was on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from consent_service.domain.errors import ChoiceFault
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.site.purpose import Purpose


class Button(StrEnum):
    """What a person pressed."""

    ACCEPT = "accept"
    REJECT = "reject"
    SAVE = "save"
    WITHDRAW = "withdraw"


BUTTONS = frozenset(Button)


@dataclass(frozen=True, slots=True)
class Submission:
    """A choice form as it was sent: the button, the purposes said yes to, and those said no to by name."""

    button: Button
    yes: frozenset[str]
    no: frozenset[str]

    @property
    def grants(self) -> bool:
        """Say whether the submission can allow anything."""
        return self.button is Button.ACCEPT or (self.button is Button.SAVE and bool(self.yes))


@dataclass(frozen=True, slots=True)
class ChoiceOutcome:
    """What to record: one state for each purpose that was on the form, and the method."""

    method: Method
    states: dict[str, State]


def read_submission(buttons: Sequence[str], ticked: Sequence[str], radios: Mapping[str, Sequence[str]]) -> Submission:
    """Read the fields of a form: ``choice`` values, ``p`` values, and ``p.<key>`` radios (yes or no).

    Raises ChoiceFault where no button or several were sent, or where a purpose is both yes and no.
    """
    if not any(buttons):
        raise ChoiceFault("choice.missing")
    if len(set(buttons)) != 1 or buttons[0] not in BUTTONS:
        raise ChoiceFault("choice.contradictory" if len(set(buttons)) > 1 else "choice.unknown")
    values = {key: set(given) for key, given in radios.items()}
    for key, given in values.items():
        if not given <= {"yes", "no"}:
            raise ChoiceFault("choice.unknown_answer", f"p.{key}")
    yes = frozenset(ticked) | {key for key, given in values.items() if "yes" in given}
    no = frozenset(key for key, given in values.items() if "no" in given)
    button = Button(buttons[0])
    if button is Button.SAVE and yes & no:
        raise ChoiceFault("choice.both_answers", f"p.{min(yes & no)}")
    if button is Button.ACCEPT and ticked:
        raise ChoiceFault("choice.contradictory")
    return Submission(button, yes, no)


def interpret_submission(
    submission: Submission,
    shown: Sequence[Purpose],
    current: Mapping[str, Decision],
    *,
    signal: bool,
    dropped: Collection[str] = (),
) -> ChoiceOutcome:
    """Turn a submission into one state for each purpose that was on the form.

    Accepting all leaves out what needs a yes of its own, unless the form holds that yes; a no to such a purpose takes
    back an earlier yes. A no to something granted is a withdrawal. ``dropped`` were on an older form and are asked no
    more: a no to them counts, a yes does not. Raises ChoiceFault for a purpose that was not shown.
    """
    keys = {purpose.key for purpose in shown}
    every = keys | set(dropped)
    yes, no = submission.yes & keys, submission.no
    granted: set[str]
    refused: set[str]
    if stray := (submission.yes | no) - every:
        raise ChoiceFault("choice.unknown_purpose", f"p.{min(stray)}")
    match submission.button:
        case Button.ACCEPT:
            method = Method.ACCEPT_ALL
            granted = {p.key for p in shown if p.key in yes - no or not p.needs_own_yes(signal=signal)}
            refused = {key for key in no - granted if _choose_no(current.get(key)) is State.WITHDRAWN}
        case Button.REJECT:
            method, granted, refused = Method.REFUSE_ALL, set(), every
        case Button.WITHDRAW:
            chosen = submission.yes or every
            method = Method.WITHDRAW if submission.yes else Method.WITHDRAW_ALL
            return ChoiceOutcome(method, dict.fromkeys(sorted(chosen), State.WITHDRAWN))
        case Button.SAVE:
            method, granted, refused = Method.SAVE, set(yes), every - submission.yes
    states = dict.fromkeys(granted, State.GRANTED) | {key: _choose_no(current.get(key)) for key in refused}
    return ChoiceOutcome(method, dict(sorted(states.items())))


def _choose_no(decision: Decision | None) -> State:
    granted = decision is not None and decision.state in (State.GRANTED, State.WITHDRAWN)
    return State.WITHDRAWN if granted else State.REFUSED
