"""How long many servers take: 200 names that one machine answers to, beside Samba's own client with as many at a time."""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import __main__ as stage
import domain as peers

SERVERS, JOBS, ROUNDS = 200, 8, 3
CONFIG = "Windows/System32/inetsrv/config"


def names():
    return [f"web{i:03}" for i in range(SERVERS)]


def called(address):
    """The names, all at the address of one server, and that server's keys for each of them."""
    with open(stage.DOMAIN.folder / "etc/hosts", "a") as hosts:
        hosts.writelines(f"{address} {name}.{peers.DNS} {name}\n" for name in names())
    stage.DOMAIN.modify(f"dn: CN=DC01,OU=Domain Controllers,{peers.BASE}\nchangetype: modify\nadd: servicePrincipalName\n"
                        + "".join(f"servicePrincipalName: cifs/{name}.{peers.DNS}\n" for name in names()))


def many_servers_take_no_longer_than_with_samba_s_client():
    """The same files of 200 servers, with tickets, 8 servers at a time: at most three times as long as smbclient."""
    called(stage.DOMAIN.hosts["fe01"])
    wanted = stage.HOME / "many-servers"
    wanted.write_text("".join(f"{name}.{peers.DNS}\n" for name in names()))
    cache = stage.HOME / "many-tickets"
    subprocess.run(["kinit", "-f", "-c", f"FILE:{cache}", f"lyncadmin@{peers.REALM}"], input=peers.OPERATOR, text=True, check=True,
                   env=stage.DOMAIN.environment(), stdout=subprocess.DEVNULL)
    topology = [a for f in stage.TOPOLOGY for a in ("--topology", f)]
    environment = dict(stage.DOMAIN.environment(), KRB5CCNAME=f"FILE:{cache}")

    def ours():
        bundle = stage.fresh("many")
        stage.kerbsync("collect", *topology, "--servers", wanted, "--kdc", f"dc01.{peers.DNS}", "--ticket-cache", cache, "--jobs", JOBS, "-o", bundle)
        return bundle

    def theirs(files):
        into = stage.fresh("many-by-smbclient")

        def one(name):
            folder = into / name
            folder.mkdir(parents=True)
            gets = ";".join(f'get "{path}" "{folder / path.rsplit("/", 1)[-1]}"' for path in files)
            done = subprocess.run(["smbclient", f"//{name}.{peers.DNS}/C$", "-s", "/dev/null", f"--use-krb5-ccache={cache}", "-c", gets],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
            stage.must(done.returncode == 0, done.stdout)

        with ThreadPoolExecutor(JOBS) as pool:
            list(pool.map(one, names()))
        return into

    def seconds(what):
        began = time.monotonic()
        return what(), time.monotonic() - began

    bundle, _ = seconds(ours)
    manifest = json.loads((bundle / "manifest.json").read_text())
    mine = [f["path"] for f in manifest["files"] if f["path"].startswith(f"servers/web000.{peers.DNS}/")]
    files = [path.split("/", 2)[2] for path in mine]
    stage.must(f"{CONFIG}/applicationHost.config" in files, files)
    stage.must(len({f["path"].split("/")[1] for f in manifest["files"] if f["path"].startswith("servers/")}) == SERVERS, "servers are missing")
    ratios = []
    for _ in range(ROUNDS):
        bundle, taken = seconds(ours)
        copied, usual = seconds(lambda: theirs(files))
        ratios.append(taken / usual)
        print(f"       {SERVERS} servers, {JOBS} at a time: collect {taken:.1f} s, smbclient {usual:.1f} s, {taken / usual:.2f} times", flush=True)
    stage.must((bundle / mine[0]).read_bytes() == (copied / "web000" / files[0].rsplit("/", 1)[-1]).read_bytes(), "other bytes were fetched")
    stage.must(min(ratios) <= 3, f"{min(ratios):.2f} times as long as smbclient")


SCENARIOS = [many_servers_take_no_longer_than_with_samba_s_client]
