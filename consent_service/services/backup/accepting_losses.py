"""Accepting a loss: an older copy of the database is gone on with, after every no that it lacks was said again."""

from collections.abc import Mapping
from typing import NamedTuple

from consent_service.domain.site.site import Site
from consent_service.services.backup.replaying_denials import Replayed, replay_denials
from consent_service.services.ledger.beginning_epochs import begin_epoch
from consent_service.services.ledger.noting_denials import find_denials_folder
from consent_service.services.ledger.reading_denials import read_denials_since
from consent_service.services.resources import Resources


class AcceptedLoss(NamedTuple):
    """How many sealed records each ledger holds in the new epoch, and what was said again."""

    sizes: Mapping[str, int]
    replayed: Replayed


def accept_loss(resources: Resources, sites: Mapping[str, Site], *, accepts_undone: bool = False) -> AcceptedLoss:
    """Say again what the journal of denials tells and the database does not know, and begin a new epoch.

    Raises DenialFault for a journal that is not whole, unless ``accepts_undone``, which takes what is left of it.
    """
    folder, keys = find_denials_folder(resources), resources.keys.public_keys
    # All of it is read before anything is said: a journal that is refused has changed nothing.
    denials = list(read_denials_since(folder, None, keys, tolerant=accepts_undone))
    replayed = replay_denials(resources, sites, denials)
    return AcceptedLoss(begin_epoch(resources, sites.values()), replayed)
