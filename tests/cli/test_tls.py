"""A server whose certificate a private authority signed."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.cli.conftest import Cli
from tests.cli.places import Repo, answering, through
from tests.fake import FakeServer

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signed(name: str, by: Signed | None = None, *, until: datetime.datetime = NOW + DAY) -> Signed:
    """A certificate for 127.0.0.1, or an authority's own where nobody signs it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = subject if by is None else by.certificate.subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 2 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    signer = key if by is None else by.key
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    builder = builder.add_extension(issued_by, critical=False)
    if by is not None:
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    else:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    return Signed(builder.sign(signer, hashes.SHA256()), key)


def context(folder: Path, server: Signed) -> ssl.SSLContext:
    (folder / "server.pem").write_bytes(server.pem())
    (folder / "server.key").write_bytes(server.key_pem())
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "server.pem", folder / "server.key")
    return made


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> Signed:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return signed("Acme Internal CA")


def test_a_private_authority(cli: Cli, repo: Repo, tmp_path: Path, authority: Signed) -> None:
    """Not trusted, and the line to paste is printed; with that line it works."""
    repo.manifest("tweet")
    tls = context(tmp_path, signed("server", authority))
    with answering(through(FakeServer()), tls) as seen:
        repo.deployment(seen.url)
        ran = cli("plan", code=1)
        assert f"{seen.url}: its certificate is not trusted (unable to get local issuer certificate)" in ran.message
        assert "under the deployment: ca_file: path/to/ca.pem" in ran.message
        assert seen.requests == []
        repo.write("ca.pem", authority.pem())
        repo.deployment(seen.url, "ca_file: ca.pem")
        assert "create tweet" in cli("plan", code=0).out


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_from_the_environment(
    cli: Cli, repo: Repo, tmp_path: Path, authority: Signed, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """What other tools are told by a variable counts here too."""
    repo.manifest("tweet")
    (tmp_path / "ca.pem").write_bytes(authority.pem())
    monkeypatch.setenv(variable, str(tmp_path / "ca.pem"))
    with answering(through(FakeServer()), context(tmp_path, signed("server", authority))) as seen:
        cli("plan", "--url", seen.url, code=0)


def test_another_authority(cli: Cli, repo: Repo, tmp_path: Path, authority: Signed) -> None:
    """Where a ca_file is named already, the message says which one did not sign it."""
    repo.manifest("tweet")
    repo.write("ca.pem", signed("Somebody Else").pem())
    with answering(through(FakeServer()), context(tmp_path, signed("server", authority))) as seen:
        repo.deployment(seen.url, "ca_file: ca.pem")
        ran = cli("plan", code=1)
    assert f"no authority in {repo.root / 'ca.pem'} signed it" in ran.message


def test_an_expired_certificate(cli: Cli, repo: Repo, tmp_path: Path, authority: Signed) -> None:
    """No ca_file would help, so none is asked for."""
    repo.manifest("tweet")
    repo.write("ca.pem", authority.pem())
    old = signed("server", authority, until=NOW - DAY)
    with answering(through(FakeServer()), context(tmp_path, old)) as seen:
        repo.deployment(seen.url, "ca_file: ca.pem")
        ran = cli("plan", code=1)
    assert "its certificate is not trusted (certificate has expired)" in ran.message
    assert "ca_file:" not in ran.message


def test_a_ca_file_that_is_none(cli: Cli, repo: Repo) -> None:
    """A file that is missing, and one that holds no certificate, are named before anything is sent."""
    repo.manifest("tweet")
    repo.deployment("https://127.0.0.1:9", "ca_file: ca.pem")
    assert f"ca_file: there is no file {repo.root / 'ca.pem'}" in cli("plan", code=1).message
    repo.write("ca.pem", "not a certificate")
    assert f"ca_file: {repo.root / 'ca.pem'} holds no certificate" in cli("plan", code=1).message
