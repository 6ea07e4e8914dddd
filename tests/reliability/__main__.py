"""Break everything so many times, 10 or as told, and write what became of it into docs/reliability.md."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.reliability.crowd import Found
from tests.reliability.faults import FAULTS
from tests.reliability.page import PAGE, write_page

TIMES = 10


def main(times: int) -> int:
    """Return the exit code: 1 where something was lost, and the page is left as it was."""
    found: dict[str, list[Found]] = {}
    for name, fault in FAULTS.items():
        found[name] = []
        for number in range(times):
            with tempfile.TemporaryDirectory(prefix="consent-reliability-") as folder:
                found[name].append(fault.happen(Path(folder)))
            print(f"{name}, {number + 1} of {times}: {found[name][-1]}", flush=True)
    if any(one.lost or one.undone for rounds in found.values() for one in rounds):
        return 1
    PAGE.write_text(write_page(found, f"{datetime.now(UTC):%-d %B %Y}"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES))
