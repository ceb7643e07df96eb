"""Scenarios on real peers. Each says what must come out; the first that does not ends the run with what was seen."""

import base64
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
    # Who holds names in other domains is in the bundle too. (Samba refuses to make a second holder.)
    manifest = json.loads((bundle / "manifest.json").read_text())
    must(any(f["path"] == "directory/holders.ldif" and f["source"] == f"ldaps://dc01.{peers.DNS}:3269/" for f in manifest["files"]), manifest)
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
    must("wrong name or password" in done.stderr and "so no server was asked" in done.stderr, done.stderr)
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

    # The copies in the bundle are not what the servers have.
    anew = json.loads(kerbsync(*ask, "--live", codes=(4,)).stdout)
    must(any("collect again" in s["reason"] for a in anew["accounts"] for s in a["servers"]), anew)
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


def write_live():
    """An administrator of the servers: only one of those may give files to the owner that they have."""
    return ["--live", "--kdc", f"dc01.{peers.DNS}", "--user", f"Administrator@{peers.DNS}", "--password-file", password_file(peers.ADMIN, "admin")]


def with_keys(bundle):
    """The servers' exported keys, as an administrator brings them."""
    for host in DOMAIN.hosts:
        keys = ESTATE / "servers" / f"{host}.{peers.DNS}" / "keys"
        if keys.is_dir():
            shutil.copytree(keys, bundle / "servers" / f"{host}.{peers.DNS}" / "keys", dirs_exist_ok=True)


def drive_file(host):
    return DOMAIN.drive(host) / "Windows/System32/inetsrv/config/applicationHost.config"


def security(host):
    """Owner, group and access list of a server's configuration, as SMB shows them."""
    return peers.call("smbcacls", f"//{host}.{peers.DNS}/C$", "Windows/System32/inetsrv/config/applicationHost.config", "--numeric", "-s", "/dev/null",
                      "-U", f"CONTOSO/Administrator%{peers.ADMIN}", "--use-kerberos=off", env=DOMAIN.environment())


@scenario
def a_copy_reaches_the_servers_themselves():
    """sync over SMB: planned from a collected bundle, applied to the servers, taken back to the byte."""
    bundle, _ = collect("live-sync", "--history")
    with_keys(bundle)
    plan = HOME / "live-plan.json"
    kerbsync("plan", "sync", bundle, "--from-computer", f"fe01.{peers.DNS}", "--to-computer", f"fe02.{peers.DNS}", "--operator",
             "CONTOSO\\lyncadmin", "-o", plan)
    before, owner = drive_file("fe02").read_bytes(), security("fe02")
    others = {h: drive_file(h).read_bytes() for h in DOMAIN.hosts if h != "fe02"}
    # Who may not keep the owner is refused before anything is written.
    refused = kerbsync("apply", plan, "--bundle", bundle, "--live", "--kdc", f"dc01.{peers.DNS}", *operator(), codes=(5,))
    must("cannot keep the owner and access" in refused.stderr and drive_file("fe02").read_bytes() == before, refused.stderr)
    must([p.name for p in drive_file("fe02").parent.iterdir() if "kerbsync" in p.name] == [], "a refusal left something behind")
    done = kerbsync("apply", plan, "--bundle", bundle, *write_live())
    after = drive_file("fe02").read_bytes()
    must(after != before and b"KerbOld" not in after and b"KerbAuth" in after, done.stdout + done.stderr)
    must(security("fe02") == owner, f"owner and access changed:\n{owner}\n{security('fe02')}")
    must(all(drive_file(h).read_bytes() == b for h, b in others.items()), "another server changed")
    must([p.name for p in drive_file("fe02").parent.iterdir() if "kerbsync" in p.name] == [], "something was left beside the configuration")
    again, _ = collect("live-sync-after")
    with_keys(again)
    must(states(again)[f"fe02.{peers.DNS}"][0] == "in-sync", states(again))
    second = kerbsync("apply", plan, "--bundle", bundle, *write_live(), codes=(0, 5))
    must(drive_file("fe02").read_bytes() == after, "a second apply wrote something: " + second.stdout)
    kerbsync("rollback", "--last", bundle, *write_live())
    must(drive_file("fe02").read_bytes() == before and security("fe02") == owner, "not taken back to the byte")


@scenario
def nothing_secret_crosses_the_wire_in_clear():
    if not shutil.which("tshark"):
        print("       not run: tshark is not here", flush=True)
        return
    capture = HOME / "capture.pcapng"
    watch = subprocess.Popen(["tshark", "-q", "-i", "lo", "-w", str(capture)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)
    bundle, _ = collect("watched")
    kerbsync("prove", bundle, "--kdc", f"dc01.{peers.DNS}", *operator(), codes=(0, 1, 4))
    time.sleep(1)
    watch.terminate()
    watch.wait()
    seen = capture.read_bytes()
    must(len(seen) > 100_000, f"only {len(seen)} bytes were captured")
    for secret in (peers.OPERATOR, peers.ACCOUNT, peers.ADMIN):
        for form in (secret.encode(), secret.encode("utf-16-le"), base64.b64encode(secret.encode()), secret.encode().hex().encode()):
            must(form not in seen, "a password crossed the wire in clear")


@scenario
def bad_requests_are_told_what_is_wrong():
    base = ["collect", *[a for f in TOPOLOGY for a in ("--topology", f)]]
    url = ["--directory", f"ldaps://dc01.{peers.DNS}"]
    nobody = kerbsync(*base, *url, "-o", fresh("nobody"), codes=(2,))
    must("nobody is named who asks" in nobody.stderr, nobody.stderr)
    open_to_all = password_file(peers.OPERATOR, "open")
    open_to_all.chmod(0o644)
    shown = kerbsync(*base, *url, "--user", f"lyncadmin@{peers.DNS}", "--password-file", open_to_all, "-o", fresh("open-file"), codes=(5,))
    must("may be read by others" in shown.stderr, shown.stderr)
    clear = kerbsync(*base, "--directory", f"http://dc01.{peers.DNS}", *operator(), "-o", fresh("clear"), codes=(2,))
    must("is no address of a directory" in clear.stderr, clear.stderr)
    unc = kerbsync(*base, "--unc", "-o", fresh("unc"), codes=(2,))
    must("this is no Windows" in unc.stderr and not (HOME / "unc").exists(), unc.stderr)
    full = fresh("full")
    full.mkdir()
    (full / "something").write_text("x")
    there = kerbsync(*base, *url, *operator(), "-o", full, codes=(2,))
    must("--resume" in there.stderr and (full / "something").read_text() == "x", there.stderr)
    site = kerbsync(*base, *url, *operator(), "--site", "Nowhere", "-o", fresh("nowhere"), codes=(5,))
    must("no site 'Nowhere'" in site.stderr, site.stderr)


HOSTS = estate()
TOPOLOGY = [p for p in sorted(ESTATE.rglob("*")) if p.is_file() and "servers" not in p.parts and p.suffix.lower() in (".xml", ".tbxml")]
DOMAIN = peers.Domain(HOME / "domain", HOSTS, "kerbauth", [f"{name}.{peers.DNS}" for name in ("lyncweb", "webint-pool01", "dir01", "pool02", "dir02")])

# They look into this module, which has everything that they need by now.
import certificates  # noqa: E402
import forest  # noqa: E402
import killing  # noqa: E402
import member  # noqa: E402
import password  # noqa: E402
import probing  # noqa: E402
import replicas  # noqa: E402
import sealed  # noqa: E402
import speed  # noqa: E402

for module in (certificates, forest, killing, member, probing, speed, sealed, replicas, password):
    SCENARIOS.extend(module.SCENARIOS)


def main():
    began = time.monotonic()
    for host in HOSTS:
        DOMAIN.fill(host, ESTATE / "servers" / f"{host}.{peers.DNS}")
        shutil.rmtree(DOMAIN.drive(host) / "keys", ignore_errors=True)
        DOMAIN.share(host)
    DOMAIN.provision()
    DOMAIN.protect()
    DOMAIN.start()
    # The servers were written after the password was set.
    for host in HOSTS:
        for file in DOMAIN.drive(host).rglob("*"):
            os.utime(file)
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
