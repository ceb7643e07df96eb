"""Scenarios of a new password: on the servers first, in the directory last, cut at any moment."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import __main__ as stage
import domain as peers
import web

ACCOUNT = "CONTOSO\\KerbAuth"
SERVICE = "webint-pool01.contoso.com"


def account(attribute="msDS-KeyVersionNumber"):
    """What the directory's own file says of the account."""
    told = peers.call("ldbsearch", f"--configfile={stage.DOMAIN.conf}", "-H", str(stage.DOMAIN.folder / "private/sam.ldb"),
                      "(sAMAccountName=kerbauth$)", attribute, env=stage.DOMAIN.environment())
    return next(line.split(": ")[1] for line in told.splitlines() if line.startswith(attribute))


def clean_drives():
    """Servers that all hold one password, with every key exported; the files keep their access lists."""
    clean = stage.fresh("clean-estate")
    subprocess.run([stage.PROGRAM, "simulate", "estate", "--seed", "7", "--sites", "2", "--servers", "6", "--clean", "-o", clean], check=True,
                   stdout=subprocess.DEVNULL)
    before = {}
    for host in stage.DOMAIN.hosts:
        file = stage.drive_file(host)
        before[file] = file.read_bytes()
        file.write_bytes((clean / "servers" / f"{host}.{peers.DNS}" / file.relative_to(stage.DOMAIN.drive(host))).read_bytes())
    return clean, before


class Prepared:
    """A plan for a new password, made from a collected bundle; the drives are put back afterwards."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.clean, self.before = clean_drives()
        self.bundle, _ = stage.collect(self.name)
        for host in stage.DOMAIN.hosts:
            shutil.copytree(self.clean / "servers" / f"{host}.{peers.DNS}" / "keys", self.bundle / "servers" / f"{host}.{peers.DNS}" / "keys")
        self.plan = stage.HOME / f"{self.name}.json"
        stage.kerbsync("plan", "set-password", self.bundle, "--user-account", ACCOUNT, "--operator", "CONTOSO\\lyncadmin",
                       "--accept-inferred-protection", "-o", self.plan)
        self.old = {h: stage.drive_file(h).read_bytes() for h in stage.DOMAIN.hosts}
        self.version = account()
        return self

    def __exit__(self, *_):
        for file, was in self.before.items():
            file.write_bytes(was)
        peers.call("samba-tool", "user", "setpassword", "kerbauth$", f"--newpassword={peers.ACCOUNT}", "-H",
                   str(stage.DOMAIN.folder / "private/sam.ldb"), "-s", str(stage.DOMAIN.conf), env=stage.DOMAIN.environment())

    def secrets(self, host):
        return web.secrets(stage.drive_file(host), self.bundle / "servers" / f"{host}.{peers.DNS}" / "keys", ACCOUNT)

    def is_new(self):
        return all(stage.drive_file(h).read_bytes() != b for h, b in self.old.items())

    def is_old(self):
        return all(stage.drive_file(h).read_bytes() == b for h, b in self.old.items())


def directory(port=636, authority=None):
    return ["--directory", f"ldaps://dc01.{peers.DNS}:{port}", "--ca", authority or stage.DOMAIN.authority]


def apply(at, *more, codes=(0,)):
    return stage.kerbsync("apply", at.plan, "--bundle", at.bundle, *stage.write_live(), *more, codes=codes)


def document(done):
    """The one run of what was printed as JSON."""
    [run] = json.loads(done.stdout)["runs"]
    return run


def must_be_proved(run, server=None):
    """The fields say that the first controller proved the password, and with which version of the account's key."""
    proof = run["proof"]
    said = [proof[name] for name in ("account", "controller", "server", "outcome", "reason", "key_version")]
    stage.must(said == [ACCOUNT, f"dc01.{peers.DNS}", server, "proved", None, int(account())], proof)


def recover(at, codes=(0,)):
    done = stage.kerbsync("recover", at.bundle, *stage.write_live(), *directory(), codes=codes)
    return done.stdout + done.stderr


def tickets(user="lyncadmin"):
    cache = stage.HOME / f"tickets-{user}"
    subprocess.run(["kinit", "-f", "-c", f"FILE:{cache}", f"{user}@{peers.REALM}"], input=peers.OPERATOR, text=True, check=True,
                   env=stage.DOMAIN.environment(), stdout=subprocess.DEVNULL)
    return cache


def a_new_password_reaches_servers_and_then_the_directory():
    with Prepared("new-password") as at:
        servers = web.WebServers(stage.DOMAIN, stage.HOME / "web")
        before = at.secrets("fe01")
        stage.must(len(before) == 1 and peers.ACCOUNT not in before, "the server holds the directory's password already")
        process = servers.start("fe01", SERVICE, next(iter(before)), account())
        was = servers.status("fe01", SERVICE, tickets())
        log = (stage.HOME / "web/fe01/error.log").read_text()
        stage.must(was == "401" and "GSS ERROR" in log, f"{was} before, and not for its key: {log}")
        # Without a directory nothing is written.
        refused = apply(at, codes=(5,))
        stage.must("--directory" in refused.stderr and at.is_old(), refused.stderr)
        done = apply(at, *directory(), "--wait-replication", "10s")
        told = done.stdout + done.stderr
        stage.must(f"from dc01.{peers.DNS} opens with the new password" in told, told)
        stage.must("There is no other controller" in told, told)
        stage.must(at.is_new() and int(account()) == int(at.version) + 1, f"{account()} after {at.version}: {told}")
        held = {h: at.secrets(h) for h in stage.DOMAIN.hosts}
        stage.must(len(set.union(*held.values())) == 1 and all(len(s) == 1 for s in held.values()), "the servers hold different passwords")
        new = next(iter(held["fe01"]))
        stage.must(new not in told and len(new) > 20, "the password was printed")
        stage.must(not any(new.encode() in p.read_bytes() or new.encode("utf-16-le") in p.read_bytes() for p in at.bundle.rglob("*") if p.is_file()),
                   "the password lies in the bundle")
        process.terminate()
        process.wait()
        servers.start("fe01", SERVICE, new, account())
        now = servers.status("fe01", SERVICE, tickets())
        servers.stop()
        stage.must(now == "200", f"{now} after; {(stage.HOME / 'web/fe01/error.log').read_text()}")
        again = apply(at, *directory(), codes=(0, 5))
        stage.must(int(account()) == int(at.version) + 1, "a second apply set another password: " + again.stdout)
        status = stage.kerbsync("status", at.bundle, *stage.write_live())
        stage.must("all-new" in status.stdout or "done" in status.stdout, status.stdout)


def a_new_password_takes_one_command():
    """Planned and applied at once; by the name of a domain, whoever answers is asked by its own name from then on. A domain controller that the
    directory names and that is not there is told as such."""
    with Prepared("one-command") as at:
        gone = f"CN=DC09,OU=Domain Controllers,{peers.BASE}"
        stage.DOMAIN.modify(f"dn: {gone}\nchangetype: add\nobjectClass: computer\nsAMAccountName: DC09$\nuserAccountControl: 4096\n"
                            f"dNSHostName: dc09.{peers.DNS}\n\ndn: {gone}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 532480\n")
        try:
            done = stage.kerbsync("set-password", at.bundle, "--user-account", ACCOUNT, "--operator", "CONTOSO\\lyncadmin",
                                  "--accept-inferred-protection", "--yes", *stage.write_live()[:1], *stage.write_live()[3:], "--directory",
                                  f"ldaps://{peers.DNS}", "--ca", stage.DOMAIN.authority, "--wait-replication", "1s", "--format", "json")
        finally:
            stage.DOMAIN.modify(f"dn: {gone}\nchangetype: delete\n")
        run = document(done)
        told = "\n".join(run["notes"])
        must_be_proved(run)
        [seen] = run["replication"]["controllers"]
        stage.must((seen["controller"], seen["state"], seen["key_version"]) == (f"dc09.{peers.DNS}", "not-reached", None), seen)
        stage.must(seen["reason"] and seen["reason"] in told, seen)
        stage.must(f"from dc01.{peers.DNS} opens with the new password" in told, told)
        stage.must(f"Whether dc09.{peers.DNS} has the new password is not known" in told, told)
        stage.must(at.is_new() and account() != at.version, told)


class Cut:
    """A relay before the directory's port, which acts where a connection stands at a certain moment."""

    def __init__(self, port, when, act):
        self.port, self.when, self.act, self.done = port, when, act, False
        self.listener = socket.create_server((peers.CONTROLLER, port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.done:
                client.close()
                continue
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        try:
            server = socket.create_connection((peers.CONTROLLER, 636), 5)
        except OSError:
            return client.close()
        threading.Thread(target=self.pump, args=(client, server, None), daemon=True).start()
        self.pump(server, client, self.when)

    def pump(self, source, target, when):
        try:
            while data := source.recv(65536):
                if when and not self.done and when():
                    self.done = True
                    self.act()
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.close()
            except OSError:
                pass

    def close(self):
        self.done = True
        self.listener.close()


def started(at, port):
    """A run whose directory is reached by way of the relay."""
    words = [stage.PROGRAM, "apply", at.plan, "--bundle", at.bundle, *stage.write_live(), *directory(port)]
    return subprocess.Popen(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            env=stage.DOMAIN.environment())


def a_controller_that_goes_before_the_password_leaves_the_old_one():
    with Prepared("gone-before") as at:
        relay = Cut(1636, at.is_new, lambda: None)
        run = started(at, 1636)
        told = run.communicate(timeout=120)[0]
        relay.close()
        stage.must(run.returncode == 6 and "was not set" in told, f"exit {run.returncode}\n{told}")
        stage.must(at.is_new() and account() == at.version, "servers are to hold the new password, the directory the old one")
        told = recover(at)
        stage.must(at.is_old() and account() == at.version, told)


def an_answer_that_is_lost_is_made_up_for_by_the_proof():
    with Prepared("answer-lost") as at:
        relay = Cut(1637, lambda: account() != at.version, lambda: None)
        run = started(at, 1637)
        told = run.communicate(timeout=120)[0]
        relay.close()
        stage.must(run.returncode == 0 and "opens with the new password" in told, f"exit {run.returncode}\n{told}")
        stage.must(at.is_new() and account() != at.version, told)


def killed_when_the_directory_has_the_password_it_is_found_by_the_proof():
    with Prepared("killed-after") as at:
        relay = Cut(1638, lambda: account() != at.version, lambda: run.kill())
        run = started(at, 1638)
        run.communicate(timeout=120)
        relay.close()
        stage.must(run.returncode == -9, f"exit {run.returncode}: it was not killed")
        nobody = stage.kerbsync("recover", at.bundle, *stage.write_live(), codes=(5, 6))
        stage.must("--directory" in nobody.stderr and at.is_new(), nobody.stderr)
        done = stage.kerbsync("recover", at.bundle, *stage.write_live(), *directory(), "--format", "json")
        run = document(done)
        told = "\n".join(run["notes"])
        must_be_proved(run, run["proof"]["server"])
        stage.must(run["proof"]["server"] in {f"{h}.{peers.DNS}" for h in stage.DOMAIN.hosts} and run["replication"] is None, run)
        stage.must("the directory has the new one" in told and f"from dc01.{peers.DNS} opens with the password that" in told, told)
        stage.must(at.is_new() and account() != at.version, told)
        again = recover(at)
        stage.must(at.is_new(), again)


def killed_before_the_directory_has_the_password_everything_is_as_before():
    with Prepared("killed-before") as at:
        # The last thing that is asked before the change is for the version of the keys, and that is in the journal by then.
        intent = lambda: any("directory-intent" in p.read_text() for p in (at.bundle / ".kerbsync/journal").glob("*.jsonl"))
        relay = Cut(1639, lambda: at.is_new() and intent(), lambda: run.kill())
        run = started(at, 1639)
        run.communicate(timeout=120)
        relay.close()
        stage.must(run.returncode == -9 and at.is_new() and account() == at.version, f"exit {run.returncode}: it was not killed in time")
        run = document(stage.kerbsync("recover", at.bundle, *stage.write_live(), *directory(), "--format", "json"))
        told, proof = "\n".join(run["notes"]), run["proof"]
        stage.must((proof["controller"], proof["outcome"], proof["key_version"]) == (f"dc01.{peers.DNS}", "refuted", int(at.version)), proof)
        stage.must("does not open with the password that" in told and "the directory has the one from before" in told, told)
        stage.must(at.is_old() and account() == at.version, told)


def a_controller_that_goes_after_the_password_is_waited_for():
    with Prepared("gone-after") as at:
        relay = Cut(1640, lambda: account() != at.version, stage.DOMAIN.stop)
        run = started(at, 1640)
        told = run.communicate(timeout=180)[0]
        relay.close()
        stage.must(run.returncode == 6 and "may or may not have been set" in told, f"exit {run.returncode}\n{told}")
        away = stage.kerbsync("recover", at.bundle, *stage.write_live(), *directory(), "--timeout", "3", codes=(6,))
        stage.must(at.is_new(), away.stderr)
        stage.DOMAIN.start()
        told = recover(at)
        stage.must("the directory has the new one" in told and at.is_new(), told)


def who_may_not_set_the_password_is_told_so():
    with Prepared("not-allowed") as at:
        other = stage.HOME / "other-ca.crt"
        peers.call("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Others", "-keyout", str(stage.HOME / "other.key"),
                   "-out", str(other))
        wrong = apply(at, *directory(authority=other), codes=(5,))
        stage.must("ertificate" in wrong.stderr and "nothing was written" in wrong.stderr and at.is_old(), wrong.stderr)
        named = stage.kerbsync("apply", at.plan, "--bundle", at.bundle, *stage.write_live(), "--directory", "ldaps://localhost", "--ca",
                               stage.DOMAIN.authority, codes=(5,))
        stage.must("nothing was written" in named.stderr and at.is_old(), named.stderr)
        dn = f"CN={stage.DOMAIN.account},CN=Computers,{peers.BASE}"
        deny = "(OD;;CR;00299570-246d-11d0-a768-00aa006e0529;;{})"
        who = peers.call("ldbsearch", f"--configfile={stage.DOMAIN.conf}", "-H", str(stage.DOMAIN.folder / "private/sam.ldb"),
                         "(sAMAccountName=Administrator)", "objectSid", env=stage.DOMAIN.environment())
        sid = next(line.split()[1] for line in who.splitlines() if line.startswith("objectSid:"))
        # It stays there: this is the last scenario that sets a password over the network.
        peers.call("samba-tool", "dsacl", "set", f"--objectdn={dn}", f"--sddl={deny.format(sid)}", "-s", str(stage.DOMAIN.conf), "-H",
                   str(stage.DOMAIN.folder / "private/sam.ldb"), env=stage.DOMAIN.environment())
        done = apply(at, *directory(), codes=(6,))
        told = done.stdout + done.stderr
        stage.must("has no right to reset" in told and account() == at.version, told)
        told = recover(at)
        stage.must(at.is_old(), told)


SCENARIOS = [
    a_new_password_reaches_servers_and_then_the_directory,
    a_new_password_takes_one_command,
    a_controller_that_goes_before_the_password_leaves_the_old_one,
    an_answer_that_is_lost_is_made_up_for_by_the_proof,
    killed_when_the_directory_has_the_password_it_is_found_by_the_proof,
    killed_before_the_directory_has_the_password_everything_is_as_before,
    a_controller_that_goes_after_the_password_is_waited_for,
    who_may_not_set_the_password_is_told_so,
]
