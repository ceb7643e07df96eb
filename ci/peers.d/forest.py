"""A second domain of the forest.

What is real: a second Samba controller of a domain of its own, child.contoso.com, with its own accounts, its own certificate, and its own answers.
What is stood in: Samba 4.17 joins no domain to a forest as a child any more. (`samba-tool domain join … SUBDOMAIN` is gone; what is left of it in
Samba's Python code was tried, and the first controller ended when it was asked to add the domain's crossRef.) So the second domain is a forest of
its own, and the first one's configuration is made to name it and its controller, as a forest does. No trust leads from one to the other: that the
operator is believed by both is an account with the same principal name and password in each.
"""

import base64
import json
import shutil
import socket
import subprocess
import time

import __main__ as stage
import domain as peers
import sealed

NAME, ADDRESS, DNS, NETBIOS, BASE = "dc11", "127.0.0.12", f"child.{peers.DNS}", "CHILD", f"DC=child,{peers.BASE}"
CONFIGURATION = f"CN=Configuration,{peers.BASE}"
SID = "S-1-5-21-1111111111-222222222-333333333"
SERVERS = f"CN=Servers,CN=Default-First-Site-Name,CN=Sites,{CONFIGURATION}"
# An object that stands for the other domain's head, since what the others name has to be there (without its SID the first one's centre gives
# no tickets any more); the domain; its controller.
NAMED = [
    (BASE, f"objectClass: domainDNS\nobjectSid: {SID}\n"),
    (f"CN={NETBIOS},CN=Partitions,{CONFIGURATION}", f"objectClass: crossRef\nnCName: {BASE}\ndnsRoot: {DNS}\nnETBIOSName: {NETBIOS}\nsystemFlags: 3\n"),
    (f"CN={NAME.upper()},{SERVERS}", f"objectClass: server\ndNSHostName: {NAME}.{DNS}\n"),
    (f"CN=NTDS Settings,CN={NAME.upper()},{SERVERS}",
     f"objectClass: nTDSDSA\noptions: 0\nhasMasterNCs: {CONFIGURATION}\nhasMasterNCs: {BASE}\nmsDS-HasDomainNCs: {BASE}\n"),
]


class Child:
    """Provisioned once; up and named by the forest inside, gone at the end."""

    def __init__(self):
        self.folder = stage.HOME / "child"
        self.conf = self.folder / "etc/smb.conf"

    def __enter__(self):
        if not self.conf.exists():
            self.provision()
        for name, attributes in NAMED:
            self.first("ldbmodify", input=f"dn: {name}\nchangetype: add\n{attributes}")
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        for name, _ in reversed(NAMED):
            self.first("ldbdel", name)

    def first(self, tool, *more, **options):
        """Something done to the database of the first controller."""
        peers.call(tool, "--relax", f"--configfile={stage.DOMAIN.conf}", "-H", str(stage.DOMAIN.folder / "private/sam.ldb"), *more,
                   env=stage.DOMAIN.environment(), **options)

    def provision(self):
        at = self.folder
        for part in ("etc", "private", "lock", "state", "cache", "run", "ncalrpc", "bind", "ntp", "log", "tls"):
            (at / part).mkdir(parents=True, exist_ok=True)
        (at / "ntp").chmod(0o750)
        with open(stage.DOMAIN.folder / "etc/hosts", "a") as hosts:
            hosts.write(f"{ADDRESS} {NAME}.{DNS}\n")
        (at / "etc/empty.conf").write_text("[global]\n")
        peers.call("samba-tool", "domain", "provision", "-s", str(at / "etc/empty.conf"), f"--targetdir={at}", f"--realm={DNS.upper()}",
                   f"--domain={NETBIOS}", f"--host-name={NAME}", f"--host-ip={ADDRESS}", "--server-role=dc", "--dns-backend=NONE",
                   f"--adminpass={peers.ADMIN}", f"--domain-sid={SID}", "--quiet", env=stage.DOMAIN.environment())
        self.certificate()
        self.conf.write_text(f"""[global]
 netbios name = {NAME.upper()}
 workgroup = {NETBIOS}
 realm = {DNS.upper()}
 server role = active directory domain controller
 interfaces = {ADDRESS}/8
 bind interfaces only = yes
 server services = rpc, ldap, cldap, kdc
{peers.places(at)} log level = 1
 ldap server require strong auth = yes
 tls enabled = yes
 tls keyfile = {at}/tls/{NAME}.key
 tls certfile = {at}/tls/{NAME}.crt
 tls cafile = {stage.DOMAIN.authority}
""")
        password = lambda text: base64.b64encode(f'"{text}"'.encode("utf-16-le")).decode()
        objects = (
            f"dn: CN=Lync Admin,CN=Users,{BASE}\nchangetype: add\nobjectClass: user\nsAMAccountName: lyncadmin\n"
            f"userPrincipalName: lyncadmin@{peers.DNS}\nuserAccountControl: 512\nunicodePwd:: {password(peers.OPERATOR)}\n\n"
            f"dn: CN=KerbAuth,CN=Computers,{BASE}\nchangetype: add\nobjectClass: computer\nsAMAccountName: KerbAuth$\n"
            f"userAccountControl: 4128\nunicodePwd:: {password(peers.ACCOUNT)}\nservicePrincipalName: http/lyncweb.{peers.DNS}\n"
        )
        peers.call("ldbmodify", f"--configfile={self.conf}", "-H", str(at / "private/sam.ldb"), input=objects, env=stage.DOMAIN.environment())

    def certificate(self):
        """By the authority of the first one, for the controller's own name."""
        tls, ours = stage.DOMAIN.folder / "tls", self.folder / "tls"
        peers.call("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}.{DNS}", "-keyout", f"{ours}/{NAME}.key", "-out",
                   f"{ours}/{NAME}.csr")
        (ours / "names").write_text(f"subjectAltName=DNS:{NAME}.{DNS}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
        peers.call("openssl", "x509", "-req", "-in", f"{ours}/{NAME}.csr", "-CA", f"{tls}/ca.crt", "-CAkey", f"{tls}/ca.key", "-CAcreateserial",
                   "-days", "30", "-extfile", f"{ours}/names", "-out", f"{ours}/{NAME}.crt")
        (ours / f"{NAME}.key").chmod(0o600)

    def start(self):
        self.process = subprocess.Popen(["samba", "-F", "--no-process-group", "-s", str(self.conf)], env=stage.DOMAIN.environment(),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        for port in (389, 636):
            while True:
                try:
                    socket.create_connection((ADDRESS, port), 1).close()
                    break
                except OSError:
                    stage.must(time.monotonic() < deadline, f"the second domain does not answer on port {port}; see {self.folder}/log")
                    time.sleep(0.1)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


def documents():
    """The estate's documents, whose sites have the account of the second domain."""
    folder = stage.fresh("forest-documents")
    folder.mkdir()
    changed = 0
    for file in stage.TOPOLOGY:
        data = file.read_bytes()
        for encoding in ("utf-8", "utf-16-le"):
            before, after = (f"{domain}\\KerbAuth".encode(encoding) for domain in (peers.NETBIOS, NETBIOS))
            changed += data.count(before)
            data = data.replace(before, after)
        (folder / file.name).write_bytes(data)
    stage.must(changed, "no document names the account")
    return [a for f in sorted(folder.iterdir()) for a in ("--topology", f)]


def collect(name, *more, directory=None, codes=(0,)):
    bundle = stage.fresh(name) if "--resume" not in more else stage.HOME / name
    done = stage.kerbsync("collect", *documents(), *(directory or stage.live()), "-o", bundle, *more, codes=codes)
    return bundle, done, json.loads((bundle / "manifest.json").read_text())


def verdicts(bundle):
    """What is said of the account of the second domain, by rule."""
    report = json.loads(stage.kerbsync("audit", bundle, "--format", "json", codes=(0, 1, 4)).stdout)
    stage.must(not [i for i in report["inputs"] if i["status"] == "unreadable"], report["inputs"])
    account = json.dumps(f"{NETBIOS}\\KerbAuth").strip(chr(34)).lower()
    return {v["rule"]: v["outcome"] for v in report["verdicts"] if account in json.dumps(v["subject"]).lower()}


FILES = [f"directory/{DNS}/{part}.ldif" for part in ("accounts", "groups")]


def must_be_whole(bundle, manifest, kind="ldaps", port=636):
    sources = {f["path"]: f["source"] for f in manifest["files"]}
    stage.must(not manifest.get("missing"), manifest.get("missing"))
    stage.must([sources.get(f) for f in FILES] == [f"{kind}://{NAME}.{DNS}:{port}/{BASE}"] * 2, sources)
    stage.must("directory/accounts.ldif" in sources, sources)
    seen = verdicts(bundle)
    stage.must((seen["account-missing"], seen["spn-duplicate"]) == ("pass", "fail"), seen)


def both_domains_of_a_forest_are_collected():
    with Child():
        # Found through the first controller alone, whatever protects the connections.
        bundle, _, manifest = collect("forest")
        must_be_whole(bundle, manifest)
        start_tls = ["--directory", f"ldap://dc01.{peers.DNS}", "--ca", stage.DOMAIN.authority, *stage.operator()]
        bundle, _, manifest = collect("forest-starttls", directory=start_tls)
        must_be_whole(bundle, manifest, "ldap", 389)
        # Only the first domain where that is wanted, and no more is claimed of the account.
        bundle, _, manifest = collect("forest-none", "--domains", "none")
        stage.must(not manifest.get("missing") and not (bundle / f"directory/{DNS}").exists(), manifest)
        stage.must(verdicts(bundle)["account-missing"] == "unknown", verdicts(bundle))


def a_domain_that_is_down_hides_nothing_and_is_fetched_later():
    with Child() as child:
        child.stop()
        bundle, done, manifest = collect("forest-down", codes=(4,))
        missing = {m["path"]: m["reason"] for m in manifest["missing"]}
        stage.must(sorted(missing) == FILES and all(f in done.stderr for f in FILES), f"{missing}\n{done.stderr}")
        stage.must(all(f"accounts and groups of {DNS} are not in the bundle" in why for why in missing.values()), missing)
        stage.must(len(list((bundle / "servers").iterdir())) == len(stage.DOMAIN.hosts), "servers are missing")
        # Nothing is concluded from it, also where somebody says that the exports are complete.
        stage.must(verdicts(bundle)["account-missing"] == "unknown", verdicts(bundle))
        (bundle / "kerbsync.toml").write_text("[directory]\ncomplete = true\n")
        stage.must(verdicts(bundle)["account-missing"] == "unknown", verdicts(bundle))
        (bundle / "kerbsync.toml").unlink()
        child.start()
        before = {f["path"]: f["read_at"] for f in manifest["files"]}
        bundle, _, manifest = collect("forest-down", "--resume")
        must_be_whole(bundle, manifest)
        stage.must(all(f["read_at"] == before[f["path"]] for f in manifest["files"] if f["path"] in before), "a file was fetched twice")


def what_does_not_reach_a_second_domain_is_told():
    with Child():
        # Tickets of one domain.
        tickets = sealed.cache_of("lyncadmin", peers.OPERATOR)
        bundle, done, manifest = collect("forest-tickets", directory=[*sealed.address(), *tickets], codes=(4,))
        stage.must("tickets are taken in the operator's own domain only" in done.stderr and (bundle / "directory/accounts.ldif").exists(), done.stderr)
        stage.must(sorted(m["path"] for m in manifest["missing"]) == FILES, manifest["missing"])
        # Named by hand it says who it is; that it is a forest of its own is not overlooked.
        bundle, done, manifest = collect("forest-other", "--directory", f"ldaps://{NAME}.{DNS}", codes=(0, 4))
        stage.must("it is a controller of another forest" in done.stderr, done.stderr)
        # The first one down, the one that was named besides is asked all the same.
        away = ["--directory", "ldaps://localhost:1", "--directory", f"ldaps://{NAME}.{DNS}", "--ca", stage.DOMAIN.authority, "--kdc",
                f"dc01.{peers.DNS}", *stage.operator()]
        bundle, done, manifest = collect("forest-first-down", directory=away, codes=(4,))
        paths = {f["path"] for f in manifest["files"]}
        stage.must(set(FILES) <= paths and "directory/accounts.ldif" in done.stderr, f"{sorted(paths)}\n{done.stderr}")


SCENARIOS = [
    both_domains_of_a_forest_are_collected,
    a_domain_that_is_down_hides_nothing_and_is_fetched_later,
    what_does_not_reach_a_second_domain_is_told,
]
