"""Shipped files: where templates, static files and example sites lie, in a checkout and in a wheel."""

from pathlib import Path


def find_shipped_folder(name: str) -> Path:
    """Find a shipped folder: inside the package when installed from a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    return package / name if (package / name).is_dir() else package.parent / name
