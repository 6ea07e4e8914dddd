"""A population of subjects: many people with an address and an answer to one purpose, written fast."""

from collections.abc import Iterator

from consent_service.addressing.email_address import read_email
from consent_service.domain.basics.moment import MINUTE
from consent_service.domain.identifier import make_uuid7, name_subject
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.site import Site
from consent_service.domain.subject.standing import Standing
from consent_service.domain.subject.subject import make_subject_key
from consent_service.services.resources import Resources
from consent_service.storage.standings import write_standing

BATCH = 50_000


def make_bench_address(number: int) -> str:
    """Make the address of the person of this number, always the same."""
    return f"Person.{number:07}@mail{number % 97}.example.com"


def write_bench_list(people: int) -> bytes:
    """Write a list of people as JSON lines, as it is sent to be checked."""
    return b"".join(
        b'{"email":"%b","id":"%d"}\n' % (make_bench_address(number).encode(), number) for number in range(people)
    )


def make_bench_key(resources: Resources, site: Site, number: int) -> str:
    """Tell the subject key of the person of this number."""
    secret_number, secret = resources.keys.secrets.subject
    return make_subject_key(secret, secret_number, site.id, read_email(make_bench_address(number)))


def has_said_yes(number: int) -> bool:
    """Tell whether the person of this number said yes; two of three did."""
    return number % 3 != 0


def populate_subjects(resources: Resources, site: Site, people: int) -> None:
    """Let that many people have said yes or no to every message that they decide on."""
    for start in range(0, people, BATCH):
        with resources.database.write():
            for principal, standing in _make_subjects(resources, site, range(start, min(start + BATCH, people))):
                write_standing(resources.database, principal, standing)


def _make_subjects(resources: Resources, site: Site, numbers: range) -> Iterator[tuple[str, Standing]]:
    now = resources.clock()
    prints = make_fingerprints(site)
    keys = [purpose.key for purpose in site.message_purposes]
    for number in numbers:
        at = now - number * MINUTE
        record = make_uuid7(at, number.to_bytes(10))
        state = State.GRANTED if has_said_yes(number) else State.WITHDRAWN
        yield (
            name_subject(site.id, make_bench_key(resources, site, number)),
            Standing({key: Decision(key, state, Method.API, at, 0, record, prints[key], False) for key in keys}),
        )
