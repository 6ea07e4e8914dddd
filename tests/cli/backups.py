"""Backups as tests of the command line take them: who says what, what is in the file, and how one is spoilt."""

import io
import tarfile
from pathlib import Path

from consent_service.keys.age_encryption import write_recipient
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_sites
from tests.cast import choose

SITES = Path(__file__).resolve().parents[2] / "sites"
IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
RECIPIENT = write_recipient(b"\x42" * 32)
ACCEPT = ("--accept-loss", "--accept-undone")
DEMO = next(site for site in read_sites(SITES) if site.id == "demo")


def say(home, button, visitor=None):
    resources = open_resources(Settings(home=home))
    said = choose(resources, DEMO, button, visitor=visitor).cookie.visitor
    resources.database.close()
    return said


def members(file):
    with tarfile.open(file) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive}


def repack(file, contents):
    with tarfile.open(file, "w") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
