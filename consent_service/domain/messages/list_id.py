"""List-Id: the name by which mail programs know the messages of one topic (RFC 2919)."""

from consent_service.domain.basics.web_origin import is_domain
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site

MAX_LENGTH = 255
"""The longest List-Id in octets, with its angle brackets."""


def find_list_host(site: Site) -> str:
    """Tell the host that ends the List-Ids of a site: the one it names, else that of its first https origin."""
    if site.messages and site.messages.list_host:
        return site.messages.list_host
    hosts = (text.removeprefix("https://").partition(":")[0] for text in site.origins if text.startswith("https://"))
    return next(filter(is_domain, hosts), "")


def write_list_id(site: Site, purpose: Purpose) -> str:
    """Write the List-Id of a purpose, without angle brackets."""
    return f"{purpose.topic_name}.{find_list_host(site)}"
