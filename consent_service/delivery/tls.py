"""TLS as a client: the certificates that this machine trusts, read once."""

import ssl
from functools import cache


@cache
def make_trusting_context() -> ssl.SSLContext:
    """Make the context that checks certificate and host name against the system's certificates."""
    return ssl.create_default_context()
