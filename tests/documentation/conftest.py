"""A demo that runs, in whose folder the commands of a page are tried."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documentation.page_blocks import ROOT
from tests.integration.running_demo import RunningDemo, start, stop
from tests.ports import free_port


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    (tmp_path / "sites").symlink_to(ROOT / "sites")
    running = start(tmp_path, free_port())
    yield running
    stop(running)
