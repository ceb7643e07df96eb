"""Writes the winget, Scoop and cargo-binstall manifests of the archives in a folder: manifests.py VERSION FOLDER [URL-OF-THE-RELEASE]

The digest is that of the Windows archive in FOLDER. Without a URL the addresses are of a host that cannot exist (example.invalid), so
that a manifest which was made by hand downloads nothing from anybody."""
import hashlib
import json
import pathlib
import sys

NOWHERE = "https://example.invalid/kerbsync"


def main():
    version, folder, url = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    url = url or f"{NOWHERE}/releases/download/v{version}"
    project = url.split("/releases/")[0]
    archives = sorted(folder.glob(f"kerbsync-{version}-x86_64-pc-windows-*.zip"))
    if not archives:
        sys.exit(f"error: no Windows archive in {folder}; run ci/dist archive first")
    # The build with Microsoft's linker is the one that is released; the other is what Debian can build.
    archive = next((a for a in archives if a.stem.endswith("msvc")), archives[0])
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    inside = f"{archive.stem}\\kerbsync.exe"
    about = "Offline audit and synchronisation of the Kerberos web-authentication account of Lync and Skype for Business Server"

    scoop = {
        "version": version,
        "description": about,
        "homepage": project,
        "license": "MIT|Apache-2.0",
        "architecture": {"64bit": {"url": f"{url}/{archive.name}", "hash": digest, "extract_dir": archive.stem}},
        "bin": "kerbsync.exe",
        "checkver": "github",
    }
    (folder / "kerbsync.json").write_text(json.dumps(scoop, indent=4) + "\n")

    head = f"PackageIdentifier: kerbsync.kerbsync\nPackageVersion: {version}\n"
    schema = "ManifestVersion: 1.6.0\n"
    (folder / "kerbsync.kerbsync.yaml").write_text(f"{head}DefaultLocale: en-US\nManifestType: version\n{schema}")
    (folder / "kerbsync.kerbsync.locale.en-US.yaml").write_text(
        f"{head}PackageLocale: en-US\nPublisher: kerbsync\nPackageName: kerbsync\nPackageUrl: {project}\n"
        f"License: MIT OR Apache-2.0\nShortDescription: {about}\nManifestType: defaultLocale\n{schema}"
    )
    (folder / "kerbsync.kerbsync.installer.yaml").write_text(
        f"{head}InstallerType: zip\nNestedInstallerType: portable\nNestedInstallerFiles:\n"
        f"- RelativeFilePath: {inside}\n  PortableCommandAlias: kerbsync\nInstallers:\n- Architecture: x64\n"
        f"  InstallerUrl: {url}/{archive.name}\n  InstallerSha256: {digest.upper()}\nManifestType: installer\n{schema}"
    )

    # Used as `cargo binstall --manifest-path kerbsync.binstall.toml kerbsync`; the archives hold a folder of their own name.
    (folder / "kerbsync.binstall.toml").write_text(
        f"""[package]
name = "kerbsync"
version = "{version}"
edition = "2024"
repository = "{project}"

[[bin]]
name = "kerbsync"
path = "main.rs"

[package.metadata.binstall]
pkg-url = "{url}/kerbsync-{{ version }}-{{ target }}{{ archive-suffix }}"
bin-dir = "kerbsync-{{ version }}-{{ target }}/{{ bin }}{{ binary-ext }}"
pkg-fmt = "tgz"
disabled-strategies = ["quick-install", "compile"]

[package.metadata.binstall.overrides.x86_64-pc-windows-msvc]
pkg-fmt = "zip"
"""
    )
    check(folder, version, digest)
    print(f"manifests for {archive.name}")


def check(folder, version, digest):
    """What was written is read again, as far as this machine has readers."""
    scoop = json.loads((folder / "kerbsync.json").read_text())
    assert scoop["architecture"]["64bit"]["hash"] == digest and scoop["version"] == version
    assert digest.upper() in (folder / "kerbsync.kerbsync.installer.yaml").read_text()
    try:
        import tomllib
    except ImportError:
        return
    binstall = tomllib.loads((folder / "kerbsync.binstall.toml").read_text())["package"]
    assert binstall["version"] == version and "{ target }" in binstall["metadata"]["binstall"]["pkg-url"]


main()
