"""A choice: what a submitted form means for each purpose that was on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from consent_service.domain.decision import Decision, Method, State
from consent_service.domain.errors import ChoiceFault
from consent_service.domain.purpose import Purpose


class Button(StrEnum):
    """What a person pressed."""

    ACCEPT = "accept"
    REJECT = "reject"
    SAVE = "save"
    WITHDRAW = "withdraw"


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
class Outcome:
    """What to record: one state for each purpose that was on the form, and the method."""

    method: Method
    states: dict[str, State]


def read_submission(buttons: Sequence[str], ticked: Sequence[str], radios: Mapping[str, Sequence[str]]) -> Submission:
    """Read the fields of a form: ``choice`` values, ``p`` values, and ``p.<key>`` radios (yes or no).

    Raises ChoiceFault where no button or several were sent, or where a purpose is both yes and no.
    """
    if not any(buttons):
        raise ChoiceFault("choice.missing")
    if len(set(buttons)) != 1 or buttons[0] not in list(Button):
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


def interpret(
    submission: Submission,
    shown: Sequence[Purpose],
    current: Mapping[str, Decision],
    *,
    signal: bool,
    dropped: Collection[str] = (),
) -> Outcome:
    """Turn a submission into one state for each purpose that was on the form.

    Accept all never covers a sensitive purpose, nor one that the browser's signal covers: those need a yes of
    their own. A no to something granted is a withdrawal. ``dropped`` were on an older form and are asked no more:
    nothing is recorded for them. Raises ChoiceFault for a purpose that was not shown.
    """
    keys = {purpose.key for purpose in shown}
    if stray := (submission.yes | submission.no) - keys - set(dropped):
        raise ChoiceFault("choice.unknown_purpose", f"p.{min(stray)}")
    match submission.button:
        case Button.ACCEPT:
            own = [p.key for p in shown if not p.sensitive and not (signal and p.signal)]
            return Outcome(Method.ACCEPT_ALL, dict.fromkeys(own, State.GRANTED))
        case Button.REJECT:
            return Outcome(Method.REFUSE_ALL, {key: _no(current.get(key)) for key in sorted(keys)})
        case Button.WITHDRAW:
            chosen = (submission.yes or keys) & keys
            method = Method.WITHDRAW if submission.yes else Method.WITHDRAW_ALL
            return Outcome(method, dict.fromkeys(sorted(chosen), State.WITHDRAWN))
    states = {key: State.GRANTED if key in submission.yes else _no(current.get(key)) for key in sorted(keys)}
    return Outcome(Method.SAVE, states)


def _no(decision: Decision | None) -> State:
    granted = decision is not None and decision.state in (State.GRANTED, State.WITHDRAWN)
    return State.WITHDRAWN if granted else State.REFUSED
