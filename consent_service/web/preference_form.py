"""The preference form: each purpose with what is chosen for it now."""

from collections.abc import Mapping

from consent_service.domain.decision import Decision, State
from consent_service.domain.purpose import Kind, Purpose
from consent_service.domain.site import Site
from consent_service.web.page_models import PurposeView


def form_context(
    site: Site, current: Mapping[str, Decision], *, signal: bool, kept: Mapping[str, bool] | None = None
) -> dict[str, list[PurposeView]]:
    """Sort the cookie purposes of a site into those asked, sensitive ones apart, and those always on.

    ``kept`` are answers of a form that is shown again with its errors; they stand in place of what is stored.
    """

    def view(purpose: Purpose) -> PurposeView:
        decision = current.get(purpose.key)
        covered = signal and purpose.signal
        granted = decision is not None and decision.state == State.GRANTED and (decision.signalled or not covered)
        return PurposeView(
            purpose=purpose,
            granted=(kept or {}).get(purpose.key, granted),
            decided=decision is not None,
            covered=covered,
        )

    asked = [view(purpose) for purpose in site.cookie_purposes]
    return {
        "purposes": [one for one in asked if not one.purpose.sensitive],
        "sensitive": [one for one in asked if one.purpose.sensitive],
        "necessary": [view(p) for p in site.purposes if p.kind is Kind.COOKIES and not p.asked],
    }
