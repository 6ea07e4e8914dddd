"""Page models: what the templates are given besides site, language and texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with a form, and the field it belongs to."""

    field: str
    message: str

    @property
    def anchor(self) -> str:
        """The id of the element to jump to."""
        return self.field.replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """One decision in the visitor's language."""

    title: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A record as a page shows it; times in microseconds."""

    id: str
    number: str
    at: int
    method: str
    actor: str
    decisions: list[DecisionView]
    notice: str
    policy: str
    valid_until: int
    kid: str
    signed: str
