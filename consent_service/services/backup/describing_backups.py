"""Describing a backup: what it holds, when and of what it was taken, and which keys its contents need."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.errors import ConsentError
from consent_service.keys.key_files import list_files
from consent_service.services.ledger.keeping_denials import JournalEnd

FORMAT = 1
KEY_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(ed25519|checkpoint|secret)")
CONTEXT = b"consent-service backup\0"


class BackupFault(ConsentError):
    """A backup cannot be taken or restored; the text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupManifest:
    """What a backup says of itself.

    ``made_at`` is RFC 3339, ``version`` that of the program, ``generation`` that of the schema, ``epoch`` that of the
    store. ``denials`` is where the journal of denials ended at that moment. ``keys`` names the key files of the home,
    with a digest of each that tells nothing of the key; ``holds_keys`` says that they are in the backup.
    """

    made_at: str
    version: str
    generation: int
    epoch: int
    sites: tuple[str, ...]
    denials: JournalEnd
    keys: Mapping[str, str]
    holds_keys: bool


def write_manifest(manifest: BackupManifest) -> bytes:
    """Write a manifest as canonical JSON."""
    told = asdict(manifest) | {"sites": list(manifest.sites), "denials": list(manifest.denials)}
    return write_canonical_json({"format": FORMAT, **told})


def read_manifest(content: bytes) -> BackupManifest:
    """Read a manifest; raises BackupFault where it is none, or one of a format that is not known."""
    try:
        told = dict(json.loads(content))
        if told.pop("format") != FORMAT:
            raise BackupFault("it was made by a newer version; install that version, or a newer one")
        told |= {"sites": tuple(told["sites"]), "denials": JournalEnd(*told["denials"])}
        manifest = BackupManifest(**told)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BackupFault("it is no backup of this service") from None
    kinds = {"made_at": str, "version": str, "generation": int, "epoch": int, "keys": dict, "holds_keys": bool}
    odd = [field.name for field in fields(manifest) if type(getattr(manifest, field.name)) is not kinds.get(field.name)]
    if set(odd) != {"sites", "denials"} or not all(KEY_FILE.fullmatch(name) for name in manifest.keys):
        raise BackupFault("it is no backup of this service")
    return manifest


def digest_keys(folder: Path) -> dict[str, str]:
    """Name the key files of a folder, each with a digest by which another of the same name is told."""
    names = [name for name in list_files(folder, "") if KEY_FILE.fullmatch(name)]
    return {name: digest_key((folder / name).read_bytes()) for name in names}


def digest_key(content: bytes) -> str:
    """Digest a key; it is random and long, so nobody finds it by trying."""
    return hashlib.sha256(CONTEXT + content).hexdigest()[:16]
