"""Visitors who say yes and then no, until killed, as a program: python -m tests.services.ledger.killed_deniers HOME.

Prints each visitor after the no was answered. With a number of bytes as second argument, no file may grow beyond it.
"""

import resource
import sys
from pathlib import Path

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from tests.cast import choose, make_site


def main(home: str, most: str = "") -> None:
    site, resources = make_site(), open_resources(Settings(home=Path(home)))
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    while True:
        visitor = choose(resources, site, "accept").cookie.visitor
        try:
            choose(resources, site, "reject", visitor=visitor)
        except StorageUnavailable as error:
            print(f"refused {visitor} {error}", flush=True)
            return
        print(visitor, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
