"""What is kept of an address: a keyed hash and a sealed copy, and nothing by which a thief could find or guess it."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.web.newsletter import ANNA, Newsletter
from tests.web.reader import Reader

PHONE = "+447400123456"
DIGESTS = ("md5", "sha1", "sha256", "sha512")


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


def spellings(address: str) -> Iterator[bytes]:
    """List what an address or a plain hash of it looks like in a file."""
    for text in (address, address.upper(), address.partition("@")[0]):
        yield text.encode()
    for name in DIGESTS:
        digest = hashlib.new(name, address.encode()).digest()
        yield from (digest, digest.hex().encode(), base64.b64encode(digest), base64.urlsafe_b64encode(digest)[:22])


def content(newsletter: Newsletter) -> bytes:
    database = newsletter.service.resources.database
    database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(file.read_bytes() for file in database.file.parent.glob(f"{database.file.name}*"))


@pytest.mark.one_file
def test_neither_an_address_nor_a_plain_hash_of_it_is_in_the_database(newsletter):
    newsletter.subscribe("benedict.miller@shopper.example")
    newsletter.confirm(newsletter.subscribe())
    Reader(newsletter.service, PHONE).say_yes("offers_sms").keep_address()
    stored = content(newsletter)
    assert newsletter.principal().encode() in stored
    for address in (ANNA, "benedict.miller@shopper.example", PHONE):
        assert not [spelling for spelling in spellings(address) if spelling in stored]


@pytest.mark.one_file
def test_the_secrets_that_make_and_open_what_is_kept_are_not_in_the_database(newsletter):
    newsletter.confirm(newsletter.subscribe())
    stored, ring = content(newsletter), newsletter.service.resources.keys.secrets
    secrets = [ring.subject[1], *ring.links.values()]
    assert len(secrets) == 2
    for secret in secrets:
        assert not [text for text in (secret, secret.hex().encode(), base64.b64encode(secret)) if text in stored]


def test_a_kept_address_opens_for_its_owner_alone(newsletter):
    newsletter.confirm(newsletter.subscribe())
    newsletter.confirm(newsletter.subscribe("benedict.miller@shopper.example"))
    resources = newsletter.service.resources
    [anna] = resources.database.rows("SELECT sealed FROM subject WHERE principal = ?", [newsletter.principal()])
    seal = resources.keys.secrets.seal
    assert seal.open(bytes(anna[0]), newsletter.principal()) is not None
    assert seal.open(bytes(anna[0]), newsletter.principal("benedict.miller@shopper.example")) is None


def test_a_shop_that_keeps_no_addresses_has_none_left_after_the_confirmation(newsletter):
    service = newsletter.service
    messages = replace(service.demo.messages, keep_addresses=False)
    service.start(replace(service.demo, messages=messages))
    newsletter.site = service.sites["demo"]
    newsletter.worker = replace(newsletter.worker, sites=service.sites)
    newsletter.confirm(newsletter.subscribe())
    assert newsletter.reason() == "granted"
    database = service.resources.database
    assert database.rows("SELECT sealed FROM subject") == [(None,)]
    assert database.rows("SELECT length(sealed) FROM subscription_request") == [(0,)]
