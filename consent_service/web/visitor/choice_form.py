"""The choice form: what a browser posts, read once and strictly."""

from collections.abc import Iterable, Mapping

from flask import Request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import Length, Regexp

from consent_service.domain.errors import ChoiceFault
from consent_service.domain.visitor.choice import Submission, read_submission
from consent_service.web.frame.form_guard import MAX_FIELDS, require_form

RADIO_PREFIX = "p."


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    """The fixed fields; origin checks guard this form, because a token would need a cookie before any choice."""

    class Meta:
        """Switch the session token off: it belongs to the operator's pages."""

        csrf = False

    notice = StringField(validators=[Regexp(r"\A[0-9a-f]{64}\Z")])
    confirmed = StringField(validators=[Length(max=200)])

    def valid(self, name: str) -> str:
        """Return a field's text, or nothing where it cannot be what we sent."""
        field = self[name]
        return field.data if field.data and field.validate(self) else ""


def read_form(request: Request) -> tuple[ChoiceForm, Submission]:
    """Read a posted choice; raises what ``require_form`` and ``read_choice`` raise."""
    require_form(request)
    submission = read_choice(dict(request.form.lists()))
    # Given the fields alone: by itself the form would take an uploaded file for a text.
    return ChoiceForm(request.form), submission


def read_choice(fields: Mapping[str, list[str]]) -> Submission:
    """Read the fields of a choice; raises ChoiceFault for a form that is empty, overfull or contradictory."""
    if sum(map(len, fields.values())) > MAX_FIELDS:
        raise ChoiceFault("choice.too_many_fields")
    if len(set(fields.get("notice", ()))) > 1:
        raise ChoiceFault("choice.contradictory")
    return read_submission(fields.get("choice", ()), fields.get("p", ()), _collect_radios(fields.items()))


def list_restated_fields(fields: MultiDict[str, str], return_path: str) -> list[tuple[str, str]]:
    """List the fields that say the same choice again, for a page with one button."""
    again = [(name, value) for name in ("choice", "notice", "p") for value in fields.getlist(name)]
    again += [
        (RADIO_PREFIX + key, value) for key, values in _collect_radios(fields.lists()).items() for value in values
    ]
    return [*again, ("return", return_path)]


def read_answers(fields: MultiDict[str, str]) -> dict[str, bool]:
    """Read back what a form said for each purpose, so that it can be shown again as it was."""
    given = {key: "yes" in values for key, values in _collect_radios(fields.lists()).items()}
    return given | dict.fromkeys(fields.getlist("p"), True)


def _collect_radios(fields: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Collect the answers by purpose; a part of a multipart body may come without a name."""
    return {
        name.removeprefix(RADIO_PREFIX): values for name, values in fields if name and name.startswith(RADIO_PREFIX)
    }
