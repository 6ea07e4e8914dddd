"""Every translated text of a site, with its place."""

from collections.abc import Iterator

from consent_service.domain.site.purpose import Translations
from consent_service.domain.site.site import Site


def list_translations(site: Site) -> Iterator[tuple[str, Translations]]:
    """Walk the texts that must exist in every language of the site; an impact only where there is one."""
    yield "name", site.name
    yield "policy.title", site.policy.title
    yield "policy.url", site.policy.url
    for index, purpose in enumerate(site.purposes):
        place = f"purpose[{index}]"
        yield f"{place}.title", purpose.title
        yield f"{place}.description", purpose.description
        if purpose.impact:
            yield f"{place}.impact", purpose.impact
        for number, cookie in enumerate(purpose.cookies):
            yield f"{place}.cookie[{number}].does", cookie.does
