"""A slow disk: a library that lets a server wait longer each time it asks the disk to keep something."""

import shutil
import subprocess
from pathlib import Path

MORE_MILLISECONDS = 5
SOURCE = f"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
#define WAIT(name) int name(int file) {{ \\
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name); usleep({MORE_MILLISECONDS * 1000}); return real(file); }}
WAIT(fsync)
WAIT(fdatasync)
"""


def build_slow_disk(folder: Path) -> dict[str, str] | None:
    """Build the library and return the environment that a server takes it in with; None without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, library = folder / "slow_disk.c", folder / "slow_disk.so"
    source.write_text(SOURCE, encoding="utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}
