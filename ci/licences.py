"""Prints the licences of everything that is compiled into kerbsync for a target: licences.py TARGET

One entry for each crate, with the texts of its licence files as its author ships them; equal texts are printed once."""
import json
import pathlib
import subprocess
import sys

NAMES = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")


def main():
    target = sys.argv[1]
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    packages = {p["id"]: p for p in metadata["packages"]}
    nodes = {n["id"]: n for n in metadata["resolve"]["nodes"]}
    seen, todo = set(), [metadata["resolve"]["root"]]
    while todo:
        package = todo.pop()
        if package in seen:
            continue
        seen.add(package)
        # What only builds or tests is not handed out.
        todo += [d["pkg"] for d in nodes[package]["deps"] if any(k["kind"] is None for k in d["dep_kinds"])]
    foreign = sorted((packages[i] for i in seen if packages[i]["source"]), key=lambda p: (p["name"], p["version"]))
    texts = {}
    print(f"kerbsync for {target} holds code of these {len(foreign)} projects.\n")
    for package in foreign:
        folder = pathlib.Path(package["manifest_path"]).parent
        files = sorted(f for f in folder.iterdir() if f.is_file() and f.name.upper().startswith(NAMES))
        numbers = [texts.setdefault(f.read_text(errors="replace").strip(), len(texts) + 1) for f in files]
        kept = ", ".join(f"text {n}" for n in sorted(set(numbers))) or "no text is shipped with it"
        print(f"{package['name']} {package['version']}: {package['license'] or 'see its files'} ({kept})")
        for author in package["authors"]:
            print(f"    {author}")
    for text, number in texts.items():
        print(f"\n{'=' * 100}\ntext {number}\n{'=' * 100}\n{text}")
    if not foreign:
        sys.exit("error: no dependency was found")


main()
