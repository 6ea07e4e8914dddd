"""Subscription bodies: what a shop sends of a yes that it was given, and what it is told."""

from typing import Annotated

import msgspec

from consent_service.domain.site.purpose import Channel
from consent_service.web.api.api_request import Person
from consent_service.web.messages.act_fields import Evidence, EvidenceCode, Source, Time

Names = Annotated[list[str], msgspec.Meta(max_length=100)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Language = Annotated[str, msgspec.Meta(max_length=35)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ShownWording(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the person was shown: the digest of an archived `notice`, or the whole `text` and its `language`."""

    notice: Digest | None = None
    text: Text | None = None
    language: Language | None = None


class Sale(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The sale in which the address was given: when that was, and the shop's number of it."""

    at: Time
    reference: EvidenceCode


class SubscriptionBody(Person, kw_only=True, forbid_unknown_fields=True):
    """A yes to messages; the person by `email`, `phone` or `subject`, the messages by `purposes` or by `topics`.

    An empty list is no answer and changes nothing. `declined` names purposes that were offered and left unticked: no
    answer either. `at` is for a yes given earlier, where the shop itself holds the proof. `sale` and the three fields
    behind it are for soft opt-in, which needs all of them. `minor` says that the person is under the age limit.
    """

    purposes: Names | None = None
    topics: Names | None = None
    channel: Channel | None = None
    declined: Names = msgspec.field(default_factory=list)
    wording: ShownWording | None = None
    source: Source | None = None
    ref: Reference | None = None
    evidence: Evidence = msgspec.field(default_factory=dict)
    at: Time | None = None
    minor: bool = False
    sale: Sale | None = None
    own_similar_goods: bool | None = None
    objection_offered: bool | None = None
    objected: bool | None = None


class SubscriptionAnswer(msgspec.Struct, kw_only=True):
    """What became of it: `pending` until the person confirms, `recorded`, `unchanged`, `nothing` or `blocked`.

    `request_id` names the request that waits, `record` the record that was made. `verdicts` says for each purpose what
    became of a yes that counts at once.
    """

    status: str
    request_id: str | None = None
    record: str | None = None
    verdicts: dict[str, str] | None = None
