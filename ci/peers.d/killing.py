"""The servers' processes are killed in the middle of a run, again and again; recover makes every file old or new, and keeps its access."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from random import Random

import __main__ as stage
import domain as peers


def serving():
    """The processes that serve connections of SMB now."""
    told = subprocess.run(["ss", "-tnpH", "state", "established", "sport", "=", ":445"], stdout=subprocess.PIPE, text=True).stdout
    # The one that waits for connections holds each for a moment: without it there would be no server any more.
    parent = lambda p: int(Path(f"/proc/{p}/stat").read_text().rsplit(")", 1)[1].split()[1])
    name = lambda p: Path(f"/proc/{p}/comm").read_text().strip()
    found = set()
    for process in {int(p) for p in re.findall(r"pid=(\d+)", told)}:
        try:
            if name(process).startswith("smbd") and name(parent(process)).startswith("smbd"):
                found.add(process)
        except OSError:
            pass
    return found


class OneDiffers:
    """Drives of servers of which one holds another secret: copied from it, the plan changes all others. The drives are put back afterwards."""

    def __enter__(self):
        self.estate = stage.fresh("killed-estate")
        subprocess.run([stage.PROGRAM, "simulate", "estate", "--seed", "7", "--sites", "2", "--servers", "6", "--clean", "--defect", "stale-secret",
                        "-o", self.estate], check=True, stdout=subprocess.DEVNULL)
        self.source = next(host for host, (state, _) in stage.states(self.estate).items() if state == "stale")
        self.before = {host: stage.drive_file(host).read_bytes() for host in stage.DOMAIN.hosts}
        for host in self.before:
            file = stage.drive_file(host)
            file.write_bytes((self.estate / "servers" / f"{host}.{peers.DNS}" / file.relative_to(stage.DOMAIN.drive(host))).read_bytes())
        self.bundle, _ = stage.collect("killed")
        for host in self.before:
            shutil.copytree(self.estate / "servers" / f"{host}.{peers.DNS}" / "keys", self.bundle / "servers" / f"{host}.{peers.DNS}" / "keys")
        # The one that differs is the one that counts.
        settings = (self.estate / "kerbsync.toml").read_text()
        (self.bundle / "kerbsync.toml").write_text(f'reference = "{self.source}"\n{settings}')
        return self

    def __exit__(self, *_):
        for host, was in self.before.items():
            stage.drive_file(host).write_bytes(was)


def killed_while_it_writes_nothing_is_torn():
    with OneDiffers() as at:
        plan = stage.HOME / "killed-plan.json"
        stage.kerbsync("plan", "sync", at.bundle, "--from-computer", at.source, "--all", "--operator", "CONTOSO\\lyncadmin",
                       "--accept-inferred-protection", "-o", plan)
        targets = sorted({s["server"].split(".")[0] for s in json.loads(plan.read_text())["steps"]})
        stage.must(len(targets) == len(at.before) - 1, f"the plan is for {targets} alone")
        kill_while_it_writes(at.bundle, plan, targets)


def kill_while_it_writes(bundle, plan, targets):
    random = Random(7)
    old = {h: stage.drive_file(h).read_bytes() for h in stage.DOMAIN.hosts}
    access = {h: stage.security(h) for h in targets}
    write = lambda *words, **more: stage.kerbsync(*words, *stage.write_live(), **more)
    ends = {}
    began = time.monotonic()
    write("apply", plan, "--bundle", bundle)
    usual = time.monotonic() - began
    write("rollback", "--last", bundle)
    journal = bundle / ".kerbsync/journal"
    for kill in range(int(os.environ.get("KERBSYNC_PEERS_KILLS", "8"))):
        journals = len(list(journal.glob("*.jsonl")))
        run = subprocess.Popen([stage.PROGRAM, "apply", str(plan), "--bundle", str(bundle), *map(str, stage.write_live())],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=stage.DOMAIN.environment())
        # Any moment of the run, by how long the runs before took; most of it is before the first write, so that every other kill waits for that.
        if kill % 2:
            while len(list(journal.glob("*.jsonl"))) == journals and run.poll() is None:
                time.sleep(0.005)
            time.sleep(random.uniform(0.0, 0.3) * usual)
        else:
            time.sleep(random.uniform(0.3, 1.0) * usual)
        for process in serving():
            try:
                os.kill(process, 9)
            except ProcessLookupError:
                pass
        told = run.communicate(timeout=120)[0]
        stage.must(run.returncode in (0, 5, 6), f"exit {run.returncode}\n{told}")
        ends[run.returncode] = ends.get(run.returncode, 0) + 1
        recovered = write("recover", bundle, codes=(0, 6))
        if recovered.returncode:
            recovered = write("recover", bundle)
        new = []
        for host, was in old.items():
            now = stage.drive_file(host).read_bytes()
            stage.must(now == was or (host in targets and b"</configuration>" in now and b"KerbAuth" in now), f"{host} is torn")
            new += [host] if now != was else []
            # A file that a killed server had to remove is taken over by the next survey.
            left = [p.name for p in stage.drive_file(host).parent.iterdir() if p.name.endswith(".tmp") and "-probe." not in p.name]
            stage.must(not left, f"{host}: {left} is left\n{told}{recovered.stdout}")
        stage.must(set(new) in (set(), set(targets)), f"recover left {new} of {targets}")
        stage.must(all(stage.security(h) == a for h, a in access.items()), "owner or access changed")
        if new:
            write("rollback", "--last", bundle)
            stage.must(all(stage.drive_file(h).read_bytes() == b for h, b in old.items()), "not taken back to the byte")
    write("apply", plan, "--bundle", bundle)
    write("rollback", "--last", bundle)
    left = [p.name for h in stage.DOMAIN.hosts for p in stage.drive_file(h).parent.iterdir() if "kerbsync" in p.name]
    stage.must(not left, f"{left} is left")
    print(f"       ends of apply by exit code: {ends}; servers of the plan: {len(targets)}", flush=True)


SCENARIOS = [killed_while_it_writes_nothing_is_torn]
