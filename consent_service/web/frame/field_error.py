"""A fault of a form as a page shows it."""

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
