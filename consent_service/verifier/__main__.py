"""The verifier as a program of its own: ``python -m consent_service.verifier``, with public keys and nothing else."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from consent_service.domain.evidence.tlog_proof import HEADER, MAX_PROOF
from consent_service.verifier.export_verification import verify_export
from consent_service.verifier.proof_verification import PublishedKeys, read_published_keys, verify_proof
from consent_service.verifier.verification_report import describe_verification

FOUND, REFUSED = 1, 2


def run_verifier(arguments: Sequence[str]) -> int:
    """Verify an export or a proof and return the exit code: 1 where anything does not hold, 2 for an unfit file."""
    parser = argparse.ArgumentParser(prog="python -m consent_service.verifier", description=__doc__)
    parser.add_argument("file", type=Path, help="an export of records, or a proof")
    parser.add_argument("--keys", type=Path, required=True, help="the public keys, as served at /consent/keys.json")
    parser.add_argument("--quiet", action="store_true", help="tell nothing of the progress")
    chosen = parser.parse_args(arguments)
    try:
        keys = read_published_keys(json.loads(chosen.keys.read_bytes()))
        with chosen.file.open("rb") as stream:
            is_proof = stream.read(len(HEADER)) == HEADER.encode()
        return _verify_proof(chosen.file, keys) if is_proof else _verify_export(chosen.file, keys, quiet=chosen.quiet)
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}")
    except (ValueError, RecursionError) as error:
        return _refuse(f"{chosen.keys}: {error}")


def _verify_export(file: Path, keys: PublishedKeys, *, quiet: bool) -> int:
    size, read = file.stat().st_size, 0

    def tell(more: int) -> None:
        nonlocal read
        read += more
        if not quiet and size:
            print(f"\r{read * 100 // size} %", end="", file=sys.stderr, flush=True)

    with file.open("rb") as lines:
        verdict = verify_export(lines, keys.records, checkpoints=keys.checkpoints, sealed=keys.sealed, progress=tell)
    if not quiet and size:
        print(file=sys.stderr)
    print("\n".join(describe_verification(verdict)))
    return FOUND if verdict.faulty else 0


def _verify_proof(file: Path, keys: PublishedKeys) -> int:
    with file.open("rb") as stream:
        written = stream.read(MAX_PROOF + 1)
    try:
        proven = verify_proof(written.decode(), keys)
    except (ValueError, RecursionError) as error:
        print(f"{file}: {error}")
        return FOUND
    print(f"record {proven.record.id} of {proven.record.at}: it verifies")
    print(f"number {proven.index} of {proven.checkpoint.size} in {proven.checkpoint.origin}")
    return 0


def _refuse(message: str) -> int:
    print(f"consent-service verifier: {' '.join(message.split())}", file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    sys.exit(run_verifier(sys.argv[1:]))
