"""Link scopes: what a token covers in the site file of today, which may have changed since it was mailed."""

import pytest

from consent_service.domain.messages.link_token import LinkKind, LinkToken, make_purpose_code, resolve_token
from consent_service.domain.site.purpose import Basis, Channel, Kind, Purpose
from consent_service.domain.site.site import Site
from tests.cast import change_purpose, make_purpose, make_site


def messages(key: str, channel: Channel, basis: Basis = Basis.CONSENT) -> Purpose:
    return make_purpose(key, letter="", kind=Kind.MESSAGES, channel=channel, basis=basis, cookies=())


SHOP = make_site(
    extra=[
        messages("news", Channel.EMAIL),
        messages("offers", Channel.EMAIL, Basis.SOFT_OPT_IN),
        messages("alerts", Channel.SMS),
        messages("orders", Channel.EMAIL, Basis.CONTRACT),
    ]
)
EMAIL, EVERYTHING = ["newsletter", "news", "offers"], ["newsletter", "news", "offers", "alerts"]


def covered(
    channel: Channel | None, key: str = "", site: Site = SHOP, *, limited: bool = False
) -> tuple[list[str], bool]:
    """Tell the purposes that a token for a channel and a purpose covers, and whether it stops everything."""
    code = make_purpose_code(key) if key else 0
    token = LinkToken(LinkKind.UNSUBSCRIBE, "1.AAAAAAAAAAAAAAAAAAAAAA", channel, code, limited)
    scope = resolve_token(token, site)
    return [purpose.key for purpose in scope.purposes], scope.stops_all


def test_a_token_covers_its_purpose_its_channel_or_everything():
    assert covered(Channel.EMAIL, "news") == (["news"], False)
    assert covered(None, "alerts") == (["alerts"], False)
    assert covered(Channel.EMAIL) == (EMAIL, False)
    assert covered(None) == (EVERYTHING, True)


def test_a_purpose_that_is_gone_widens_to_all_messages_of_its_channel():
    assert covered(Channel.EMAIL, "gone") == (EMAIL, False)
    assert covered(Channel.SMS, "gone") == (["alerts"], False)
    assert covered(None, "gone") == (EVERYTHING, True)


def test_a_purpose_that_moved_to_another_channel_is_gone_from_the_one_it_left():
    moved = change_purpose(SHOP, "news", channel=Channel.SMS)
    assert covered(Channel.EMAIL, "news", moved) == (["newsletter", "offers"], False)


def test_a_purpose_that_is_no_longer_the_persons_to_decide_is_gone():
    needed = change_purpose(SHOP, "news", basis=Basis.CONTRACT)
    assert covered(Channel.EMAIL, "news", needed) == (["newsletter", "offers"], False)


def test_a_token_never_comes_to_nothing():
    assert covered(Channel.POST, "letters") == (EVERYTHING, True)
    assert covered(Channel.EMAIL, "news", make_site(purposes=())) == ([], True)


@pytest.mark.parametrize(
    ("site", "keys"),
    [
        (SHOP, ["news"]),
        (change_purpose(SHOP, "news", channel=Channel.SMS), ["news"]),
        (change_purpose(SHOP, "news", basis=Basis.CONTRACT), []),
        (make_site(), []),
        (make_site(purposes=()), []),
    ],
    ids=["as it was", "moved", "not to be decided", "gone", "all gone"],
)
def test_a_limited_token_covers_its_purpose_or_nothing_whatever_becomes_of_the_site(site, keys):
    assert covered(Channel.EMAIL, "news", site, limited=True) == (keys, False)
