"""A sealer to kill, as a program: python -m tests.services.ledger.sealers_to_kill HOME [BYTES].

It seals three records at a time. With a number of bytes no file may grow beyond it.
"""

import os
import resource
import sys
from pathlib import Path

from consent_service.domain.errors import ConsentError
from consent_service.services.ledger import sealing_records
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from tests.cast import make_site


def main(home: str, most: str = "") -> None:
    resources = open_resources(Settings(home=Path(home)))
    # Who takes over from one that was killed does not wait for its lease to end.
    sealing_records.BATCH, sealing_records.LEASE = 3, 0
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    print("begun", flush=True)
    try:
        print(f"sealed {sealing_records.seal_records(resources, make_site(), str(os.getpid()))}")
    except (ConsentError, OSError) as error:
        print(f"refused: {error}")
    resources.database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
