"""A program that holds a home as a worker does: it does what its input says, and answers with one line for each."""

import json
import sys
import time
from pathlib import Path

from consent_service.domain.errors import ConsentError
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.services.operator.issuing_keys import find_key
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from tests.cast import choose, make_site


def act(resources, words):
    """Do one thing and say what came of it."""
    match words:
        case ["choose", button]:
            return choose(resources, make_site(), button).cookie.visitor
        case ["busy", seconds]:
            return work(resources, float(seconds))
        case ["ready"]:
            check_ready(resources)
        case ["key"]:
            find_key(resources, "every check asks for its key")
        case ["tidy"]:
            resources.database.checkpoint()
        case ["close"]:
            resources.database.close()
    return ""


def work(resources, seconds):
    """Choose and tidy up in turn; return how many choices were acknowledged."""
    end, chosen = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        choose(resources, make_site(), "accept")
        chosen += 1
        resources.database.checkpoint()
    return chosen


def main(home):
    """Open the home and act until the input ends."""
    resources = None
    for line in sys.stdin:
        try:
            resources = resources or open_resources(Settings(home=Path(home)))
            answer = {"done": act(resources, line.split())}
        except ConsentError as error:
            answer = {"refused": str(error)}
        print(json.dumps(answer), flush=True)
    if resources:
        resources.database.close()


if __name__ == "__main__":
    main(sys.argv[1])
