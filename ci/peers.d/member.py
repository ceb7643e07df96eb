"""A server that is a member of the domain and no more: processes, configuration, state, address and drive of its own. It takes the place of
one server of the estate for as long as it is up."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import __main__ as stage
import domain as peers

NAME, ADDRESS = "fe02", "127.0.0.41"
FQDN = f"{NAME}.{peers.DNS}"
CONFIGURATION = Path("Windows/System32/inetsrv/config/applicationHost.config")
# Numbers of Unix users and groups: this and the last part of the SID.
FIRST = 100_000


class Member:
    """Joined to the domain and started. At the end it is taken out, and the controller's file server stands for that server as before."""

    def __init__(self):
        self.folder = stage.HOME / "member"
        self.conf = self.folder / "etc/smb.conf"
        self.drive = self.folder / "C"
        self.file = self.drive / CONFIGURATION
        self.process = None

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ("etc", "private", "lock", "state", "cache", "run", "ncalrpc", "bind", "ntp", "log"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.hosts = (stage.DOMAIN.folder / "etc/hosts").read_text()
        self.configure()
        try:
            self.take_the_place()
            self.call("net", "ads", "join", "--no-dns-updates", "-S", f"dc01.{peers.DNS}", "-U", f"Administrator%{peers.ADMIN}")
            self.call("net", "ads", "testjoin")
            # With the access lists, which are attributes of the files.
            shutil.copytree(stage.DOMAIN.drive(NAME), self.drive)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        self.give_the_place_back()

    def call(self, *command):
        return peers.call(*command, "-s", str(self.conf), env=stage.DOMAIN.environment())

    def configure(self):
        at = self.folder
        self.share()
        self.conf.write_text(f"""[global]
 netbios name = {NAME.upper()}
 workgroup = {peers.NETBIOS}
 realm = {peers.REALM}
 security = ads
 server role = member server
 interfaces = {ADDRESS}/8
 bind interfaces only = yes
 idmap config * : backend = tdb
 idmap config * : range = 3000-9999
 idmap config {peers.NETBIOS} : backend = rid
 idmap config {peers.NETBIOS} : range = {FIRST}-199999
{peers.places(at)} log level = 1
 max log size = 0
 load printers = no
 printing = bsd
 printcap name = /dev/null
 disable spoolss = yes
 disable netbios = yes
 smb ports = 445
 server min protocol = SMB2
 server signing = mandatory
 kerberos encryption types = all
[C$]
 path = {at}/C
 read only = no
 case sensitive = no
 vfs objects = acl_xattr
 acl_xattr:ignore system acls = yes
 acl_xattr:default acl style = windows
 include = {at}/etc/share.conf
""")
        # Whoever is let in must be a Unix user too. A list of them spares a module in the system's own configuration.
        found = self.directory("(objectCategory=person)", "sAMAccountName", "objectSid")
        users, name, number = [], None, None
        for line in found.splitlines():
            key, _, value = line.partition(": ")
            name = value.lower() if key == "sAMAccountName" else name
            number = FIRST + int(value.rsplit("-", 1)[1]) if key == "objectSid" else number
            if name and number:
                users.append(f"{peers.NETBIOS.lower()}\\{name}:x:{number}:{FIRST + 513}::/:/bin/false\n")
                name = number = None
        stage.must(len(users) >= 3, found)
        (at / "etc/passwd").write_text(Path("/etc/passwd").read_text() + "".join(users))

    @staticmethod
    def directory(*words):
        return peers.call("ldbsearch", f"--configfile={stage.DOMAIN.conf}", "-H", str(stage.DOMAIN.folder / "private/sam.ldb"), *words,
                          env=stage.DOMAIN.environment())

    def share(self, *lines):
        """Lines of its share: what is wrong with it."""
        (self.folder / "etc/share.conf").write_text("".join(f" {line}\n" for line in lines))

    @staticmethod
    def lead(names):
        """Names lead there from now on. Samba's own clients remember addresses for minutes."""
        # The same file, which is mounted elsewhere.
        (stage.DOMAIN.folder / "etc/hosts").write_text(names)
        peers.call("net", "cache", "flush", "-s", "/dev/null", env=stage.DOMAIN.environment())

    def take_the_place(self):
        """Its name leads to it alone, and the directory's tickets for that name are for it."""
        stand_in = f"{stage.DOMAIN.hosts[NAME]} {FQDN} {NAME}\n"
        stage.must(stand_in in self.hosts, self.hosts)
        self.lead(self.hosts.replace(stand_in, f"{ADDRESS} {FQDN} {NAME}\n"))
        stage.DOMAIN.share(NAME, "hosts deny = ALL")
        stage.DOMAIN.modify(f"dn: CN=DC01,OU=Domain Controllers,{peers.BASE}\nchangetype: modify\ndelete: servicePrincipalName\n"
                            f"servicePrincipalName: cifs/{FQDN}\n")

    def give_the_place_back(self):
        self.lead(self.hosts)
        stage.DOMAIN.share(NAME)
        account = f"dn: CN={NAME},CN=Computers,{peers.BASE}\n"
        stage.DOMAIN.modify(f"{account}changetype: delete\n\n"
                            f"{account}changetype: add\nobjectClass: computer\nsAMAccountName: {NAME.upper()}$\nuserAccountControl: 4096\n"
                            f"dNSHostName: {FQDN}\n\n"
                            f"dn: CN=DC01,OU=Domain Controllers,{peers.BASE}\nchangetype: modify\nadd: servicePrincipalName\n"
                            f"servicePrincipalName: cifs/{FQDN}\n")

    def start(self):
        # The place where winbindd is looked for is built into Samba, and the controller's is there: hence a view of the files of its own.
        script = ('mount -t tmpfs -o mode=755 tmpfs /run/samba && mount --bind "$1/etc/passwd" /etc/passwd && '
                  '{ winbindd -F --no-process-group -s "$1/etc/smb.conf" & exec smbd -F --no-process-group -s "$1/etc/smb.conf"; }')
        self.process = subprocess.Popen(["unshare", "--mount", "sh", "-c", script, "sh", str(self.folder)], env=stage.DOMAIN.environment(),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 60
        while True:
            # It is up once somebody of the domain is let in.
            done = self.client("ls")
            if not done.returncode:
                return
            stage.must(time.monotonic() < deadline, f"the member lets nobody in; see {self.folder}/log\n{done.stdout}")
            time.sleep(0.2)

    def client(self, command):
        return subprocess.run(["smbclient", "-s", "/dev/null", f"//{FQDN}/C$", "-U", f"{peers.NETBIOS}/Administrator%{peers.ADMIN}",
                               "--use-kerberos=off", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=stage.DOMAIN.environment())

    def stop(self):
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()
        self.process = None
        for _ in range(100):
            try:
                socket.create_connection((ADDRESS, 445), 1).close()
            except OSError:
                return
            time.sleep(0.1)
        raise AssertionError("the member does not stop")

    def attributes(self):
        """Attributes and time of creation of its configuration, as SMB shows them."""
        done = self.client(f'allinfo "{CONFIGURATION}"')
        told = [l for l in done.stdout.splitlines() if l.startswith(("create_time", "attributes"))]
        stage.must(len(told) == 2, done.stdout)
        return told


def topology():
    return [a for f in stage.TOPOLOGY for a in ("--topology", f)]


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def have(bundle):
    return {p.name for p in (bundle / "servers").iterdir()}


def others():
    return {f"{h}.{peers.DNS}" for h in stage.DOMAIN.hosts} - {FQDN}


def cache():
    at = stage.HOME / "tickets-for-the-member"
    subprocess.run(["kinit", "-f", "-c", f"FILE:{at}", f"lyncadmin@{peers.REALM}"], input=peers.OPERATOR, text=True, check=True,
                   env=stage.DOMAIN.environment(), stdout=subprocess.DEVNULL)
    return ["--ticket-cache", at]


def a_member_gives_its_files_to_the_byte():
    """With a password, with tickets and with NTLM, which it has to ask the controller about."""
    with Member() as it:
        names = it.directory(f"(servicePrincipalName=HOST/{FQDN})", "sAMAccountName")
        stage.must(f"sAMAccountName: {NAME.upper()}$" in names, names)
        # Nobody else's drive has this.
        it.file.write_bytes(it.file.read_bytes() + b"<!-- of the member -->\r\n")
        files = tree(it.drive)
        kdc = ["--kdc", f"dc01.{peers.DNS}"]
        for way, words in {"password": stage.live(), "tickets": [*kdc, *cache()], "ntlm": ["--ntlm", *stage.operator()]}.items():
            bundle = stage.fresh(f"member-{way}")
            stage.kerbsync("collect", *topology(), *words, "--history", "-o", bundle)
            got = tree(bundle / "servers" / FQDN)
            stage.must(CONFIGURATION in got, f"{way}: {sorted(got)}")
            stage.must(got == files, f"{way}: {sorted(set(got) ^ set(files))} or the bytes differ")
            stage.must(have(bundle) == others() | {FQDN}, have(bundle))


def a_copy_reaches_a_member_and_is_taken_back():
    """sync over SMB; security descriptor, attributes and time of creation stay."""
    with Member() as it:
        stand_in = stage.drive_file(NAME).read_bytes()
        # The mark of archives too: a server sets it itself whenever a file is written to, so that one without it gets it.
        changed = it.client(f'setmode "{CONFIGURATION}" +hsa')
        stage.must(not changed.returncode, changed.stdout)
        bundle, _ = stage.collect("member-sync", "--history")
        stage.with_keys(bundle)
        plan = stage.HOME / "member-plan.json"
        stage.kerbsync("plan", "sync", bundle, "--from-computer", f"fe01.{peers.DNS}", "--to-computer", FQDN, "--operator", "CONTOSO\\lyncadmin",
                       "-o", plan)
        before, access, attributes = it.file.read_bytes(), stage.security(NAME), it.attributes()
        stage.must(attributes[1].endswith("(26)"), attributes)
        kept = lambda: (stage.security(NAME), it.attributes())
        done = stage.kerbsync("apply", plan, "--bundle", bundle, *stage.write_live())
        after = it.file.read_bytes()
        stage.must(after != before and b"KerbOld" not in after and b"KerbAuth" in after, done.stdout + done.stderr)
        stage.must(kept() == (access, attributes), f"{access} {attributes} became {kept()}")
        stage.must(stage.drive_file(NAME).read_bytes() == stand_in, "it was written elsewhere")
        stage.kerbsync("rollback", "--last", bundle, *stage.write_live())
        stage.must(it.file.read_bytes() == before, "not taken back to the byte")
        stage.must(kept() == (access, attributes), f"{access} {attributes} became {kept()}")
        left = [p.name for p in it.file.parent.iterdir() if "kerbsync" in p.name]
        stage.must(not left, f"{left} is left")


def a_member_refuses_a_plain_user():
    with Member():
        plain = ["--user", f"plainuser@{peers.DNS}", "--password-file", stage.password_file(peers.OPERATOR)]
        for way in (["--kdc", f"dc01.{peers.DNS}"], ["--ntlm"]):
            bundle = stage.fresh("member-plain")
            done = stage.kerbsync("collect", *topology(), *way, *plain, "-o", bundle, codes=(3, 4))
            told = [l for l in done.stderr.splitlines() if FQDN in l]
            stage.must(told and "access denied" in " ".join(told), done.stderr)
            stage.must(not (bundle / "servers" / FQDN).exists(), "the plain user got files")


def a_member_that_is_down_is_named():
    with Member() as it:
        it.stop()
        bundle, done = stage.collect("member-down", codes=(4,))
        stage.must(f"servers/{FQDN}" in done.stderr, done.stderr)
        stage.must(have(bundle) == others(), have(bundle))
        missing = json.loads((bundle / "manifest.json").read_text())["missing"]
        stage.must([FQDN in json.dumps(m) for m in missing] == [True], missing)
        # Up again, it is fetched with what is there already.
        it.start()
        stage.kerbsync("collect", *topology(), *stage.live(), "-o", bundle, "--resume")
        stage.must(have(bundle) == others() | {FQDN}, have(bundle))


def a_member_that_denies_is_said_to_demand_encryption_at_most_with_the_other_cause():
    """Samba 4.17 agrees on no encryption with a client that does not name it among its abilities, whatever it offers, and denies."""
    with Member() as it:
        for line in (f"valid users = {peers.NETBIOS}\\\\Administrator", "smb encrypt = required"):
            it.share(line)
            bundle, done = stage.collect("member-denied", codes=(4,))
            told = " ".join(l for l in done.stderr.splitlines() if FQDN in l)
            stage.must("access denied: the operator may not, or encryption is demanded there" in told, done.stderr)
            stage.must(have(bundle) == others(), have(bundle))


SCENARIOS = [
    a_member_gives_its_files_to_the_byte,
    a_copy_reaches_a_member_and_is_taken_back,
    a_member_refuses_a_plain_user,
    a_member_that_is_down_is_named,
    a_member_that_denies_is_said_to_demand_encryption_at_most_with_the_other_cause,
]
