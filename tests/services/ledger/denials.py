"""The journal of denials as a test uses it: read to its end, written into, and filled by a service to be killed."""

import subprocess
import sys
from pathlib import Path

from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.services.ledger.keeping_denials import JournalEnd
from consent_service.services.ledger.noting_denials import find_denials_folder, note_denial
from consent_service.services.ledger.reading_denials import read_denials_since

ROOT = Path(__file__).resolve().parents[3]
START = JournalEnd()


def told(resources, start=START):
    """Read the journal from a place on."""
    return list(read_denials_since(find_denials_folder(resources), start, resources.keys.public_keys))


def write_denial(resources, at=1):
    """Write an entry with a time by which it is known again."""
    denial = NotedDenial(kind=DenialKind.NO, principal="demo/v/x", at=at, states={"marketing": "refused"})
    with resources.database.write():
        note_denial(resources, denial)


def start_denying(home, *arguments):
    """Start a program in which visitors say no until it is killed."""
    program = [sys.executable, "-m", "tests.services.ledger.killed_deniers", str(home), *map(str, arguments)]
    return subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True)
