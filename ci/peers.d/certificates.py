"""A directory whose certificate has run out: nothing is said to it."""

import datetime
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

import __main__ as stage
import domain as peers

PORT = 1636


def expired():
    """A certificate for the controller's name and key, by the authority that is believed, of a week ago."""
    tls = stage.DOMAIN.folder / "tls"
    authority = x509.load_pem_x509_certificate((tls / "ca.crt").read_bytes())
    signer = serialization.load_pem_private_key((tls / "ca.key").read_bytes(), None)
    key = serialization.load_pem_private_key((tls / "dc01.key").read_bytes(), None)
    name = f"dc01.{peers.DNS}"
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])).issuer_name(authority.subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=8)).not_valid_after(now - datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False).sign(signer, hashes.SHA256()))
    path = tls / "expired.crt"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path, tls / "dc01.key"


def a_certificate_that_has_run_out_is_not_believed():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*expired())
    said = []

    def serve(listener):
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                said.append(secured.recv(1000))
        except OSError as error:
            said.append(str(error))

    with socket.create_server((peers.CONTROLLER, PORT)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        topology = [a for f in stage.TOPOLOGY for a in ("--topology", f)]
        done = stage.kerbsync("collect", *topology, "--directory", f"ldaps://dc01.{peers.DNS}:{PORT}", "--ca", stage.DOMAIN.authority,
                              *stage.operator(), "--kdc", f"dc01.{peers.DNS}", "-o", stage.fresh("expired"), codes=(4,))
        thread.join(10)
    stage.must("cannot be asked" in done.stderr and "xpired" in done.stderr, done.stderr)
    stage.must(said and not isinstance(said[0], bytes) or said == [b""], f"something was said to it: {said}")


SCENARIOS = [a_certificate_that_has_run_out_is_not_believed]
