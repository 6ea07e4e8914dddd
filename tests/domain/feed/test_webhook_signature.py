"""Webhook signatures are those of Standard Webhooks: its published example, its own library, and no forgery."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from consent_service.domain.feed.webhook_signature import (
    make_webhook_secret,
    read_webhook_secret,
    sign_webhook,
    verify_webhook,
)

SECRET = read_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
OTHER = bytes(range(32))
MESSAGE = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_comes_out():
    assert sign_webhook([SECRET], *MESSAGE) == SIGNATURE
    assert verify_webhook([SECRET], SIGNATURE, *MESSAGE)


@pytest.mark.parametrize("secrets", [[SECRET], [SECRET, OTHER], [OTHER, SECRET]])
def test_the_official_library_accepts_ours_while_one_secret_replaces_another(secrets):
    now = int(datetime.now(UTC).timestamp())
    body = json.dumps({"type": "consent.withdrawn", "name": "Zoë 请求"}, ensure_ascii=False).encode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": sign_webhook(secrets, "msg_1", now, body),
    }
    assert Webhook("whsec_" + b64encode(SECRET).decode()).verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + b64encode(bytes(24)).decode()).verify(body, headers)


def test_two_secrets_give_two_signatures_in_their_order():
    assert sign_webhook([OTHER, SECRET], *MESSAGE).split(" ") == [sign_webhook([OTHER], *MESSAGE), SIGNATURE]
    assert verify_webhook([SECRET], sign_webhook([OTHER, SECRET], *MESSAGE), *MESSAGE)
    assert verify_webhook([OTHER, SECRET], SIGNATURE, *MESSAGE)


@given(st.integers(0, len(MESSAGE[2]) - 1), st.integers(1, 255))
def test_a_changed_byte_fails(place, change):
    identifier, timestamp, body = MESSAGE
    changed = body[:place] + bytes([body[place] ^ change]) + body[place + 1 :]
    assert not verify_webhook([SECRET], SIGNATURE, identifier, timestamp, changed)


def test_another_id_time_or_secret_fails():
    identifier, timestamp, body = MESSAGE
    assert not verify_webhook([SECRET], SIGNATURE, identifier + "x", timestamp, body)
    assert not verify_webhook([SECRET], SIGNATURE, identifier, timestamp + 1, body)
    assert not verify_webhook([OTHER], SIGNATURE, *MESSAGE)
    assert not verify_webhook([], SIGNATURE, *MESSAGE)


@pytest.mark.parametrize(
    "header",
    ["", " ", "v1", "v1,", SIGNATURE[3:], "v2" + SIGNATURE[2:], "v1a" + SIGNATURE[2:], SIGNATURE + "=", "v1,é\udc80"],
)
def test_a_header_of_another_form_fails(header):
    assert not verify_webhook([SECRET], header, *MESSAGE)


def test_a_dot_in_the_id_is_refused_as_it_could_be_read_as_another_time():
    with pytest.raises(ValueError, match="no dot"):
        sign_webhook([SECRET], "msg_1.1614265330", 1, b"")


def test_a_new_secret_is_32_random_bytes_and_can_be_read():
    secret = make_webhook_secret(lambda size: bytes(range(size)))
    assert secret == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert read_webhook_secret(secret) == bytes(range(32))


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_secret_has_24_to_64_bytes(size):
    assert read_webhook_secret("whsec_" + b64encode(bytes(size)).decode()) == bytes(size)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
        "whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS\u00e9",
        "whsec_" + b64encode(bytes(23)).decode(),
        "whsec_" + b64encode(bytes(65)).decode(),
    ],
    ids=ascii,
)
def test_anything_else_is_no_secret_and_is_not_repeated(text):
    with pytest.raises(ValueError, match="a webhook secret is") as caught:
        read_webhook_secret(text)
    assert "MfKQ" not in str(caught.value)
