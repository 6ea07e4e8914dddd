"""Families of fonts that visitors have, and a way to give a browser the letters of one family alone."""

from pathlib import Path

from tests.requirements import require_fonts

FAMILIES = {
    "DejaVu Sans": "/usr/share/fonts/truetype/dejavu",
    "Noto Sans": "/usr/share/fonts/truetype/noto",
}
"""What a bare Linux has, with wide letters, and what most desktops have; where Debian puts each."""

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>{fonts}</dir>
<cachedir>{cache}</cachedir>
<include ignore_missing="yes">/etc/fonts/conf.d</include>
</fontconfig>
"""


def only_font(family: str, folder: Path) -> dict[str, str]:
    """Return what to put into the environment of a browser that is to find this family alone."""
    file = folder / "fonts.conf"
    fonts = require_fonts(FAMILIES[family])
    file.write_text(CONFIGURATION.format(fonts=fonts, cache=folder / "cache"), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(file)}
