#!/usr/bin/env python3
"""Readers from outside for ci/validate: `readers.py WHAT EXTRA... FILE` ends with 0 where FILE is read as it should be."""
import json
import os
import re
import subprocess
import sys
import tempfile

what, *extra, path = sys.argv[1:]


def load(name):
    with open(name, encoding="utf-8") as file:
        return json.load(file)


def fingerprints(report):
    return [finding["fingerprint"] for finding in load(report)["findings"]]


def check(held, text):
    if not held:
        sys.exit(text)


def junit():
    """The counts of the file are those of what is read, and every failure has its finding."""
    from junitparser import Failure, JUnitXml

    read = JUnitXml.fromfile(path)
    failed = sum(1 for suite in read for case in suite for result in case.result if isinstance(result, Failure))
    expected = sum(1 for verdict in load(extra[0])["verdicts"] if verdict["outcome"] == "fail")
    waived = sum(1 for finding in load(extra[0])["findings"] if finding["waived"])
    check(failed == read.failures == expected - waived, f"{failed} failures, {read.failures} by its own count, {expected - waived} expected")


def markdown():
    """Rendered, the table has a whole row for each finding."""
    import cmarkgfm

    with open(path, encoding="utf-8") as file:
        html = cmarkgfm.github_flavored_markdown_to_html(file.read())
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    for fingerprint in fingerprints(extra[0]):
        whole = [row for row in rows if f"<code>{fingerprint}</code></td>" in row and row.count("<td") == 6]
        check(len(whole) == 1, f"{fingerprint} has {len(whole)} rows of six cells")


def table():
    """Opened as a spreadsheet, no cell is a formula, and every finding is a row."""
    with tempfile.TemporaryDirectory() as folder:
        csv, sheet = os.path.join(folder, "t.csv"), os.path.join(folder, "t.gnumeric")
        with open(path, "rb") as source, open(csv, "wb") as copy:
            copy.write(source.read())
        subprocess.run(["ssconvert", "--import-type=Gnumeric_stf:stf_csvtab", csv, sheet], check=True, capture_output=True)
        import gzip

        with gzip.open(sheet, "rt", encoding="utf-8") as file:
            cells = re.findall(r"<gnm:Cell [^>]*>([^<]*)</gnm:Cell>", file.read())
    check(not [cell for cell in cells if cell.startswith("=")], "a cell is a formula")
    missing = [fingerprint for fingerprint in fingerprints(extra[0]) if fingerprint not in cells]
    # A fingerprint of digits alone is read as a number.
    check(not [m for m in missing if not re.fullmatch(r"[0-9e]+", m)], f"{len(missing)} findings are lost")


def oscal():
    """compliance-trestle takes it into its workspace and validates it."""
    name = "report"
    folder = os.path.join(extra[0], "assessment-results", name)
    subprocess.run(["rm", "-rf", folder], check=True)
    trestle = os.path.join(os.path.dirname(sys.executable), "trestle")
    with tempfile.TemporaryDirectory() as aside:
        copy = os.path.join(aside, "results.json")
        with open(path, "rb") as source, open(copy, "wb") as target:
            target.write(source.read())
        for line in (["import", "-f", copy, "-o", name], ["validate", "-t", "assessment-results", "-n", name]):
            done = subprocess.run([trestle, *line], cwd=extra[0], capture_output=True, text=True, check=False)
            check(done.returncode == 0, f"trestle {line[0]}: {done.stdout[-600:]} {done.stderr[-600:]}")


def sarif():
    """Microsoft's multitool ends with 0 whatever it finds: what it found is in a file. Notes are taste; warnings are told."""
    multitool, profile = extra
    with tempfile.TemporaryDirectory() as folder:
        found = os.path.join(folder, "found.sarif")
        kinds = "Sarif;Ghas" if profile == "github" else "Sarif"
        environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        subprocess.run(
            [multitool, "validate", path, "--rule-kind", kinds, "--level", "Error;Warning", "--output", found, "--log", "ForceOverwrite"],
            check=False, capture_output=True, env=environment,
        )
        results = [result for run in load(found)["runs"] for result in run.get("results", [])]
    told = {f"{r['ruleId']} {r.get('level', 'warning')}" for r in results}
    check(not [t for t in told if t.endswith("error")], f"{sorted(told)}: {json.dumps(results[:3])[:900]}")


def powershell():
    """The parser finds no error, and as many cmdlets of the product as lines name one."""
    import tree_sitter_powershell
    from tree_sitter import Language, Parser

    with open(path, "rb") as file:
        source = file.read()
    tree = Parser(Language(tree_sitter_powershell.language())).parse(source)
    check(not tree.root_node.has_error, "it is not PowerShell")
    names, nodes = [], [tree.root_node]
    while nodes:
        node = nodes.pop()
        nodes += node.children
        if node.type == "command_name":
            names.append(node.text.decode())
    written = re.findall(rb"(?m)^ *(?:Set|Test|Enable)-Cs\w+ ", source)
    found = [name for name in names if "-Cs" in name and not name.startswith("Get-")]
    check(len(found) == len(written) > 0, f"{len(found)} cmdlets read, {len(written)} written")


def multiply():
    """Repeats the findings of a report until there are so many, each with a fingerprint of its own: to see how a page bears them."""
    report, wanted = load(extra[0]), int(path)
    first = report["findings"]
    for n in range(len(first), wanted):
        report["findings"].append({**first[n % len(first)], "fingerprint": f"{n:016x}"})
    with open(extra[0], "w", encoding="utf-8") as file:
        json.dump(report, file)


{f.__name__: f for f in (junit, markdown, table, oscal, sarif, powershell, multiply)}[what]()
