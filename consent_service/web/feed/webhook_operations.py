"""Webhook operations: what the endpoints of webhooks say of themselves."""

from consent_service.domain.api_key import Scope
from consent_service.web.api.api_operation import (
    ApiOperation,
    describe_path_parameter,
    describe_query_parameter,
    describe_whole_number,
)
from consent_service.web.api.idempotency import PARAMETER
from consent_service.web.feed.deliveries_api import MAX_DELIVERIES, USUAL, DeliveriesAnswer
from consent_service.web.feed.webhooks_api import (
    NewWebhook,
    Replay,
    ReplayAnswer,
    TestAnswer,
    WebhookAnswer,
    WebhookChange,
    WebhooksAnswer,
    WebhookSecretAnswer,
)

BASE = "/v1/webhooks"
ONE = f"{BASE}/{{webhook}}"
WEBHOOK = describe_path_parameter("webhook", "The webhook's id.")
PAGE = (
    WEBHOOK,
    describe_query_parameter("before", "`next` of the page before."),
    describe_query_parameter("limit", "How many at most.", describe_whole_number(1, MAX_DELIVERIES, USUAL)),
)
BODY_FAULTS = (400, 413, 415, 422)

OPERATIONS = (
    ApiOperation(
        path=BASE,
        method="POST",
        name="makeWebhook",
        summary="Make a webhook",
        description="Messages follow Standard Webhooks. `secret` is shown only now.",
        scope=Scope.ADMIN,
        answer=WebhookSecretAnswer,
        body=NewWebhook,
        status=201,
        errors=(409, *BODY_FAULTS),
        parameters=(PARAMETER,),
    ),
    ApiOperation(
        path=BASE,
        method="GET",
        name="listWebhooks",
        summary="The webhooks of the site",
        description="With how they fare.",
        scope=Scope.ADMIN,
        answer=WebhooksAnswer,
        errors=(400,),
    ),
    ApiOperation(
        path=ONE,
        method="GET",
        name="readWebhook",
        summary="One webhook",
        description="With how it fares.",
        scope=Scope.ADMIN,
        answer=WebhookAnswer,
        errors=(400, 404),
        parameters=(WEBHOOK,),
    ),
    ApiOperation(
        path=ONE,
        method="PATCH",
        name="changeWebhook",
        summary="Change a webhook",
        description="What is left out stays. `enabled: true` switches it on again.",
        scope=Scope.ADMIN,
        answer=WebhookAnswer,
        body=WebhookChange,
        errors=(404, *BODY_FAULTS),
        parameters=(WEBHOOK,),
    ),
    ApiOperation(
        path=ONE,
        method="DELETE",
        name="deleteWebhook",
        summary="Forget a webhook",
        description="What was still to be sent to it goes too.",
        scope=Scope.ADMIN,
        answer=None,
        answer_types=(),
        status=204,
        errors=(400, 404),
        parameters=(WEBHOOK,),
    ),
    ApiOperation(
        path=f"{ONE}/secret",
        method="POST",
        name="rotateWebhookSecret",
        summary="Another secret for a webhook",
        description="For a day every message is signed with both. `secret` is shown only now.",
        scope=Scope.ADMIN,
        answer=WebhookSecretAnswer,
        status=201,
        errors=(400, 404),
        parameters=(WEBHOOK,),
    ),
    ApiOperation(
        path=f"{ONE}/deliveries",
        method="GET",
        name="listDeliveries",
        summary="What was sent to a webhook",
        description="Newest first; kept for 30 days after its end.",
        scope=Scope.ADMIN,
        answer=DeliveriesAnswer,
        errors=(400, 404),
        parameters=PAGE,
    ),
    ApiOperation(
        path=f"{ONE}/replay",
        method="POST",
        name="replayWebhook",
        summary="Send messages again",
        description="Under the ids they had. Changes that were never sent to this webhook are sent for the first time.",
        scope=Scope.ADMIN,
        answer=ReplayAnswer,
        body=Replay,
        status=202,
        errors=(404, *BODY_FAULTS),
        parameters=(WEBHOOK,),
    ),
    ApiOperation(
        path=f"{ONE}/test",
        method="POST",
        name="testWebhook",
        summary="Send a test message",
        description="Its type is `webhook.test`.",
        scope=Scope.ADMIN,
        answer=TestAnswer,
        status=202,
        errors=(400, 404),
        parameters=(WEBHOOK,),
    ),
)
