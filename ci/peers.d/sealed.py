"""A directory that is asked with tickets alone: Kerberos encrypts the connection, and no certificate is needed."""

import base64
import shutil
import subprocess
import time

import __main__ as stage
import domain as peers
import password


def cache_of(user, secret):
    cache = stage.HOME / f"tickets-of-{user}"
    subprocess.run(["kinit", "-f", "-c", f"FILE:{cache}", f"{user}@{peers.REALM}"], input=secret, text=True, check=True,
                   env=stage.DOMAIN.environment(), stdout=subprocess.DEVNULL)
    return ["--ticket-cache", cache]


def address():
    return ["--directory", f"ldap://dc01.{peers.DNS}"]


def tickets_are_enough_for_the_directory():
    """What is collected is what is collected inside TLS."""
    topology = [a for f in stage.TOPOLOGY for a in ("--topology", f)]
    tickets = cache_of("lyncadmin", peers.OPERATOR)
    sealed = stage.fresh("sealed")
    stage.kerbsync("collect", *topology, *address(), *tickets, "-o", sealed)
    inside, _ = stage.collect("inside-tls")
    for file in ("accounts", "groups", "domains", "holders"):
        name = f"directory/{file}.ldif"
        stage.must((sealed / name).read_bytes() == (inside / name).read_bytes(), f"{name} is not what it is inside TLS")
    # Inside TLS the password is asked for, and whoever has none is told where tickets are enough.
    refused = stage.kerbsync("collect", *topology, "--directory", f"ldaps://dc01.{peers.DNS}", "--ca", stage.DOMAIN.authority, *tickets,
                             "-o", stage.fresh("tickets-inside-tls"), codes=(4,))
    stage.must("a ticket cache is enough at ldap://" in refused.stderr, refused.stderr)
    # A ticket of one service shows nothing to another.
    named = stage.kerbsync("collect", *topology, "--directory", "ldap://localhost", "--kdc", f"dc01.{peers.DNS}", *tickets, "-o",
                           stage.fresh("other-name"), codes=(4,))
    stage.must("cannot be asked" in named.stderr, named.stderr)


def a_new_password_reaches_the_directory_sealed():
    """Set with tickets, and nothing of it is on the wire."""
    with password.Prepared("sealed-password") as at:
        tickets = cache_of("Administrator", peers.ADMIN)
        watch = None
        if shutil.which("tshark"):
            capture = stage.HOME / "sealed.pcapng"
            watch = subprocess.Popen(["tshark", "-q", "-i", "lo", "-w", str(capture)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(2)
        done = stage.kerbsync("apply", at.plan, "--bundle", at.bundle, "--live", "--kdc", f"dc01.{peers.DNS}", *tickets, *address())
        told = done.stdout + done.stderr
        stage.must(f"from dc01.{peers.DNS} opens with the new password" in told and at.is_new(), told)
        held = set.union(*(at.secrets(h) for h in stage.DOMAIN.hosts))
        stage.must(len(held) == 1, "the servers hold different passwords")
        if watch:
            time.sleep(1)
            watch.terminate()
            watch.wait()
            seen = capture.read_bytes()
            stage.must(b"GSSAPI" in seen and len(seen) > 100_000, f"only {len(seen)} bytes were captured, or another bind")
            for secret in (*held, peers.ADMIN):
                for form in (secret.encode(), secret.encode("utf-16-le"), base64.b64encode(secret.encode()), secret.encode().hex().encode()):
                    stage.must(form not in seen, "a password crossed the wire in clear")
            stage.must(b"unicodePwd" not in seen and b"servicePrincipalName" not in seen, "the directory was asked in clear")


SCENARIOS = [tickets_are_enough_for_the_directory, a_new_password_reaches_the_directory_sealed]
