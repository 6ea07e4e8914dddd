"""The client's network address: the connection's, or what the shop's own proxies say of it."""

import pytest

from consent_service.web.frame.client_address import read_client_address


@pytest.mark.threat("T14")
@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "told"),
    [
        (0, "8.8.8.8", None, "8.8.8.8"),
        (0, "8.8.8.8", "9.9.9.9", "8.8.8.8"),
        (1, "10.0.0.1", "9.9.9.9", "9.9.9.9"),
        (1, "10.0.0.1", "1.1.1.1, 9.9.9.9", "9.9.9.9"),
        (2, "10.0.0.1", "1.1.1.1, 9.9.9.9,10.0.0.2", "9.9.9.9"),
        (2, "8.8.8.8", "9.9.9.9", "8.8.8.8"),
        (1, "8.8.8.8", None, None),
        (1, "8.8.8.8", "rubbish", None),
        (1, "8.8.8.8", "9.9.9.9, ", None),
        (0, "::ffff:8.8.8.8", None, "8.8.8.8"),
        (0, "2001:4860::8888", None, "2001:4860::8888"),
        (1, "10.0.0.1", "2001:4860::8888%eth0", "2001:4860::8888"),
        (1, "10.0.0.1", "9.9.9.9:4711", "9.9.9.9"),
        (1, "10.0.0.1", "[2001:4860::8888]:4711", "2001:4860::8888"),
        (1, "10.0.0.1", "[2001:4860::8888]", "2001:4860::8888"),
        (1, "10.0.0.1", "9.9.9.9:", None),
        (1, "10.0.0.1", "[9.9.9.9", None),
        (0, "unix:", None, None),
        (0, "", None, None),
    ],
)
def test_only_the_shops_own_proxies_are_believed(proxies, remote, forwarded, told):
    environ = {"REMOTE_ADDR": remote} | ({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded})
    assert read_client_address(environ, proxies) == told
