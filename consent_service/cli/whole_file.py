"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def write_whole(file: Path, *, mode: int) -> Iterator[BinaryIO]:
    """Open a file to write, which appears under its name, with this mode, only when all of it is there."""
    partial = file.with_name(f"{file.name}.partial")
    try:
        with open(partial, "wb", opener=lambda path, flags: os.open(path, flags, mode)) as stream:
            yield stream
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
