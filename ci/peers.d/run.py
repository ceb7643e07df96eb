"""Scenarios on real peers. Each says what must come out; the first that does not ends the run with what was seen."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import domain as peers  # noqa: E402

PROGRAM, HOME = sys.argv[1], Path(sys.argv[2])
ESTATE = HOME / "estate"
SCENARIOS = []


def scenario(function):
    SCENARIOS.append(function)
    return function


def kerbsync(*arguments, codes=(0,), **options):
    """The program; what it printed is told where it ends otherwise than it must."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=dict(DOMAIN.environment(), **options.pop("env", {})), **options)
    for secret in (peers.ADMIN, peers.OPERATOR, peers.ACCOUNT):
        must(secret not in done.stdout + done.stderr, "a password was printed")
    must(done.returncode in codes, f"kerbsync {' '.join(map(str, arguments))}: exit {done.returncode}, not {codes}\n{done.stdout}{done.stderr}")
    return done


def must(holds, why):
    if not holds:
        raise AssertionError(why)


def password_file(text, name="password"):
    path = HOME / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def operator():
    return ["--user", f"lyncadmin@{peers.DNS}", "--password-file", password_file(peers.OPERATOR)]


def live():
    return ["--directory", f"ldaps://dc01.{peers.DNS}", "--ca", DOMAIN.authority, *operator()]


def fresh(name):
    path = HOME / name
    shutil.rmtree(path, ignore_errors=True)
    return path


def states(bundle):
    told = json.loads(kerbsync("inventory", bundle, "--format", "json", codes=(0, 4)).stdout)
    return {c["fqdn"]: (c["state"], c["basis"]) for s in told["sites"] for p in s["pools"] for c in p["computers"]}


def collect(name, *more, codes=(0,)):
    bundle = fresh(name)
    done = kerbsync("collect", *[a for f in TOPOLOGY for a in ("--topology", f)], *live(), "-o", bundle, *more, codes=codes)
    return bundle, done


def estate():
    """A simulated estate, whose trees become the drives."""
    subprocess.run([PROGRAM, "simulate", "estate", "--seed", "7", "--sites", "2", "--servers", "6", "-o", ESTATE], check=True,
                   stdout=subprocess.DEVNULL)
    servers = sorted(p.name for p in (ESTATE / "servers").iterdir())
    return {name.split(".")[0]: f"127.0.0.{21 + i}" for i, name in enumerate(servers)}


@scenario
def collected_is_what_a_hand_would_copy():
    """The audit of a collected bundle is the audit of the same files, by states and exit code."""
    bundle, done = collect("collected", "--history")
    must("files of" in done.stdout or "file of" in done.stdout, done.stdout)
    by_hand = fresh("by-hand")
    for host in DOMAIN.hosts:
        shutil.copytree(DOMAIN.drive(host), by_hand / "servers" / f"{host}.{peers.DNS}")
    (by_hand / "topology").mkdir()
    for file in TOPOLOGY:
        shutil.copy(file, by_hand / "topology")
    shutil.copytree(bundle / "directory", by_hand / "directory")
    for host in DOMAIN.hosts:
        file = Path("servers") / f"{host}.{peers.DNS}" / "Windows/System32/inetsrv/config/applicationHost.config"
        must((bundle / file).read_bytes() == (by_hand / file).read_bytes(), f"{file} has other bytes")
    must(states(bundle) == states(by_hand), f"{states(bundle)} is not {states(by_hand)}")
    codes = [kerbsync("audit", b, codes=(0, 1, 4)).returncode for b in (bundle, by_hand)]
    must(codes[0] == codes[1], f"exit codes {codes}")
    manifest = json.loads((bundle / "manifest.json").read_text())
    must(not manifest.get("missing") and all(f["read_at"] and f["source"] for f in manifest["files"]), "the manifest lacks something")
    must(all(f["written"] for f in manifest["files"] if f["path"].startswith("servers/")), "a file of a server has no time")


@scenario
def the_directory_tells_what_rules_ask():
    bundle, _ = collect("directory")
    report = json.loads(kerbsync("audit", bundle, "--format", "json", codes=(0, 1, 4)).stdout)
    unread = [i for i in report["inputs"] if i["status"] == "unreadable"]
    must(not unread, unread)
    about = {(v["rule"], v["outcome"]) for v in report["verdicts"]}
    must(("account-disabled", "pass") in about or any(r == "account-disabled" for r, o in about if o != "unknown"), sorted(about))


@scenario
def one_server_down_hides_no_other():
    victim = sorted(DOMAIN.hosts)[0]
    for fault, word in ((["hosts deny = ALL"], "access denied"), (["read only = yes"], None), (["server smb encrypt = required"], "access denied")):
        DOMAIN.share(victim, *fault)
        bundle, done = collect("faulty", codes=(4,) if word else (0,))
        DOMAIN.share(victim)
        if word:
            must(f"servers/{victim}.{peers.DNS}" in done.stderr and word in done.stderr, done.stderr)
        have = {p.name for p in (bundle / "servers").iterdir()}
        must(len(have) == len(DOMAIN.hosts) - bool(word), have)


@scenario
def what_is_missing_is_fetched_later():
    victim = sorted(DOMAIN.hosts)[1]
    DOMAIN.share(victim, "hosts deny = ALL")
    bundle, _ = collect("resumed", codes=(4,))
    DOMAIN.share(victim)
    before = {f["path"]: f["read_at"] for f in json.loads((bundle / "manifest.json").read_text())["files"]}
    done = kerbsync("collect", *[a for f in TOPOLOGY for a in ("--topology", f)], *live(), "-o", bundle, "--resume")
    after = json.loads((bundle / "manifest.json").read_text())
    must(not after.get("missing"), after.get("missing"))
    must(all(f["read_at"] == before[f["path"]] for f in after["files"] if f["path"] in before), "a file was fetched twice")
    must(any(victim in f["path"] for f in after["files"]), done.stdout)


@scenario
def nobody_is_believed_without_proof():
    wrong = password_file("Not-The-Password.1", "wrong")
    base = ["collect", *[a for f in TOPOLOGY for a in ("--topology", f)], "--directory", f"ldaps://dc01.{peers.DNS}"]
    done = kerbsync(*base, "--ca", DOMAIN.authority, "--user", f"lyncadmin@{peers.DNS}", "--password-file", wrong, "-o", fresh("wrong-password"),
                    codes=(3,))
    must("wrong name or password" in done.stderr, done.stderr)
    # A plain user is believed and may not look at the drives.
    plain = kerbsync(*base, "--ca", DOMAIN.authority, "--user", f"plainuser@{peers.DNS}", "--password-file", password_file(peers.OPERATOR),
                     "-o", fresh("plain"), codes=(4,))
    must("access denied" in plain.stderr, plain.stderr)
    # A certificate of nobody known, and one of another name.
    other = kerbsync(*base, *operator(), "-o", fresh("no-ca"), codes=(4,))
    must("cannot be asked" in other.stderr and "ertificate" in other.stderr, other.stderr)
    named = kerbsync(*base[:-1], "ldaps://localhost:636", "--ca", DOMAIN.authority, *operator(), "--kdc", f"dc01.{peers.DNS}", "-o", fresh("named"),
                     codes=(4,), env={})
    must("cannot be asked" in named.stderr, named.stderr)


@scenario
def tickets_are_enough_for_servers():
    cache = HOME / "tickets"
    subprocess.run(["kinit", "-f", "-c", f"FILE:{cache}", f"lyncadmin@{peers.REALM}"], input=peers.OPERATOR, text=True, check=True,
                   env=DOMAIN.environment(), stdout=subprocess.DEVNULL)
    bundle = fresh("tickets-bundle")
    kerbsync("collect", *[a for f in TOPOLOGY for a in ("--topology", f)], "--kdc", f"dc01.{peers.DNS}", "--ticket-cache", cache, "-o", bundle)
    must(len(list((bundle / "servers").iterdir())) == len(DOMAIN.hosts), "servers are missing")


@scenario
def ntlm_only_when_asked():
    bundle = fresh("ntlm")
    kerbsync("collect", *[a for f in TOPOLOGY for a in ("--topology", f)], "--ntlm", *operator(), "-o", bundle)
    must(len(list((bundle / "servers").iterdir())) == len(DOMAIN.hosts), "servers are missing")


@scenario
def start_tls_is_as_good():
    bundle = fresh("starttls")
    kerbsync("collect", *[a for f in TOPOLOGY for a in ("--topology", f)], "--directory", f"ldap://dc01.{peers.DNS}", "--ca", DOMAIN.authority,
             *operator(), "-o", bundle)
    must((bundle / "directory/accounts.ldif").is_file(), "no accounts")


def with_passwords(bundle, passwords):
    """Writes passwords in clear into the copies of configurations in a bundle, wherever they name the account."""
    for host, password in passwords.items():
        path = bundle / "servers" / f"{host}.{peers.DNS}" / "Windows/System32/inetsrv/config/applicationHost.config"
        text = path.read_bytes().decode()
        text, count = re.subn(r'(userName="CONTOSO\\KerbAuth" password=")[^"]*', lambda m: m[1] + password, text)
        must(count, f"{host} names the account nowhere")
        path.write_bytes(text.encode())


@scenario
def a_ticket_proves_the_password():
    """The password of today is proved, the one before it refuted, at the moment when NTLM still takes it."""
    bundle, _ = collect("proving")
    text = lambda h: (DOMAIN.drive(h) / "Windows/System32/inetsrv/config/applicationHost.config").read_bytes()
    holders = [h for h in sorted(DOMAIN.hosts) if b'CONTOSO\\KerbAuth" password="' in text(h)]
    must(len(holders) >= 2, f"only {holders} hold the account")
    new = "Peer-Account.2"
    with_passwords(bundle, {holders[0]: peers.ACCOUNT, holders[1]: new})
    ask = ["prove", bundle, "--kdc", f"dc01.{peers.DNS}", *operator(), "--format", "json"]

    def outcomes():
        report = json.loads(kerbsync(*ask, codes=(0, 1, 4)).stdout)
        return {s["server"].split(".")[0]: s["outcome"] for a in report["accounts"] for s in a["servers"]}, report

    told, report = outcomes()
    must((told[holders[0]], told[holders[1]]) == ("proved", "refuted"), f"{told} {report}")
    peers.call("samba-tool", "user", "setpassword", "kerbauth$", f"--newpassword={new}", "-H", str(DOMAIN.folder / "private/sam.ldb"), "-s", str(DOMAIN.conf),
               env=DOMAIN.environment())
    told, _ = outcomes()
    must((told[holders[0]], told[holders[1]]) == ("refuted", "proved"), f"after the change: {told}")
    ntlm = lambda password: subprocess.run(
        ["smbclient", "-s", "/dev/null", "-I", peers.CONTROLLER, "-U", f"CONTOSO/kerbauth$%{password}", "--use-kerberos=off", "-L", f"dc01.{peers.DNS}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=DOMAIN.environment())
    must(ntlm(new).returncode == 0, "NTLM does not take the new password")
    before = ntlm(peers.ACCOUNT)
    print(f"       NTLM takes the password before: {before.returncode == 0}", flush=True)
    peers.call("samba-tool", "user", "setpassword", "kerbauth$", f"--newpassword={peers.ACCOUNT}", "-H", str(DOMAIN.folder / "private/sam.ldb"), "-s",
               str(DOMAIN.conf), env=DOMAIN.environment())
    # Nobody logged on as the account, so no attempt was counted.
    counted = peers.call("ldbsearch", f"--configfile={DOMAIN.conf}", "-H", str(DOMAIN.folder / "private/sam.ldb"), "(sAMAccountName=kerbauth$)",
                         "badPwdCount", env=DOMAIN.environment())
    must("badPwdCount: 0" in counted or "badPwdCount:" not in counted, counted)


HOSTS = estate()
TOPOLOGY = [p for p in sorted(ESTATE.rglob("*")) if p.is_file() and "servers" not in p.parts and p.suffix.lower() in (".xml", ".tbxml")]
DOMAIN = peers.Domain(HOME / "domain", HOSTS, "kerbauth", [f"lyncweb.{peers.DNS}"])


def main():
    began = time.monotonic()
    for host in HOSTS:
        DOMAIN.fill(host, ESTATE / "servers" / f"{host}.{peers.DNS}")
        shutil.rmtree(DOMAIN.drive(host) / "keys", ignore_errors=True)
        DOMAIN.share(host)
    DOMAIN.provision()
    DOMAIN.protect()
    DOMAIN.start()
    print(f"a domain with {len(HOSTS)} servers is up after {time.monotonic() - began:.1f} s", flush=True)
    wanted = sys.argv[3:]
    if wanted == ["shell"]:
        os.chdir(HOME)
        return subprocess.call(["bash"], env=dict(DOMAIN.environment(), PROGRAM=PROGRAM))
    passed = failed = 0
    for test in [s for s in SCENARIOS if not wanted or s.__name__ in wanted]:
        start = time.monotonic()
        try:
            test()
        except (AssertionError, LookupError, OSError) as error:
            failed += 1
            print(f"FAILED {test.__name__}\n{type(error).__name__}: {error}", flush=True)
        else:
            passed += 1
            print(f"ok     {test.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"peers: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
