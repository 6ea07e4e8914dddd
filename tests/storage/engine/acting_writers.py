"""Writers of acts about messages as programs: python -m tests.storage.engine.acting_writers HOME NUMBER SEED."""

import random
import sys
from pathlib import Path

from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.operator.housekeeping import record_ended_grants
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import Resources
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.recording_acts import record_act
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_site

SITE = read_site(Path(__file__).resolve().parents[3] / "sites" / "demo.toml")
PURPOSES = [purpose.key for purpose in SITE.message_purposes]
PEOPLE = [name_subject(SITE.id, f"1.{letter * 21}A") for letter in "abcdefgh"]
SECOND = 1_000_000


def act_at_random(resources: Resources, dice: random.Random) -> None:
    """Do one thing to somebody, as anything that may happen to people happens."""
    who, now = dice.choice(PEOPLE), resources.clock()
    at = now - dice.choice((0, 0, 0, 5 * SECOND))
    purpose = dice.choice(PURPOSES)
    match dice.randrange(12):
        case 0 | 1 | 2 | 3:
            ends = dice.choice((0, 0, now + SECOND // 2, now + 3600 * SECOND))
            told = {"states": {purpose: State.GRANTED}, "revives": True, "lasts_until": {purpose: ends}}
        case 4 | 5:
            told = {"states": {purpose: dice.choice((State.WITHDRAWN, State.REFUSED))}}
        case 6:
            told = {"stop_all": True}
        case 7:
            told = {"pause_until": dice.choice((0, now + 60 * SECOND))}
        case 8:
            told = {"block": dice.choice(list(Block))}
        case 9 | 10:
            told = {"lift": dice.choice(list(Block))}
        case _:
            erase_subject(resources, SITE, who, "test", block=dice.choice((Block.ERASED, Block.MINOR)))
            record_ended_grants(resources, SITE)
            return
    record_act(resources, SITE, who, Act(method=Method.API, actor="test", at=at, **told))  # type: ignore[arg-type]


def write(home: str, number: str, seed: str) -> None:
    """Do so many things."""
    resources, dice = open_resources(Settings(home=Path(home))), random.Random(int(seed))
    for _ in range(int(number)):
        act_at_random(resources, dice)


if __name__ == "__main__":
    write(*sys.argv[1:])
