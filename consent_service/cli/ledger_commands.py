"""Commands of the sealed ledger: sealing by hand, proofs and their verification, going on after a loss."""

import json
from pathlib import Path

import click

from consent_service.cli.opened_home import open_home, open_whole_home
from consent_service.cli.record_commands import UnreadableKeys
from consent_service.cli.served_sites import list_sites
from consent_service.domain.basics.moment import read_time
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.errors import NotFound
from consent_service.domain.evidence.tlog_proof import MAX_PROOF
from consent_service.private_files import write_whole
from consent_service.services.backup.accepting_losses import accept_loss
from consent_service.services.ledger.proving_records import prove_record
from consent_service.services.ledger.reading_records import find_record_of_site
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.verifier.proof_verification import read_published_keys, verify_proof

READABLE_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(name="ledger")
def keep_ledger() -> None:
    """Seal records, prove and verify that they were sealed, and go on after a loss."""


@keep_ledger.command(name="seal")
def seal_ledger() -> None:
    """Seal what is new on every site now; the worker does so every few seconds."""
    resources = open_whole_home()
    sealer = resources.randomness(8).hex()
    for site in list_sites().values():
        click.echo(f"{site.id}: {count_noun(seal_records(resources, site, sealer), 'record')} sealed")


@keep_ledger.command(name="prove")
@click.argument("identifier", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else standard output.")
def prove_one(identifier: str, out: Path | None) -> None:
    """Write the proof that a record was sealed; the record is in it."""
    resources = open_home()
    for site in list_sites().values():
        if statement := find_record_of_site(resources, site, identifier):
            proof = prove_record(resources, site.id, statement.place, statement.signed, read_time(statement.record.at))
            if proof is None:
                raise NotFound(f"the record {identifier} is not sealed yet; run: consent-service ledger seal")
            if out is None:
                click.echo(proof, nl=False)
                return
            with write_whole(out) as stream:
                stream.write(proof.encode())
            click.echo(f"{out}: the proof of record {identifier}", err=True)
            return
    raise NotFound(f"there is no record {identifier!r}")


@keep_ledger.command(name="verify")
@click.argument("proof_file", metavar="FILE", type=READABLE_FILE)
@click.option(
    "--keys", "keys_file", required=True, type=READABLE_FILE, help="The public keys, as served at /consent/keys.json."
)
@click.option("--record", "record_file", type=READABLE_FILE, help="The signed record, where it is not in the proof.")
@click.pass_context
def verify_proof_file(ctx: click.Context, proof_file: Path, keys_file: Path, record_file: Path | None) -> None:
    """Check a proof with the public keys alone; exit code 1 where it does not hold."""
    try:
        keys = read_published_keys(json.loads(keys_file.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise UnreadableKeys(f"{keys_file}: {error}") from None
    try:
        signed = record_file.read_text(encoding="ascii").strip() if record_file else None
        proven = verify_proof(_read_text(proof_file), keys, signed)
    except (ValueError, RecursionError) as error:
        click.echo(f"{proof_file}: {error}")
        ctx.exit(1)
    record, head = proven.record, proven.checkpoint
    click.echo(f"record {record.id} of {record.at}: it verifies")
    click.echo(f"number {proven.index} of {head.size} in {head.origin}")


@keep_ledger.command(name="accept-loss")
@click.confirmation_option(
    prompt="What was recorded and is missing in this database is lost for good, but for what the journal of denials "
    "tells. Go on?"
)
@click.option("--accept-undone", is_flag=True, help="Go on where a part of the journal of denials is missing.")
def accept_ledger_loss(*, accept_undone: bool) -> None:
    """Go on with an older copy of the database, in a new epoch, where no newer one is left."""
    accepted = accept_loss(open_home(), list_sites(), accepts_undone=accept_undone)
    for site, size in accepted.sizes.items():
        click.echo(f"{site}: a new epoch begins with {count_noun(size, 'sealed record')}")
    if accepted.replayed.read:
        click.echo(f"{accepted.replayed.applied} of {count_noun(accepted.replayed.read, 'denial')} said again")
    if not accepted.sizes:
        click.echo("a new epoch begins; nothing was sealed before")


def _read_text(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(MAX_PROOF + 1).decode()
