"""Rebuilding a home folder from a backup, in a folder of its own, with every denial that came after it."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from consent_service.domain.site.site import Site
from consent_service.keys.key_files import list_files, write_secret
from consent_service.keys.key_ring import SUFFIX, KeyRing
from consent_service.services.backup.describing_backups import (
    BackupFault,
    BackupManifest,
    digest_key,
    digest_keys,
    read_manifest,
)
from consent_service.services.backup.packing_backups import KEYS, Unpacked, require_signed, unpack
from consent_service.services.backup.replaying_denials import Replayed, replay_denials
from consent_service.services.backup.taking_backups import Progress
from consent_service.services.ledger import beginning_epochs, keeping_journal
from consent_service.services.ledger.guarding_ledger import StoreBehind, require_whole_ledgers
from consent_service.services.ledger.keeping_denials import FOLDER as DENIALS
from consent_service.services.ledger.keeping_denials import DenialFault
from consent_service.services.ledger.reading_denials import read_denials_since
from consent_service.services.operator.preparing_home import migrate_home, open_resources
from consent_service.services.resources import Resources
from consent_service.settings import Settings
from consent_service.storage.engine.migrating import GENERATION
from consent_service.storage.engine.sqlite_backup import require_sound

ACCEPT = "--accept-loss"
ACCEPT_UNDONE = "--accept-undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSource:
    """What a home is rebuilt from: a backup, private keys that open it, and where the journal of denials lies.

    With ``accepts_loss`` it is rebuilt also where records are lost for good, and with ``accepts_undone`` also where a
    part of the journal is missing or changed, so that a no since the backup may be undone.
    """

    backup: Path
    identities: Sequence[bytes] = ()
    journals: Sequence[Path] = ()
    accepts_loss: bool = False
    accepts_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A home that was rebuilt: where, from which backup, and what became of the denials since."""

    settings: Settings
    manifest: BackupManifest
    resources: Resources
    replayed: Replayed
    lost: tuple[str, ...]


def rebuild_home(
    settings: Settings, work: Path, source: RebuildSource, sites: Mapping[str, Site], say: Progress = lambda *_: None
) -> Rebuilt:
    """Rebuild the home of ``settings`` in the folder ``work``, which must not be there; the home itself stays as it is.

    Keys come from the home, and from the backup where it holds them. Raises BackupFault for a backup that is not whole,
    not ours, of a newer version or of other sites, and names the keys that are missing before anything is written;
    DenialFault for a journal that is not whole.
    """
    built = replace(settings, home=work, database_url=None, denials_copy=None)
    built.keys.mkdir(mode=0o700, parents=True)
    for name in digest_keys(settings.keys):
        write_secret(built.keys / name, (settings.keys / name).read_bytes())
    _copy_marks(settings.home, work)
    manifest = _unpack(settings, built, source, sites, say)
    require_sound(built.database)
    migrate_home(built)
    resources = open_resources(built)
    lost = _list_losses(resources)
    if lost and not source.accepts_loss:
        raise BackupFault(f"{'; '.join(lost)}; to go on with what the backup holds, run it again with {ACCEPT}")
    replayed = _replay(resources, settings, manifest, source, sites)
    beginning_epochs.begin_epoch(resources, sites.values())
    resources.database.empty_log()
    return Rebuilt(settings=built, manifest=manifest, resources=resources, replayed=replayed, lost=tuple(lost))


def _unpack(
    settings: Settings, built: Settings, source: RebuildSource, sites: Mapping[str, Site], say: Progress
) -> BackupManifest:
    manifests: list[BackupManifest] = []
    size = source.backup.stat().st_size

    def admit(content: bytes) -> Path:
        manifest = read_manifest(content)
        _require_fit(settings, manifest, sites)
        manifests.append(manifest)
        return built.database

    try:
        with source.backup.open("rb") as stream:
            unpacked = unpack(stream, source.identities, admit, lambda done: say("read", done, size))
        _place_keys(built, manifests[0], unpacked)
        # What the home's own keys did not sign is believed only where there are none.
        trusted = settings.keys if list_files(settings.keys, SUFFIX) else built.keys
        require_signed(unpacked, KeyRing(trusted).public_keys)
    except BackupFault as fault:
        raise BackupFault(f"{source.backup}: {fault}") from None
    return manifests[0]


def _require_fit(settings: Settings, manifest: BackupManifest, sites: Mapping[str, Site]) -> None:
    held = digest_keys(settings.keys)
    missing = [name for name in manifest.keys if name not in held]
    if missing and not manifest.holds_keys:
        told = "put back first what the backup needs to be read"
        raise BackupFault(f"{settings.keys} lacks {', '.join(missing)}; {told}")
    if others := [name for name in manifest.keys if held.get(name, manifest.keys[name]) != manifest.keys[name]]:
        raise BackupFault(f"it is of another home: {settings.keys} has other keys under {', '.join(others)}")
    if manifest.generation > GENERATION:
        raise BackupFault(f"it was made by a newer version, {manifest.version}; install that version, or a newer one")
    if strangers := [site for site in manifest.sites if site not in sites]:
        raise BackupFault(f"it holds the site {', '.join(strangers)}, of which {settings.sites} has no file")


def _place_keys(built: Settings, manifest: BackupManifest, unpacked: Unpacked) -> None:
    """Write the keys that only the backup has; each must be the one that the manifest names."""
    for name, digest in manifest.keys.items():
        file, content = built.keys / name, unpacked.small.get(f"{KEYS}{name}")
        if file.exists():
            continue
        if content is None or digest_key(content) != digest:
            raise BackupFault(f"it should hold {name} and does not")
        write_secret(file, content)


def _copy_marks(home: Path, work: Path) -> None:
    """Take along what tells how far the store has come, so that the new epoch is behind all that were."""
    checkpoints, epoch = home / keeping_journal.FOLDER, home / beginning_epochs.FILE
    if checkpoints.is_dir():
        shutil.copytree(checkpoints, work / keeping_journal.FOLDER)
    if epoch.is_file():
        shutil.copy(epoch, work / beginning_epochs.FILE)


def _list_losses(resources: Resources) -> list[str]:
    """Tell what the checkpoints outside know and the backup does not."""
    try:
        beginning_epochs.require_home_epoch(resources)
        require_whole_ledgers(resources)
    except StoreBehind as behind:
        return [str(behind).partition(";")[0]]
    return []


def _replay(
    resources: Resources, settings: Settings, manifest: BackupManifest, source: RebuildSource, sites: Mapping[str, Site]
) -> Replayed:
    folders = list(source.journals) or [
        place for place in (settings.home / DENIALS, settings.denials_copy) if place and place.is_dir()
    ]
    if not folders and not source.accepts_undone:
        told = "there is no journal of denials, so every no since the backup would be undone"
        raise DenialFault(f"{settings.home}: {told}; name its second place with --journal, or add {ACCEPT_UNDONE}")
    public, read, applied = resources.keys.public_keys, 0, 0
    for folder in folders:
        denials = read_denials_since(folder, manifest.denials, public, tolerant=source.accepts_undone)
        try:
            more = replay_denials(resources, sites, denials)
        except DenialFault as fault:
            raise DenialFault(f"{fault}; or go on without what is missing: {ACCEPT_UNDONE}") from None
        read, applied = max(read, more.read), applied + more.applied
    return Replayed(read, applied)
