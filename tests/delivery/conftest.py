"""Fixtures of the delivery tests: an authority that vouches for their servers."""

import pytest

from tests.delivery.certificates import Authority


@pytest.fixture
def authority(tmp_path) -> Authority:
    return Authority(tmp_path)
