"""Client networks: neighbours count as one, and what is no public address says nothing."""

import pytest

from consent_service.domain.basics.client_network import find_client_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("93.184.215.14", "93.184.215.0/24"),
        ("93.184.215.200", "93.184.215.0/24"),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2606:2800:21f:cb07::/64"),
        ("10.1.2.3", None),
        ("::1", None),
    ],
)
def test_an_address_counts_as_its_network(address, network):
    assert find_client_network(address) == network
