"""Over HTTPS the service must prove who it is."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from consent_service.client import consent_client
from consent_service.client.consent_client import ConsentClient
from tests.client.stub_service import API_KEY, NOW, allowing, cookie_header, dripping, running


def certificate(address: str) -> bytes:
    """Make a certificate that vouches for itself, with its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM) + secret


@pytest.fixture
def make_service(tmp_path, monkeypatch):
    """Make a client that trusts one certificate, of a service that shows it for an address."""
    monkeypatch.setattr(consent_client, "MAX_TIMEOUT", 30)
    with running() as service:
        clients = []

        def make(vouched_address, *, trusted, timeout=30):
            file = tmp_path / "certificate.pem"
            file.write_bytes(certificate(vouched_address))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
            service.socket = context.wrap_socket(service.socket, server_side=True)
            if trusted:
                monkeypatch.setenv("SSL_CERT_FILE", str(file))
            address = service.address.replace("http:", "https:")
            clients.append(ConsentClient(address, API_KEY, secure=False, clock=lambda: NOW, timeout=timeout))
            return service, clients[-1]

        yield make
        service.released.set()
        for client in clients:
            client.close()


def test_a_service_that_proves_its_address_is_believed(make_service):
    service, client = make_service("127.0.0.1", trusted=True)
    service.answer = allowing("analytics")
    for _ in range(3):
        assert client.check(cookie_header(), ["analytics"])["analytics"].source == "service"


@pytest.mark.parametrize(("address", "trusted"), [("127.0.0.1", False), ("127.0.0.2", True)])
def test_a_service_that_cannot_prove_it_is_not_asked(make_service, address, trusted):
    service, client = make_service(address, trusted=trusted)
    service.answer = allowing("analytics")
    assert not client.check(cookie_header(), ["analytics"])["analytics"].allowed
    assert service.requests == []


def test_a_service_that_drips_is_left_over_https_too(make_service):
    service, client = make_service("127.0.0.1", trusted=True, timeout=0.05)
    service.answer = dripping(b"HTTP/1.1 200 OK\r\nX-Slow:")
    for _ in range(3):
        assert client.check(None, ["analytics"])["analytics"].source == "none"
    assert not service.released.is_set()
