"""Named purposes: which messages of a site a request of the JSON API is about."""

from collections.abc import Sequence

from consent_service.domain.api_key import ApiKey
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.web.frame.problems import Problem


def find_named_purposes(
    site: Site, key: ApiKey, keys: Sequence[str] | None, topics: Sequence[str] | None, channel: Channel | None
) -> tuple[Purpose, ...]:
    """Find purposes by their keys, or by their topics and a channel, in the order of the site file.

    Raises Problem 403 for one that the key may not see, and 422 for a name that the site does not have or for neither
    or both ways of naming.
    """
    if (keys is None) == (topics is None) or (topics is None) != (channel is None):
        raise Problem(422, "purposes_missing", "Send either 'purposes', or 'topics' with their 'channel'.")
    given = keys if keys is not None else topics or ()
    names = {p.key if keys is not None else p.topic_name: p for p in _offered(site, channel)}
    for name in given:
        if name not in names:
            raise Problem(422, "purpose_unknown", f"The site has no messages named {name[:64]!r} to say yes or no to.")
        if not key.sees(names[name].key):
            raise Problem(403, "purpose_not_visible", f"This key may not see the purpose {names[name].key!r}.")
    return tuple(purpose for name, purpose in names.items() if name in given)


def _offered(site: Site, channel: Channel | None) -> Sequence[Purpose]:
    return [p for p in site.message_purposes if channel is None or p.channel is channel]
