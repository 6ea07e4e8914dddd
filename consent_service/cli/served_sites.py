"""The sites that a command may name."""

from consent_service.cli.command_group import read_settings
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.errors import NotFound
from consent_service.domain.site.site import Site
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.site_files.site_file import read_sites


def list_sites() -> dict[str, Site]:
    """List the sites that have a file, by their ids."""
    return SiteDirectory(read_sites(read_settings().sites)).sites


def find_site(identifier: str) -> Site:
    """Find a site by its id; raises NotFound, with the nearest, where no file has it."""
    sites = list_sites()
    if identifier not in sites:
        raise NotFound(f"there is no site {identifier!r} in {read_settings().sites}{suggest_name(identifier, sites)}")
    return sites[identifier]
