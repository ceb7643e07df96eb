"""What users see: web services of servers that hold the password of today, one before it, NTLM alone, or that are not there."""

import json
import os
import shutil
import time

import __main__ as stage
import domain as peers
import password
import web


def a_web_service_is_asked_as_a_user_would():
    clean, before = password.clean_drives()
    servers = web.WebServers(stage.DOMAIN, stage.HOME / "probed")
    try:
        # As if nothing had been written there for a while.
        for file in before:
            os.utime(file, (time.time() - 3600,) * 2)
        first, _ = stage.collect("probe-before")
        record = stage.HOME / "probe.json"
        ask = ["probe", first, "--kdc", f"dc01.{peers.DNS}", "--ca", stage.DOMAIN.authority, "--path", "/index.html", "--timeout", "5",
               *stage.operator()]
        nobody = stage.kerbsync(*ask, codes=(2,))
        stage.must("--live" in nobody.stderr, nobody.stderr)
        version = password.account()
        servers.start("fe01", password.SERVICE, peers.ACCOUNT, version)
        servers.start("fe02", password.SERVICE, "Peer-Account.0", version)
        servers.start("dir01", f"dir01.{peers.DNS}", None, None, mechanism="ntlm")
        # The right key, and another name in its certificate.
        servers.start("dir02", password.SERVICE, peers.ACCOUNT, version)
        done = stage.kerbsync(*ask, "--live", "--output", f"json={record}", codes=(4,))
        told = {s["server"].split(".")[0]: (s["outcome"], s["is_evidence"]) for s in json.loads(record.read_text())["servers"]}
        stage.must(told["fe01"] == ("accepted", True), f"{told} {record.read_text()}")
        stage.must(told["fe02"] == ("refused", False) and told["dir01"] == ("ntlm-only", False), told)
        stage.must(told["fe03"] == ("unreachable", False) and told["dir02"] == ("unreachable", False), told)
        stage.must("accepted" in done.stdout or record.exists(), done.stdout)
        open_path = stage.kerbsync(*ask, "--live", "--port", "444", codes=(4,))
        stage.must("0 accepted" in open_path.stdout, open_path.stdout)
        # What it showed joins the next audit: of the server alone that opened the ticket, with a configuration from before.
        second, _ = stage.collect("probe-after")
        for host in stage.DOMAIN.hosts:
            shutil.copytree(clean / "servers" / f"{host}.{peers.DNS}" / "keys", second / "servers" / f"{host}.{peers.DNS}" / "keys")
        without = stage.states(second)[f"fe01.{peers.DNS}"]
        shutil.copy(record, second / "probe.json")
        now = stage.states(second)[f"fe01.{peers.DNS}"]
        stage.must(without[1] != "directory" and now == ("in-sync", "directory"), f"{without} {now}")
        report = json.loads(stage.kerbsync("audit", second, "--format", "json", codes=(0, 1, 4)).stdout)
        stage.must(any(i["path"].endswith("probe.json") and i["kind"] == "ticket-proof" for i in report["inputs"]), report["inputs"])
    finally:
        servers.stop()
        for file, was in before.items():
            file.write_bytes(was)


SCENARIOS = [a_web_service_is_asked_as_a_user_would]
