"""Commands for backups: taking one, restoring it, trying it out, and upgrading with one at hand."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from consent_service.cli.command_group import read_settings
from consent_service.cli.served_sites import list_sites
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.errors import ConsentError
from consent_service.keys.age_encryption import read_identities, read_recipient
from consent_service.services.backup.drilling_backups import drill_backup
from consent_service.services.backup.rebuilding_homes import RebuildSource, Rebuilt
from consent_service.services.backup.restoring_backups import restore_backup
from consent_service.services.backup.taking_backups import Progress, take_backup
from consent_service.services.backup.upgrading import upgrade_home
from consent_service.services.operator.preparing_home import open_stored_resources

READABLE_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
PAUSE_SECONDS = 1.0


class KeyTextFault(ConsentError):
    """A key for encryption cannot be read."""


@click.command(name="backup")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--recipient", "recipients", multiple=True, metavar="age1…", help="Encrypt it to this public key of age.")
@click.option("--with-keys", is_flag=True, help="Put the private keys in too; only into an encrypted one.")
def write_backup(target: Path, recipients: Sequence[str], with_keys: bool) -> None:
    """Write a backup of this moment into one file, while the service goes on."""
    chosen = read_settings()
    made = take_backup(
        open_stored_resources(chosen),
        target,
        keys=chosen.keys,
        recipients=_read_recipients(recipients),
        with_keys=with_keys,
        say=show_progress(),
    )
    kept = "with its keys" if made.holds_keys else f"without the keys in {chosen.keys}, which are kept apart"
    click.echo(f"{target}: {', '.join(made.sites) or 'no site yet'}, {made.made_at}, {kept}")


def add_source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says from what a home is rebuilt."""
    for option in (
        click.option("--accept-undone", is_flag=True, help="Go on where a part of the journal of denials is missing."),
        click.option("--journal", "journals", multiple=True, type=FOLDER, help="Where the journal of denials lies."),
        click.option("--identity", type=READABLE_FILE, help="The file with the private key of an encrypted backup."),
        click.argument("backup", metavar="FILE", type=READABLE_FILE),
    ):
        command = option(command)
    return command


@click.command(name="restore")
@click.option("--accept-loss", is_flag=True, help="Go on though records since the backup are lost.")
@add_source_options
def restore_backup_file(
    backup: Path, identity: Path | None, journals: Sequence[Path], *, accept_loss: bool, accept_undone: bool
) -> None:
    """Put a backup in the place of the database, say again every no since, and begin a new epoch."""
    source = _make_source(backup, identity, journals, accept_loss=accept_loss, accept_undone=accept_undone)
    restored = restore_backup(read_settings(), source, list_sites(), show_progress())
    for line in describe_rebuilt(restored.rebuilt):
        click.echo(line)
    if restored.aside:
        click.echo(f"the database that was there lies at {restored.aside}; delete it when you need it no more")
    click.echo("a new epoch begins; start the service")


@click.command(name="drill")
@add_source_options
@click.pass_context
def drill_backup_file(
    ctx: click.Context, backup: Path, identity: Path | None, journals: Sequence[Path], *, accept_undone: bool
) -> None:
    """Restore a backup elsewhere, verify all of it and compare it with the store; nothing of the home changes."""
    source = _make_source(backup, identity, journals, accept_loss=True, accept_undone=accept_undone)
    drilled = drill_backup(read_settings(), source, list_sites(), show_progress())
    for line in [*describe_rebuilt(drilled.rebuilt), *drilled.found]:
        click.echo(line)
    for line in drilled.faults:
        click.echo(f"FAULT {line}")
    ctx.exit(1 if drilled.faults else 0)


@click.command(name="upgrade")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--recipient", "recipients", multiple=True, metavar="age1…", help="Encrypt the backup to this key.")
def upgrade_service(target: Path, recipients: Sequence[str]) -> None:
    """Back up into FILE, bring the database to this version, and check that it can be served."""
    for line in upgrade_home(read_settings(), target, list_sites(), _read_recipients(recipients), show_progress()):
        click.echo(line)


def describe_rebuilt(rebuilt: Rebuilt) -> list[str]:
    """Tell what a home was rebuilt from, what is lost, and what was said again."""
    manifest, replayed = rebuilt.manifest, rebuilt.replayed
    noes = count_noun(replayed.read, "denial")
    return [
        f"backup of {manifest.made_at}, {', '.join(manifest.sites) or 'no site yet'}",
        *(f"lost: {line}" for line in rebuilt.lost),
        f"{noes} since then in the journal, {replayed.applied} of them said again",
    ]


def show_progress() -> Progress:
    """Show on standard error how far something is that takes its time."""
    told_at = time.monotonic()

    def say(what: str, done: int, of: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > PAUSE_SECONDS:
            told_at = time.monotonic()
            click.echo(f"{what}: {100 * done // max(of, 1)} %", err=True)

    return say


def _make_source(
    backup: Path, identity: Path | None, journals: Sequence[Path], *, accept_loss: bool, accept_undone: bool
) -> RebuildSource:
    try:
        identities = read_identities(identity.read_text(encoding="ascii")) if identity else []
    except ValueError as error:
        raise KeyTextFault(f"{identity}: no private key of age: {error}") from None
    return RebuildSource(
        backup=backup, identities=identities, journals=journals, accepts_loss=accept_loss, accepts_undone=accept_undone
    )


def _read_recipients(texts: Sequence[str]) -> list[bytes]:
    try:
        return [read_recipient(text) for text in texts]
    except ValueError as error:
        raise KeyTextFault(f"--recipient: no public key of age: {error}") from None
