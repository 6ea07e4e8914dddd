"""The settings form: each purpose with what is chosen for it now."""

from collections.abc import Mapping
from dataclasses import dataclass

from consent_service.domain.ledger.decision_order import Answer
from consent_service.domain.site.purpose import Kind, Purpose
from consent_service.domain.site.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeView:
    """A purpose on the settings form: whether yes is set, and whether the browser's signal covers it."""

    purpose: Purpose
    granted: bool
    covered: bool


def make_form_context(
    site: Site, answers: Mapping[str, Answer], *, signal: bool, kept: Mapping[str, bool] | None = None
) -> dict[str, list[PurposeView]]:
    """Sort the cookie purposes of a site into those asked, sensitive ones apart, and those always on.

    Yes is set only for what is allowed at present: a yes that has run out is asked for like one never given.
    ``kept`` are answers of a form that is shown again with its errors; they stand in place of the stored ones.
    """

    def view(purpose: Purpose) -> PurposeView:
        granted = purpose.key in answers and answers[purpose.key].allowed
        return PurposeView(
            purpose=purpose,
            granted=(kept or {}).get(purpose.key, granted),
            covered=signal and purpose.signal,
        )

    asked = [view(purpose) for purpose in site.cookie_purposes]
    return {
        "purposes": [one for one in asked if not one.purpose.sensitive],
        "sensitive": [one for one in asked if one.purpose.sensitive],
        "necessary": [view(p) for p in site.purposes if p.kind is Kind.COOKIES and not p.asked],
    }
