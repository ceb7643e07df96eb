"""A second domain controller, which takes what the first one has only when it is told to."""

import json
import shutil
import socket
import subprocess
import threading
import time

import __main__ as stage
import domain as peers
import password
import sealed

NAME, ADDRESS = "dc02", "127.0.0.11"


class Replica:
    """Joined to the domain and started; it stops, and is taken out of the domain, at the end."""

    def __init__(self):
        self.folder = stage.HOME / "replica"
        self.conf = self.folder / "etc/smb.conf"

    def __enter__(self):
        at = self.folder
        for part in ("etc", "private", "lock", "state", "cache", "run", "ncalrpc", "bind", "ntp", "log"):
            (at / part).mkdir(parents=True, exist_ok=True)
        (at / "ntp").chmod(0o750)
        with open(stage.DOMAIN.folder / "etc/hosts", "a") as hosts:
            hosts.write(f"{ADDRESS} {NAME}.{peers.DNS} {NAME}\n")
        # Neither file service nor replication of its own: those of the first one are in this network already, and time is what is tried.
        self.conf.write_text(f"""[global]
 netbios name = {NAME.upper()}
 workgroup = {peers.NETBIOS}
 realm = {peers.REALM}
 server role = active directory domain controller
 interfaces = {ADDRESS}/8
 bind interfaces only = yes
 server services = rpc, ldap, cldap, kdc
{peers.places(at)} log level = 1
 kerberos encryption types = all
 tls enabled = no
[sysvol]
 path = {at}/state/sysvol
[netlogon]
 path = {at}/state/sysvol/{peers.DNS}/scripts
""")
        peers.call("samba-tool", "domain", "join", peers.DNS, "DC", "-s", str(self.conf), f"--server=dc01.{peers.DNS}", "--dns-backend=NONE",
                   "-U", f"Administrator%{peers.ADMIN}", "--realm", peers.REALM, env=self.environment())
        self.process = subprocess.Popen(["samba", "-F", "--no-process-group", "-s", str(self.conf)], env=self.environment(),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection((ADDRESS, 88), 1).close()
                return self
            except OSError:
                stage.must(time.monotonic() < deadline, f"the second controller does not answer; see {at}/log")
                time.sleep(0.1)

    def environment(self):
        return stage.DOMAIN.environment()

    def pull(self):
        """It takes what the first one has."""
        peers.call("samba-tool", "drs", "replicate", NAME, "dc01", peers.BASE, "--local", "-s", str(self.conf), "-U",
                   f"Administrator%{peers.ADMIN}", env=self.environment())

    def pull_after(self, version):
        """The same, once the first one has given the account another password."""
        deadline = time.monotonic() + 60
        while password.account() == version and time.monotonic() < deadline:
            time.sleep(0.2)
        self.pull()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        peers.call("samba-tool", "domain", "demote", f"--remove-other-dead-server={NAME.upper()}", "-H",
                   str(stage.DOMAIN.folder / "private/sam.ldb"), "-s", str(stage.DOMAIN.conf), env=self.environment())


def a_controller_that_is_late_is_named_until_it_has_the_password():
    name = f"{NAME}.{peers.DNS}"
    with Replica() as replica:
        with password.Prepared("replicated-late") as at:
            told, seen = replicated(at, "2s")
            stage.must(f"{name} still has another password" in told, told)
            stage.must((seen["controller"], seen["state"], seen["after_seconds"], seen["reason"]) == (name, "late", None, None), seen)
            old = seen["key_version"]
            # A client that asks there gets tickets that no server opens any more.
            stage.must(proved_by(at, "dc01") and not proved_by(at, NAME), "the controllers do not differ")
        replica.pull()
        with password.Prepared("replicated-in-time") as at:
            puller = threading.Thread(target=replica.pull_after, args=(at.version,))
            puller.start()
            told, seen = replicated(at, "60s")
            puller.join()
            stage.must(f"{name} has the new password (seen after " in told, told)
            stage.must((seen["controller"], seen["state"], seen["reason"]) == (name, "has-it", None), seen)
            stage.must(0 <= seen["after_seconds"] <= 60 and seen["key_version"] == int(password.account()) > old, f"{seen} after {old}")
            stage.must(proved_by(at, "dc01") and proved_by(at, NAME), "the controllers differ")


def replicated(at, bound):
    """The sentences of the run, and what its fields say of the second controller."""
    run = password.document(password.apply(at, *password.directory(), "--wait-replication", bound, "--format", "json"))
    told = "\n".join(run["notes"])
    stage.must(f"from dc01.{peers.DNS} opens with the new password" in told and at.is_new(), told)
    password.must_be_proved(run)
    replication = run["replication"]
    stage.must(replication["watched_seconds"] == int(bound[:-1]) and replication["not_known"] is None, replication)
    [seen] = replication["controllers"]
    stage.must(run["proof"]["at"] <= seen["at"], run)
    return told, seen


def proved_by(at, controller):
    """Whether every server of the live estate holds what a controller calls the account's password."""
    bundle, _ = stage.collect("replicated-after")
    for host in stage.DOMAIN.hosts:
        shutil.copytree(at.clean / "servers" / f"{host}.{peers.DNS}" / "keys", bundle / "servers" / f"{host}.{peers.DNS}" / "keys")
    done = stage.kerbsync("prove", bundle, "--kdc", f"{controller}.{peers.DNS}", *stage.operator(), "--format", "json", codes=(0, 1))
    outcomes = {s["outcome"] for a in json.loads(done.stdout)["accounts"] for s in a["servers"]}
    stage.must(len(outcomes) == 1 and outcomes <= {"proved", "refuted"}, outcomes)
    return outcomes == {"proved"}


def another_controller_stands_in_for_the_first_one():
    with Replica():
        # What its own service would add in time.
        peers.call("ldbmodify", f"--configfile={stage.DOMAIN.conf}", "-H", str(stage.DOMAIN.folder / "private/sam.ldb"),
                   input=f"dn: CN={NAME.upper()},OU=Domain Controllers,{peers.BASE}\nchangetype: modify\nadd: servicePrincipalName\n"
                         f"servicePrincipalName: ldap/{NAME}.{peers.DNS}\n", env=stage.DOMAIN.environment())
        topology = [a for f in stage.TOPOLOGY for a in ("--topology", f)]
        # Nobody listens on the first one's port.
        asked = ["--directory", f"ldap://dc01.{peers.DNS}:1", "--directory", f"ldap://{NAME}.{peers.DNS}"]
        bundle = stage.fresh("stood-in")
        done = stage.kerbsync("collect", *topology, *asked, *sealed.cache_of("lyncadmin", peers.OPERATOR), "-o", bundle, codes=(4,))
        manifest = json.loads((bundle / "manifest.json").read_text())
        sources = {f["path"]: f["source"] for f in manifest["files"]}
        for file in ("accounts", "groups"):
            source = sources.get(f"directory/{file}.ldif")
            stage.must(source == f"ldap://{NAME}.{peers.DNS}:389/{peers.BASE}", f"{source}\n{done.stderr}")
        # Only what nobody else was asked for is missed, and it stays missed where it is not asked for again.
        missing = lambda: [m["path"] for m in json.loads((bundle / "manifest.json").read_text()).get("missing", [])]
        stage.must(missing() == ["directory/holders.ldif"] and "other controllers were asked" in done.stderr, f"{missing()}\n{done.stderr}")
        stage.kerbsync("collect", *topology, *stage.operator(), "--kdc", f"dc01.{peers.DNS}", "-o", bundle, "--resume", codes=(4,))
        stage.must(missing() == ["directory/holders.ldif"], missing())
        stage.kerbsync("collect", *topology, *stage.live(), "-o", bundle, "--resume")
        stage.must(missing() == [], missing())


SCENARIOS = [another_controller_stands_in_for_the_first_one, a_controller_that_is_late_is_named_until_it_has_the_password]
