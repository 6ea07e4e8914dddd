"""The home folder that a command works in: opened, and let go of when the command is done."""

import click

from consent_service.cli.command_group import read_settings
from consent_service.services.operator.preparing_home import open_resources, open_whole_resources
from consent_service.services.resources import Resources
from consent_service.settings import Settings


def open_home(settings: Settings | None = None) -> Resources:
    """Open the home folder; raises a ConsentError where it is not fit to use."""
    return _close_later(open_resources(settings or read_settings()))


def open_whole_home() -> Resources:
    """Open the home folder in the same way, unless its database is an older copy."""
    return _close_later(open_whole_resources(read_settings()))


def _close_later(resources: Resources) -> Resources:
    click.get_current_context().call_on_close(resources.database.close)
    return resources
