"""The page about reliability: what was broken how often, and what became of what was confirmed."""

from collections.abc import Mapping

from tests.reliability.crowd import Found
from tests.reliability.faults import FAULTS
from tests.structure.source_tree import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGINNING = """# Reliability

Written by `python3 dev.py reliability`, which starts the service with two worker processes in a home of its own
for each time, has four visitors say yes and no in turn as fast as they are answered, breaks something meanwhile,
and afterwards looks for every choice that the service had confirmed: in the export of the records, and by what a
check answers.

- **confirmed**: choices answered with 303, after which the visitor has the cookie of the new record.
- **refused**: choices answered with 503, by a page that says so.
- **cut off**: connections that ended without an answer. Such a choice may have been kept or not.
- **lost**: confirmed choices that are not among the records afterwards, and people for whom a check answers
  otherwise than they said last.
- **undone**: people whose last word was a confirmed no, and for whom a check allows something afterwards.

| what was broken | times | confirmed | refused | cut off | lost | undone |
|---|---|---|---|---|---|---|
"""
END = """
Processes are killed as the system does it; power is not. That a disk holds what it says it holds is assumed
(`synchronous=FULL`, and a sync of the journal before a no is answered). The counts say how often it was tried, and
nothing of how fast anything is.
"""


def write_page(found: Mapping[str, list[Found]], day: str) -> str:
    """Write the page of a run on a day: for each fault one line, with the sums over all times."""
    lines = []
    for name, rounds in found.items():
        fault = FAULTS[name]
        sums = " | ".join(f"{sum(column)}" for column in zip(*rounds, strict=True))
        remark = f" ({fault.remark})" if fault.remark else ""
        lines.append(f"| {fault.words}{remark} | {len(rounds)} | {sums} |\n")
    return f"{BEGINNING}{''.join(lines)}\nThis run: {day}.\n{END}"
