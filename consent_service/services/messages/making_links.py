"""Linking: the headers and links of a message for one recipient after another."""

from collections.abc import Callable

from consent_service.domain.messages.link_pack import LinkPack, MailingList, make_mailing_list
from consent_service.domain.messages.link_token import LinkKind, LinkToken, make_purpose_code, write_token
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources


def make_pack_maker(
    resources: Resources, site: Site, origin: str, *, purpose: Purpose | None, channel: Channel | None, limited: bool
) -> Callable[[str], LinkPack]:
    """Return what makes the pack for the subject of a key, with links that lead to this origin.

    The links end the purpose, else all messages of the channel, else everything. Limited ones end the purpose alone,
    whatever becomes of it, and none leads to the preference centre, where everything can be seen and stopped.
    """
    secrets = resources.keys.secrets.links
    reach = purpose.channel if purpose else channel
    code = make_purpose_code(purpose.key) if purpose else 0
    host = site.messages.unsubscribe_host if site.messages else ""
    shared = (
        make_mailing_list(site, purpose, origin)
        if purpose
        else MailingList(origin=origin, list_id="", unsubscribe_host=host)
    )

    def make(subject: str) -> LinkPack:
        unsubscribe = write_token(secrets, site.id, LinkToken(LinkKind.UNSUBSCRIBE, subject, reach, code, limited))
        if limited:
            return shared.pack(unsubscribe, None)
        return shared.pack(unsubscribe, write_token(secrets, site.id, LinkToken(LinkKind.PREFERENCES, subject)))

    return make
